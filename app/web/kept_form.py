"""A form that was sent while the screen was locked or the session over: sealed for the account, offered again afterwards."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import current_app, render_template, request
from flask_wtf.csrf import validate_csrf

from app.domain.errors import DomainError
from app.models import StaffAccount
from app.services.evidence import vault
from app.web.session import keys

LONGEST = 200_000  # letters; a page is not for megabytes
NEVER = ("password", "csrf_token")  # parts of names: a password is typed again


@dataclass(frozen=True, slots=True)
class KeptForm:
    path: str
    fields: list[tuple[str, str]]


def keep(account_id: int) -> str:
    """What this request has sent, sealed; empty when nothing was, or when no page of ours has sent it."""
    if request.method != "POST" or not _from_our_page():
        return ""
    fields = [
        (name, value) for name, value in request.form.items(multi=True) if not any(part in name for part in NEVER)
    ]
    text = json.dumps([request.full_path.rstrip("?"), fields])
    return vault.close_secret(keys(), f"kept form:{account_id}", text) if len(text) <= LONGEST else ""


def _from_our_page() -> bool:
    """As for every change: else another site could have its own form offered here."""
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return True
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValueError:  # wtforms' own, which has no types
        return False
    return True


def opened(kept: str, account_id: int) -> KeptForm | None:
    """None for nothing, and for what was sealed for somebody else."""
    try:
        path, fields = json.loads(vault.open_secret(keys(), f"kept form:{account_id}", kept))
    except DomainError:
        return None
    return KeptForm(path, [(name, value) for name, value in fields])


def ask(account: StaffAccount, errors: dict[str, str]) -> str:
    """The page of a locked screen."""
    kept = request.form.get("kept") if request.endpoint == "staff.unlock" else keep(account.id)
    wanted = request.values.get("tiep", "") if request.endpoint in {"staff.unlock", "staff.lock_page"} else ""
    return render_template("staff/lock.html", errors=errors, name=account.name, kept=kept or "", wanted=wanted)
