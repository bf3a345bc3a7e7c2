"""Signing in and one's own account: pages of everybody who works here."""

from __future__ import annotations

from flask import Blueprint

from app.domain.identity import Role
from app.web.i18n import gettext as _
from app.web.navigation import ROLE_NAMES

bp = Blueprint("staff", __name__)


@bp.app_template_global()
def role_name(role: Role) -> str:
    return _(ROLE_NAMES[role])
