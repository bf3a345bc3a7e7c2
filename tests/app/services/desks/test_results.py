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
from app.services.desks.results import COLUMNS, ResultLine, ResultTable, result_ready, results_from_table
from app.table_files import read_table
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


def upload(session: UnitOfWork, road: Road, text: str | bytes, operation_id: str | None = None) -> list[ResultLine]:
    raw = text.encode() if isinstance(text, str) else text
    lines = read_table(raw, COLUMNS)
    at, by = AT_THE_DOOR + timedelta(days=1), road.by_clerk
    table = ResultTable(lines, road.world.desk.id, operation_id or next_operation(), at, by)
    return results_from_table(session, table)


def codes(lines: list[ResultLine]) -> list[tuple[int, str]]:
    return [(answer.line.number, answer.error.code if answer.error else "ok") for answer in lines]


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

    assert codes(lines) == [
        (2, "ok"),
        (3, "result_noted"),
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


def test_a_dossier_twice_in_a_file_is_told_and_its_second_seal_is_not_taken_for_packed(session: UnitOfWork) -> None:
    road, _ = two_roads(session)
    text = f"{road.dossier.code};Giấy khai sinh;{next_seal()}\n{road.dossier.code};Sổ hộ tịch;{next_seal()}\n"

    assert codes(upload(session, road, text)) == [(1, "ok"), (2, "result_already_packed")]


def test_the_same_form_with_a_corrected_seal_is_not_answered_with_the_first_envelope(session: UnitOfWork) -> None:
    road, _ = two_roads(session)
    form, seal = next_operation(), next_seal()

    first, again, corrected = (
        upload(session, road, f"{road.dossier.code};Giấy khai sinh;{number}", form)
        for number in (seal, seal, next_seal())
    )

    assert (codes(first), codes(again)) == ([(1, "ok")], [(1, "ok")])
    assert first[0].parcel_code == again[0].parcel_code
    assert codes(corrected) == [(1, "result_already_packed")]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ('{dossier};"Bản đồ khổ A3;{seal}', "csv_quote_open"),
        ('{dossier};"Bưu cục "Trung tâm" Pleiku";{seal}', "csv_quote_inside"),
        ("{dossier};Giấy\0 khai sinh;{seal}", "csv_holds_nul"),
        ("{dossier};" + "a" * 140_000 + ";{seal}", "csv_cell_too_long"),
        ("{dossier};" + "a" * 300 + ";{seal}", "title_missing"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_and_swallows_no_other(session: UnitOfWork, row: str, code: str) -> None:
    first, second = two_roads(session)
    text = f"{row.format(dossier=first.dossier.code, seal=next_seal())}\n{second.dossier.code};Giấy;{next_seal()}\n"

    assert codes(upload(session, first, text)) == [(1, code), (2, "ok")]


def test_the_lines_of_an_old_mac_and_commas_in_titles_are_read(session: UnitOfWork) -> None:
    roads = two_roads(session)
    text = "".join(f"{road.dossier.code};Bản chính, 02 bản sao, 01 trích lục;{next_seal()}\r" for road in roads)

    assert codes(upload(session, roads[0], text)) == [(1, "ok"), (2, "ok")]


def test_excel_s_lines_before_the_first_are_no_dossiers(session: UnitOfWork) -> None:
    road, _ = two_roads(session)
    text = f"\ufeffsep=;\r\nMã hồ sơ;Tên kết quả;Số niêm phong\r\n{road.dossier.code};Giấy khai sinh;{next_seal()}\r\n"

    assert codes(upload(session, road, text)) == [(3, "ok")]
