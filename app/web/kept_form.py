"""A form that was sent while the screen was locked or the session over: sealed for the account, offered again afterwards."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import validate_csrf

from app.domain.errors import DomainError
from app.models import StaffAccount
from app.services.evidence import vault
from app.web.csrf import unmasked
from app.web.session import keys

LONGEST = 40_000  # bytes: sealed, it comes back through a page for anybody, which takes 64 kB
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
    text = json.dumps([request.full_path.rstrip("?"), fields], ensure_ascii=False)
    return vault.close_secret(keys(), f"kept form:{account_id}", text) if len(text.encode()) <= LONGEST else ""


def carried() -> str:
    """What the page before has kept, on its way through the steps of signing in."""
    return request.form.get("kept", "")


def go_on(account: StaffAccount, otherwise: str) -> ResponseReturnValue:
    """Signed in or unlocked: offer what was kept for this account once more, else lead where he wanted."""
    kept = opened(carried(), account.id)
    return render_template("staff/kept.html", kept=kept) if kept is not None else redirect(otherwise, 303)


def _from_our_page() -> bool:
    """As for every change: else another site could have its own form offered here."""
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return True
    try:
        validate_csrf(unmasked(request.form.get("csrf_token")))
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
    kept = carried() if request.endpoint == "staff.unlock" else keep(account.id)
    wanted = request.values.get("tiep", "") if request.endpoint in {"staff.unlock", "staff.lock_page"} else ""
    return render_template("staff/lock.html", errors=errors, name=account.name, kept=kept, wanted=wanted)


def ask_to_sign_in(account: StaffAccount) -> str:
    """The same for whoever was signed in for as long as one may be: name, password and what else a new session needs."""
    return render_template("staff/sign_in.html", errors={}, username=account.username, kept=keep(account.id))
