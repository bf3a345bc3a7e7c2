"""The signed list of an envelope that is here, or was handed over from here: both sides keep a copy."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.queries.desks import holdings
from app.services.documents import slip
from app.web.desks.blueprint import both_sides, here
from app.web.pdf import pdf
from app.web.session import language, settings, transaction


@both_sides("GET", "/buu-gui/<code>/phieu.pdf")
def parcel_slip(code: str) -> ResponseReturnValue:
    with transaction() as session:
        parcel = holdings.known_to(session, here(), code)
        if parcel is None:
            raise DomainError("not_found", kind="not_found")
        return pdf(slip.render(session, parcel, settings().base_url, language()), f"phieu-gui-{parcel.code}")
