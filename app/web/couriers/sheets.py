"""What a courier prints: the day's route sheet (BD13) and the signed list of an envelope."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from app.clock import local_day
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.queries.courier_day import courier_day
from app.queries.holdings import known_to
from app.services.documents import route_papers, slip
from app.services.documents.route_papers import Part, Printing
from app.web.auth import staff
from app.web.couriers.room import bp, own_courier
from app.web.pdf import pdf
from app.web.session import keys, language, now, settings, transaction


@bp.get("/chuyen/<int:route_id>/ban-ke.pdf")
@staff(Role.COURIER)
def sheet(route_id: int) -> ResponseReturnValue:
    with transaction() as session:
        day = courier_day(session, own_courier(session), local_day(now()))
        if day.route is None or day.route.id != route_id:
            raise DomainError("not_found", kind="not_found")
        printing = Printing(keys(), settings().base_url, language())
        return pdf(route_papers.render(session, route_id, printing, frozenset({Part.SHEET})), f"ban-ke-{route_id}")


@bp.get("/buu-gui/<code>/phieu.pdf")
@staff(Role.COURIER)
def parcel_slip(code: str) -> ResponseReturnValue:
    """Of an envelope that this courier took or gave."""
    with transaction() as session:
        parcel = known_to(session, Party(Holder.COURIER, str(own_courier(session).id)), code)
        if parcel is None:
            raise DomainError("not_found", kind="not_found")
        return pdf(slip.render(session, parcel, settings().base_url, language()), f"phieu-gui-{parcel.code}")
