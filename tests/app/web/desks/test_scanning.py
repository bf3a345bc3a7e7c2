"""A wrong code is told as it is scanned, at desk and counter, and not at the end of a pile."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.custody import Party
from app.domain.identity import Role
from app.models import CustodyEvent, Parcel
from app.services.desks.handover import hand_over, record_one_side
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.app.web.desks.conftest import Place
from tests.app.web.desks.test_bags import close, in_the_safe, the_bag
from tests.factories import make_desk, make_office, make_staff
from tests.factories.custody import at_desk as sealed_here
from tests.factories.custody import collected, handing, make_road

NOBODYS = "RT473124829VN"


def said(place: Place, address: str, code: str, **given: Any) -> str:
    answer = place.client.get(address, query_string={"ma": code, **given})
    assert answer.status_code == 200
    return str(answer.json["said"]) if answer.json else ""


def party(side: Party) -> str:
    return f"{side.holder.value}:{side.id}"


def taking(place: Place, code: str, side: Party | None = None) -> str:
    return said(place, "/buu-cuc/giao-nhan/ma", code, chieu="in", ben=party(side) if side else "")


def test_what_the_courier_brings_is_right(at_counter: Place, session: UnitOfWork) -> None:
    assert taking(at_counter, collected(session, at_counter.road).code, at_counter.road.courier) == ""


def test_a_misread_code_is_told(at_counter: Place) -> None:
    assert "không đúng" in taking(at_counter, "RT12")


def test_a_code_that_nobody_knows_is_told(at_counter: Place) -> None:
    assert "Không có bưu gửi mang mã" in taking(at_counter, NOBODYS)


def test_an_envelope_that_is_here_already_is_told(at_counter: Place, session: UnitOfWork) -> None:
    (parcel,) = in_the_safe(session, at_counter)
    assert "đã ghi là ở đây rồi" in taking(at_counter, parcel.code, at_counter.road.courier)


def test_what_the_couriers_phone_has_told_is_taken_without_a_word(at_counter: Place, session: UnitOfWork) -> None:
    road = at_counter.road
    parcel = collected(session, road)
    record_one_side(session, handing(road, [parcel], road.courier, road.safe, by=road.by_courier, confirmed_by=""))
    assert taking(at_counter, parcel.code, road.courier) == ""


def test_an_envelope_that_somebody_else_holds_is_told(at_counter: Place, session: UnitOfWork) -> None:
    other = make_road(session)
    assert "do bên khác giữ" in taking(at_counter, collected(session, other).code, at_counter.road.courier)


def test_as_long_as_the_other_side_is_not_chosen_only_the_code_itself_is_judged(
    at_counter: Place, session: UnitOfWork
) -> None:
    assert taking(at_counter, collected(session, make_road(session)).code) == ""


def test_the_envelope_of_another_desk_is_told_with_its_desk(at_desk: Place, session: UnitOfWork) -> None:
    other = make_desk(session, name="Một cửa nơi khác")
    road = make_road(session, at_desk.road.world, desk=other)
    parcel = collected(session, road)
    hand_over(session, handing(road, [parcel], road.courier, road.safe))
    answer = said(at_desk, "/mot-cua/giao-nhan/ma", parcel.code, chieu="in", ben=party(road.safe))
    assert "gửi Một cửa nơi khác" in answer


def test_what_is_not_here_is_not_put_into_a_bag(at_counter: Place, session: UnitOfWork) -> None:
    (here,) = in_the_safe(session, at_counter)
    away = collected(session, make_road(session, at_counter.road.world))
    answers = [said(at_counter, "/buu-cuc/tui/moi/ma", parcel.code) for parcel in (here, away)]
    assert (answers[0], "do bên khác giữ" in answers[1]) == ("", True)


def test_what_was_never_in_the_bag_is_told_at_its_opening(
    at_counter: Place, session: UnitOfWork, sign_in: SignIn
) -> None:
    inside, outside = in_the_safe(session, at_counter, 2)
    close(at_counter, [inside], at_counter.courier)
    sign_in(at_counter.clerk)
    address = f"/mot-cua/tui/{the_bag(session).code}/ma"
    assert said(at_counter, address, inside.code) == ""
    assert "không" in said(at_counter, address, outside.code)


def test_others_bags_answer_nothing(at_counter: Place, session: UnitOfWork) -> None:
    close(at_counter, in_the_safe(session, at_counter), at_counter.courier)
    bag = the_bag(session)
    at_counter.counter.office = make_office(session)
    session.flush()
    assert at_counter.client.get(f"/buu-cuc/tui/{bag.code}/ma?ma={NOBODYS}").status_code == 404


def test_an_account_of_no_office_is_answered_nothing(place: Place, session: UnitOfWork, sign_in: SignIn) -> None:
    sign_in(make_staff(session, Role.OFFICE_MANAGER))
    assert place.client.get(f"/buu-cuc/giao-nhan/ma?ma={NOBODYS}").status_code == 403


def test_an_envelope_that_no_courier_has_told_of_is_named(at_counter: Place) -> None:
    assert "Không bưu tá nào báo" in said(at_counter, "/buu-cuc/xac-nhan/ma", NOBODYS)


def test_asking_moves_nothing(at_desk: Place, session: Session) -> None:
    parcel = sealed_here(session, at_desk.road)  # type: ignore[arg-type]  # it has all that is read of a road
    events = len(session.scalars(select(CustodyEvent)).all())
    said(at_desk, "/mot-cua/giao-nhan/ma", parcel.code, chieu="out", ben=party(at_desk.road.safe))
    assert len(session.scalars(select(CustodyEvent)).all()) == events
    assert session.get_one(Parcel, parcel.id).holder == parcel.holder


@pytest.mark.parametrize("page", ["/buu-cuc/giao-nhan", "/buu-cuc/tui/moi", "/mot-cua/giao-nhan", "/mot-cua/tui/moi"])
def test_every_page_of_scanning_asks_behind_each_code(place: Place, sign_in: SignIn, page: str) -> None:
    sign_in(place.counter if page.startswith("/buu-cuc") else place.clerk)
    assert f'data-check="{page}/ma"' in place.client.get(page).text
