"""Signing in and one's own account: pages of everybody who works here."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("staff", __name__)
