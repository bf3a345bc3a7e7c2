"""Results ready: one, several, or a file with an answer a line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.commands import ResultReady
from app.domain.custody import EventKind, Holder
from app.domain.dossier import DossierState
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.parcel import ParcelPurpose
from app.models import Message, Seal
from app.queries.custody.state import chain_of
from app.services.desks.results import ResultFile, ResultLine, result_ready, results_from_csv
from app.unit_of_work import UnitOfWork
from tests.factories import make_desk, make_world
from tests.factories.custody import (
    AT_THE_DOOR,
    Road,
    accepted,
    delivered,
    make_road,
    next_operation,
    next_seal,
    packing,
)


def refused(session: UnitOfWork, command: ResultReady) -> tuple[str, str | None]:
    with pytest.raises(DomainError) as refusal:
        result_ready(session, command)
    return refusal.value.code, refusal.value.field


def test_a_result_is_sealed_at_the_desk(session: UnitOfWork) -> None:
    road = make_road(session)
    accepted(session, road)

    parcel = result_ready(session, packing(road, seal_number="TNRESULT01"))

    (event,) = chain_of(session, parcel.id)
    assert (event.kind, event.giver, event.taker) == (EventKind.SEALED, Holder.DESK, Holder.DESK)
    assert (parcel.purpose, parcel.holder, parcel.errand_id) == (ParcelPurpose.RESULT, Holder.DESK, road.delivery.id)
    assert road.dossier.state == DossierState.FINISHED
    assert session.get_one(Seal, "TNRESULT01").parcel_id == parcel.id


def test_a_dossier_is_also_found_by_the_parcel_it_came_in(session: UnitOfWork) -> None:
    road = make_road(session)
    came_in = accepted(session, road)

    parcel = result_ready(session, packing(road, dossier=came_in.code.lower()))

    assert parcel.dossier_id == road.dossier.id


def test_the_citizen_hears_of_the_result(session: UnitOfWork) -> None:
    road = make_road(session)
    accepted(session, road)
    result_ready(session, packing(road))

    assert (
        session.scalars(select(Message).where(Message.template == "result_ready")).one().errand_id == road.delivery.id
    )


def test_the_same_operation_again_is_the_same_envelope(session: UnitOfWork) -> None:
    road = make_road(session)
    accepted(session, road)
    command = packing(road)

    assert result_ready(session, command) is result_ready(session, command)


def test_a_result_is_packed_once(session: UnitOfWork) -> None:
    road = make_road(session)
    accepted(session, road)
    result_ready(session, packing(road))

    assert refused(session, packing(road)) == ("result_already_packed", "dossier")


def test_a_result_given_back_is_not_packed_again(session: UnitOfWork) -> None:
    road = make_road(session)
    delivered(session, road)

    assert refused(session, packing(road))[0] == "dossier_closed"


def test_an_unknown_dossier_is_named(session: UnitOfWork) -> None:
    assert refused(session, packing(make_road(session), dossier="H21.65-220914-0011")) == ("dossier_unknown", "dossier")


def test_another_desk_s_dossier_stays_there(session: UnitOfWork) -> None:
    road = make_road(session)
    accepted(session, road)

    assert refused(session, packing(road, desk_id=make_desk(session).id))[0] == "dossier_of_other_desk"


def test_who_did_not_ask_for_delivery_fetches_the_result(session: UnitOfWork) -> None:
    road = make_road(session)
    accepted(session, road)
    road.delivery.state = ErrandState.CANCELLED
    session.flush()

    assert refused(session, packing(road))[0] == "delivery_not_asked"


def test_a_result_has_a_title(session: UnitOfWork) -> None:
    road = make_road(session)
    accepted(session, road)

    assert refused(session, packing(road, title="  "))[0] == "title_missing"


def upload(session: UnitOfWork, road: Road, text: str) -> list[ResultLine]:
    file = ResultFile(text, road.world.desk.id, next_operation(), AT_THE_DOOR + timedelta(days=1), road.by_clerk)
    return results_from_csv(session, file)


def two_roads(session: UnitOfWork) -> tuple[Road, Road]:
    world = make_world(session)
    roads = make_road(session, world), make_road(session, world)
    for road in roads:
        accepted(session, road)
    return roads


def test_a_file_answers_every_line_and_one_bad_line_stops_nothing(session: UnitOfWork) -> None:
    first, second = two_roads(session)
    text = "\n".join(
        [
            "\ufeffMã hồ sơ;Kết quả;Niêm phong",
            f"{first.dossier.code};Giấy khai sinh;{next_seal()}",
            f"H21.65-220914-0011;Không có;{next_seal()}",
            "",
            f"{second.dossier.code};Giấy khai sinh",
            f"{second.dossier.code};Giấy khai sinh;{next_seal()}",
        ]
    )

    lines = upload(session, first, text)

    assert [(line.number, line.error.code if line.error else "ok") for line in lines] == [
        (2, "ok"),
        (3, "dossier_unknown"),
        (5, "csv_columns"),
        (6, "ok"),
    ]
    assert lines[0].parcel_code != lines[3].parcel_code


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_every_spreadsheet_s_delimiter_is_read(session: UnitOfWork, delimiter: str) -> None:
    road, _ = two_roads(session)

    (line,) = upload(session, road, delimiter.join([road.dossier.code or "", "Giấy khai sinh", next_seal()]))

    assert line.error is None


@pytest.mark.parametrize(
    ("text", "code"), [("", "csv_empty"), ("\n\n", "csv_empty"), ("1;2;3\n" * 2001, "csv_too_long")]
)
def test_an_empty_or_endless_file_is_refused_whole(session: UnitOfWork, text: str, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        upload(session, make_road(session), text)
    assert refusal.value.code == code
