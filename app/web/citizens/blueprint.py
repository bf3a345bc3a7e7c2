"""The citizens' pages: one column, one question a page, everything works without script."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("citizens", __name__)
