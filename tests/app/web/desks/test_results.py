"""Results ready, typed or from a file; originals waived; a held result goes back."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Holder
from app.domain.errand import ErrandState
from app.domain.identity import Role
from app.domain.parcel import ParcelPurpose
from app.models import Desk, Parcel
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.unit_of_work import UnitOfWork
from tests.app.web.desks.conftest import PASSWORD, TODAY, Place, password_hash
from tests.factories import make_office, make_staff
from tests.factories.custody import (
    AT_THE_DOOR,
    accepted,
    handing,
    make_road,
    next_operation,
    next_seal,
    packing,
    parcels_of,
)  # fmt: skip


def results(place: Place, session: Session) -> list[Parcel]:
    return parcels_of(session, place.road, ParcelPurpose.RESULT)


def test_a_typed_line_packs_a_result(at_desk: Place, session: UnitOfWork) -> None:
    accepted(session, at_desk.road)
    line = f"{at_desk.road.dossier.code}; Giấy kết quả thử; {next_seal()}"
    answer = at_desk.client.post("/mot-cua/ket-qua", data={"lines": line})
    assert answer.status_code == 200
    (parcel,) = results(at_desk, session)
    assert parcel.code in answer.text


def test_a_bad_line_stays_to_be_corrected_and_stops_no_other(at_desk: Place, session: UnitOfWork) -> None:
    accepted(session, at_desk.road)
    bad = "H21.65-000000-0001; Giấy; NP0000001"
    good = f"{at_desk.road.dossier.code}; Giấy kết quả thử; {next_seal()}"
    answer = at_desk.client.post("/mot-cua/ket-qua", data={"lines": f"{bad}\n{good}"})
    assert answer.status_code == 422
    assert len(results(at_desk, session)) == 1
    assert f">{bad}</textarea>" in answer.text


def test_a_file_does_the_same(at_desk: Place, session: UnitOfWork) -> None:
    accepted(session, at_desk.road)
    text = f"mã hồ sơ,tên,niêm phong\n{at_desk.road.dossier.code},Giấy kết quả thử,{next_seal()}\n"
    file = (BytesIO(b"\xef\xbb\xbf" + text.encode()), "ket-qua.csv")
    answer = at_desk.client.post("/mot-cua/ket-qua", data={"file": file}, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert len(results(at_desk, session)) == 1


@pytest.mark.parametrize(
    "raw", ["Giấy".encode("utf-16"), "a;b;c".encode("utf-16-le"), "Giấy".encode("latin-1", "replace") + b"\xe9"]
)
def test_a_file_in_another_encoding_is_refused_with_the_way_out(at_desk: Place, raw: bytes) -> None:
    file = (BytesIO(raw), "ket-qua.csv")
    answer = at_desk.client.post("/mot-cua/ket-qua", data={"file": file}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text
    assert "UTF-8" in answer.text


def test_an_empty_file_is_refused(at_desk: Place) -> None:
    answer = at_desk.client.post(
        "/mot-cua/ket-qua", data={"file": (BytesIO(), "ket-qua.csv")}, content_type="multipart/form-data"
    )
    assert answer.status_code == 422
    assert 'id="file-error"' in answer.text


def test_nothing_typed_is_said_where_one_types(at_desk: Place) -> None:
    answer = at_desk.client.post("/mot-cua/ket-qua", data={"lines": " \n"})
    assert answer.status_code == 422
    assert 'id="lines-error"' in answer.text


def test_a_repeated_operation_packs_once(at_desk: Place, session: UnitOfWork) -> None:
    accepted(session, at_desk.road)
    data = {"operation": "op-kq-1", "lines": f"{at_desk.road.dossier.code}; Giấy kết quả thử; {next_seal()}"}
    assert [at_desk.client.post("/mot-cua/ket-qua", data=data).status_code for _ in range(2)] == [200, 200]
    assert len(results(at_desk, session)) == 1


def owing(place: Place, session: UnitOfWork) -> None:
    """The dossier was accepted without its original, which is due when the result is given."""
    parcel = accepted(session, place.road)
    place.road.dossier.procedure.originals_due = True
    for paper in list(session.get_one(Parcel, parcel.id).papers):
        session.delete(paper)
    session.flush()


def test_the_desk_waives_originals(at_desk: Place, session: UnitOfWork) -> None:
    owing(at_desk, session)
    address = f"/mot-cua/mien-ban-chinh/{at_desk.road.delivery.id}"
    assert address in at_desk.client.get("/mot-cua/").text
    assert at_desk.client.post(address).status_code == 303
    assert at_desk.road.delivery.papers_due_waived
    assert address not in at_desk.client.get("/mot-cua/").text


def test_another_desk_waives_nothing(at_desk: Place, session: UnitOfWork) -> None:
    owing(at_desk, session)
    other = Desk(code="MC-KHAC", name="Một cửa khác", unit_code=at_desk.road.world.unit.code, lon=108.0, lat=14.0)
    session.add(other)
    at_desk.clerk.desk = other
    session.flush()
    assert at_desk.client.post(f"/mot-cua/mien-ban-chinh/{at_desk.road.delivery.id}").status_code == 404
    assert not at_desk.road.delivery.papers_due_waived


@pytest.fixture
def held(at_counter: Place, session: UnitOfWork) -> Place:
    """A result in the safe whose days at the office are over."""
    road = at_counter.road
    accepted(session, road)
    parcel = result_ready(session, packing(road))
    hand_over(session, handing(road, [parcel], road.desk, road.safe, now=AT_THE_DOOR + timedelta(days=1, hours=2)))
    road.delivery.state, road.delivery.held_until = ErrandState.HELD, TODAY
    session.flush()
    return at_counter


def give_back(place: Place, **given: Any) -> Any:
    data = {"operation": "op-tra-1", "other_name": place.clerk.username, "other_password": PASSWORD}
    return place.client.post(f"/buu-cuc/gui-tra/{place.road.delivery.id}", data={**data, **given})


def test_a_held_result_goes_back_to_its_desk(held: Place, session: Session) -> None:
    address = f"/buu-cuc/gui-tra/{held.road.delivery.id}"
    assert address in held.client.get("/buu-cuc/").text
    assert "Hai bên xác nhận" in held.client.get(address).text
    assert give_back(held).status_code == 303
    assert held.road.delivery.state is ErrandState.RETURNED
    assert [parcel.holder for parcel in results(held, session)] == [Holder.DESK]


def test_before_its_day_it_stays(held: Place, session: Session) -> None:
    held.road.delivery.held_until = TODAY + timedelta(days=1)
    session.flush()
    assert "Hai bên xác nhận" not in held.client.get(f"/buu-cuc/gui-tra/{held.road.delivery.id}").text
    assert give_back(held).status_code == 422
    assert held.road.delivery.state is ErrandState.HELD


@pytest.mark.parametrize("who", ["wrong password", "courier", "clerk of another desk"])
def test_only_the_desk_that_packed_it_signs(held: Place, session: Session, who: str) -> None:
    other = Desk(code="MC-KHAC", name="Một cửa khác", unit_code=held.road.world.unit.code, lon=108.0, lat=14.0)
    session.add(other)
    stranger = make_staff(session, Role.DESK_CLERK, desk=other, password_hash=password_hash())
    given = {
        "wrong password": {"other_password": "sai"},
        "courier": {"other_name": held.courier.username},
        "clerk of another desk": {"other_name": stranger.username},
    }[who]
    assert give_back(held, **given).status_code == 422
    assert held.road.delivery.state is ErrandState.HELD
    assert [parcel.holder for parcel in results(held, session)] == [Holder.OFFICE_SAFE]


def test_another_offices_result_does_not_exist(held: Place, session: Session) -> None:
    held.counter.office_id = None
    held.counter.office = make_office(session)
    session.flush()
    assert held.client.get(f"/buu-cuc/gui-tra/{held.road.delivery.id}").status_code == 404
    assert give_back(held).status_code == 404


# -- scanned one by one


def scan(place: Place, **given: str) -> Any:
    return place.client.post("/mot-cua/ket-qua/quet", data=given)


def test_a_scanned_dossier_is_named_and_the_seal_is_asked_for_under_the_cursor(
    at_desk: Place, session: UnitOfWork
) -> None:
    accepted(session, at_desk.road)
    answer = scan(at_desk, dossier=at_desk.road.dossier.code or "")
    assert answer.status_code == 200
    assert re.search(r'<input[^>]* id="seal_number"[^>]* autofocus', answer.text)
    assert results(at_desk, session) == []


def test_the_seal_scanned_behind_it_packs_the_result_by_the_published_name(at_desk: Place, session: UnitOfWork) -> None:
    accepted(session, at_desk.road)
    assert scan(at_desk, dossier=at_desk.road.dossier.code or "", seal_number=next_seal()).status_code == 303
    assert (len(results(at_desk, session)), at_desk.road.dossier.result_title) == (1, "Giấy kết quả thử")


def test_the_code_of_the_envelope_it_came_in_is_as_good_as_the_dossiers(at_desk: Place, session: UnitOfWork) -> None:
    envelope = accepted(session, at_desk.road)
    assert scan(at_desk, dossier=envelope.code, seal_number=next_seal()).status_code == 303


@pytest.mark.parametrize(
    ("why", "says"),
    [
        ("unknown", "Không tìm thấy hồ sơ"),
        ("of another desk", "do bộ phận một cửa khác nhận"),
        ("packed before", "đã đóng trong bưu gửi"),
    ],
)
def test_a_wrong_dossier_is_told_at_its_scan_before_any_seal(
    at_desk: Place, session: UnitOfWork, why: str, says: str
) -> None:
    accepted(session, at_desk.road)
    code = at_desk.road.dossier.code or ""
    if why == "packed before":
        result_ready(session, packing(at_desk.road))
    elif why == "of another desk":
        other = make_road(session)
        accepted(session, other)
        code = other.dossier.code or ""
    answer = scan(at_desk, dossier="H21.65-000000-0001" if why == "unknown" else code)
    assert (answer.status_code, says in answer.text) == (422, True)
    assert re.search(r'<input[^>]* id="dossier"[^>]* autofocus', answer.text)


def test_a_packing_scan_that_is_sent_twice_packs_once_and_says_so_both_times(
    at_desk: Place, session: UnitOfWork
) -> None:
    accepted(session, at_desk.road)
    form = {"dossier": at_desk.road.dossier.code or "", "seal_number": next_seal(), "operation": next_operation()}
    assert [scan(at_desk, **form).status_code for _ in range(2)] == [303, 303]
    assert len(session.scalars(select(Parcel).where(Parcel.purpose == ParcelPurpose.RESULT)).all()) == 1


def test_another_seal_for_a_packed_result_is_refused(at_desk: Place, session: UnitOfWork) -> None:
    accepted(session, at_desk.road)
    form = {"dossier": at_desk.road.dossier.code or "", "operation": next_operation()}
    assert [scan(at_desk, seal_number=next_seal(), **form).status_code for _ in range(2)] == [303, 422]


def test_a_seal_that_was_used_is_told_and_the_dossier_stays_scanned(at_desk: Place, session: UnitOfWork) -> None:
    used = accepted(session, at_desk.road).seals[0].number
    answer = scan(at_desk, dossier=at_desk.road.dossier.code or "", title="Giấy kết quả thử", seal_number=used)
    assert (answer.status_code, 'id="seal_number-error"' in answer.text) == (422, True)
    assert results(at_desk, session) == []
