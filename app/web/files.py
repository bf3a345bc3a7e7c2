"""`/tep/<sha256>`: a photograph or a signature, for whom it concerns. Every look is in the audit before a byte goes out."""

from __future__ import annotations

import logging
from typing import Final

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.gateways import stored_file
from app.services.evidence import viewing
from app.services.evidence.viewing import ViewableFile, Viewer
from app.web.auth import current_staff, staff, staff_actor, visible_office_ids
from app.web.session import keys, now, settings, transaction

bp = Blueprint("files", __name__)
log = logging.getLogger("tannha.web")

SHOWN: Final = frozenset({"image/jpeg", "image/png"})
NAMED: Final = frozenset({"file_forged", "file_missing"})


@bp.get("/tep/<sha256>")
@staff()
def look(sha256: str) -> ResponseReturnValue:
    with transaction() as session:
        found = viewing.look(session, sha256, _viewer(), now())
    return sent(found)


def sent(found: ViewableFile) -> Response:
    """The file to the browser, kept nowhere on the way."""
    plain = _bytes(found)
    answer = Response(plain, mimetype=found.media_type)
    shown = "inline" if found.media_type in SHOWN else "attachment"
    answer.headers["Content-Disposition"] = f"{shown}; filename={found.sha256[:12]}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _viewer() -> Viewer:
    account = current_staff()
    return Viewer(staff_actor(), account.role, account.desk_id, visible_office_ids())


def _bytes(found: ViewableFile) -> bytes:
    """With no transaction open: the store may take its three seconds. A file that fails its check is named."""
    try:
        stored = None if found.box is not None else stored_file(settings(), found.sha256)
        return viewing.read(found, stored, keys())
    except DomainError as fault:
        if fault.code in NAMED:
            log.error("%s: %s", fault.code, found.sha256)  # noqa: TRY400 - the name is all there is to say
            with transaction() as session:
                viewing.note_forged(session, found.sha256, fault.code, now())
        raise
