"""One household known from every side, and a search that looks everywhere: all columns of all tables, all files of a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, select, text

from app.domain.errand import ErrandState
from app.domain.identity import Channel
from app.domain.incident import IncidentKind
from app.models import Errand, Incident, NamedReceiver, OperationPayload, Parcel, ServiceRequest
from app.services.custody.incidents import open_incident
from app.services.messaging import messages
from app.unit_of_work import UnitOfWork
from tests.factories.custody import AT_THE_DOOR, Road, delivered, make_road
from tests.factories.files import bring, make_operation, make_picture, make_use
from tests.factories.links import make_inbox_message, make_outbox_message
from tests.factories.phone import make_device
from tests.factories.request import make_applicant, make_errand, make_partner, make_place, make_request
from tests.factories.times import NOW
from tests.factories.world import World, make_world

NAME, PHONE = "Rơ Châm Thử Nghiệm", "0900123987"
ADDRESS, LANDMARK = "Nhà sàn thử số 7788", "sau giọt nước thử Plei"
HELPER, HELPER_PHONE = "Siu Giúp Thử Thôi", "0900777141"
INSTEAD = "Kpă Nhận Thử Thay"
WORDS = (NAME, PHONE, ADDRESS, LANDMARK, HELPER, HELPER_PHONE, INSTEAD)
OVER = AT_THE_DOOR + timedelta(days=40)


@dataclass(frozen=True)
class Household:
    """Five requests of one person, each with an applicant of its own as every booking makes one; `neighbour`: another one,
    of the same telephone."""

    world: World
    roads: tuple[Road, ...]
    requests: tuple[ServiceRequest, ...]
    neighbour: ServiceRequest
    helped: ServiceRequest

    @property
    def applicants(self) -> tuple[UUID, ...]:
        return tuple(request.applicant_id for request in self.requests)


def make_household(session: UnitOfWork) -> Household:
    world = make_world(session)
    roads = (make_road(session, world), make_road(session, world))
    for road in roads:
        _name(session, road.request)
        delivered(session, road)
    named = {"name": INSTEAD, "relation": "family", "id_last4": "0042", "named_by": "x", "named_at": NOW}
    session.add(NamedReceiver(request_id=roads[0].request.id, **named))
    plain = [_closed(session, world) for _ in range(3)]
    by_helper = plain[2]
    by_helper.channel, by_helper.helper_name, by_helper.helper_phone = Channel.HELPER, HELPER, HELPER_PHONE
    requests = (*(road.request for road in roads), *plain)
    for request in requests:
        errand = session.scalars(select(Errand).where(Errand.request_id == request.id).limit(1)).one()
        messages.tell(session, request, errand, "courier_on_way", NOW, f"thu:{request.id}")
    _tell_elsewhere(session, roads[0], by_helper)
    neighbour = make_request(
        session, applicant=make_applicant(session, name="Kpă Hàng Xóm", phone=PHONE), unit=world.unit
    )
    helped = make_request(session, unit=world.unit, channel=Channel.HELPER, helper_name=NAME, helper_phone=PHONE)
    for one in (neighbour, helped):
        make_errand(session, one, state=ErrandState.DONE, closed_at=NOW)
    session.flush()
    return Household(world, roads, requests, neighbour, helped)


def _name(session: UnitOfWork, request: ServiceRequest) -> None:
    request.applicant.name, request.applicant.phone = NAME, PHONE
    request.place.address, request.place.landmark = ADDRESS, LANDMARK
    request.place.former_name = "xã Thử Cũ"
    session.flush()


def _closed(session: UnitOfWork, world: World) -> ServiceRequest:
    applicant = make_applicant(session, name=NAME, phone=PHONE)
    place = make_place(session, unit=world.unit, address=ADDRESS, landmark=LANDMARK)
    request = make_request(session, applicant=applicant, place=place)
    errand = make_errand(session, request, state=ErrandState.CANCELLED, closed_at=NOW)
    errand.close_reason = f"Nhà có việc, {NAME} báo"
    return request


def _tell_elsewhere(session: UnitOfWork, road: Road, by_helper: ServiceRequest) -> None:
    """Everywhere else where a person's name ends up."""
    parcel = session.scalars(select(Parcel).where(Parcel.dossier_id == road.dossier.id).limit(1)).one()
    incident = open_incident(
        session, kind=IncidentKind.DAMAGED, parcel_code=parcel.code, office_id=road.world.office.id, by="staff:1", now=NOW,
        note=f"Phong bì của {NAME} bị ướt, đã gọi {PHONE}",
    )  # fmt: skip
    incident.closed_at, incident.closed_by, incident.resolution = NOW, "staff:1", f"Đã xin lỗi ông {NAME}"
    device = make_device(session, road.world.courier)
    call = make_operation(session, device, errand_id=road.collection.id)
    call.answer, call.look_note = {"told": f"{HELPER} nghe máy {HELPER_PHONE}"}, f"Đã gọi {HELPER} ({HELPER_PHONE})"
    session.add(OperationPayload(operation_id=call.id, sealed=f"{NAME} {PHONE}".encode()))
    picture = make_picture()
    make_use(session, picture.sha256, call)
    bring(session, picture, device)
    make_outbox_message(session, road.dossier, state="refused", said=f"{NAME} không khớp", raw=PHONE.encode())
    make_inbox_message(session, kind="unreadable", event_id="unreadable/thu/1", raw=json.dumps({"name": NAME}).encode())
    road.dossier.result_title = f"Giấy chứng nhận của {NAME}"
    partner = make_partner(session)
    by_helper.partner_id, by_helper.external_ref = partner.id, "ngoai-7788"
    session.flush()


def named_in_neighbours_note(session: UnitOfWork, household: Household) -> Incident:
    """Somebody else's incident in which the person is named."""
    return open_incident(
        session, kind=IncidentKind.DAMAGED, parcel_code="CZ000000001VN", office_id=household.world.office.id,
        by="staff:1", now=NOW, note=f"Bà con gần nhà {NAME.lower()}, máy 0900 123 987",
    )  # fmt: skip


def found_in_database(connection: Connection, words: Sequence[str] = WORDS) -> list[str]:
    """`table.column` of every column of every table that holds one of the words, procrastinate's too."""
    columns = connection.execute(
        text(
            "select table_name, column_name, data_type from information_schema.columns join information_schema.tables "
            "using (table_schema, table_name) where table_schema = 'public' and table_type = 'BASE TABLE'"
        )
    ).all()
    return sorted(
        f"{table}.{column}" for table, column, kind in columns if _holds(connection, table, column, kind, words)
    )


def _holds(connection: Connection, table: str, column: str, kind: str, words: Sequence[str]) -> bool:
    if kind == "bytea":
        forms = [form for word in words for form in (word.encode(), json.dumps(word)[1:-1].encode())]
        test = " or ".join(f'position(:w{index} in "{column}") > 0' for index in range(len(forms)))
    else:
        forms = [word.casefold() for word in words]  # type: ignore[misc]  # texts here, bytes above
        test = " or ".join(f'position(:w{index} in lower("{column}"::text)) > 0' for index in range(len(forms)))
    asked = {f"w{index}": form for index, form in enumerate(forms)}
    return bool(connection.scalar(text(f'select exists (select from "{table}" where {test})'), asked))


def found_in_files(folder: Path, words: Sequence[str] = WORDS) -> list[Path]:
    return [path for path in _files(folder) if any(word.encode() in path.read_bytes() for word in words)]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and "pg" not in path.parts)


def over(days: int) -> datetime:
    return NOW + timedelta(days=days)
