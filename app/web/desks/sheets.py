"""The signed list of an envelope that is here, or was handed over from here: both sides keep a copy."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.identity import Role
from app.queries.desks import holdings
from app.services.documents import slip
from app.web.auth import staff
from app.web.desks.blueprint import counter_bp, desk_bp, here
from app.web.pdf import pdf
from app.web.session import language, settings, transaction


@desk_bp.get("/buu-gui/<code>/phieu.pdf")
@staff(Role.DESK_CLERK)
def parcel_slip(code: str) -> ResponseReturnValue:
    return _slip(code)


@counter_bp.get("/buu-gui/<code>/phieu.pdf", endpoint="parcel_slip")
@staff(Role.COUNTER, Role.OFFICE_MANAGER)
def counter_parcel_slip(code: str) -> ResponseReturnValue:
    return _slip(code)


def _slip(code: str) -> ResponseReturnValue:
    with transaction() as session:
        parcel = holdings.known_to(session, here(), code)
        if parcel is None:
            raise DomainError("not_found", kind="not_found")
        return pdf(slip.render(session, parcel, settings().base_url, language()), f"phieu-gui-{parcel.code}")
