"""Hand-over, both directions; the other side signs for itself or nothing moves."""

from __future__ import annotations

from html import unescape

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.custody import Holder, Party
from app.domain.identity import Role
from app.models import CustodyEvent, Parcel, SignInTry, StrayScan
from app.services.desks.handover import hand_over
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.app.web.desks.conftest import Place, password_hash
from tests.factories import make_courier, make_staff
from tests.factories.custody import collected, make_road
from tests.factories.custody import handing as handing_command


def holder_of(session: Session, parcel: Parcel) -> Party:
    row = session.get_one(Parcel, parcel.id)
    return Party(row.holder, row.holder_id)


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CustodyEvent)) or 0


def test_the_counter_takes_what_the_courier_brings(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    answer = at_counter.hand_over("/buu-cuc", [parcel], at_counter.courier)
    assert answer.status_code == 303
    assert holder_of(session, parcel) == at_counter.road.safe


def test_the_counter_gives_to_the_desk(at_counter: Place, session: UnitOfWork) -> None:
    road = at_counter.road
    parcel = collected(session, road)
    hand_over(session, handing_command(road, [parcel], road.courier, road.safe))
    answer = at_counter.hand_over("/buu-cuc", [parcel], at_counter.clerk, direction="out")
    assert answer.status_code == 303
    assert holder_of(session, parcel) == road.desk
    signed = session.scalars(select(CustodyEvent).order_by(CustodyEvent.event_no.desc())).first()
    assert signed is not None
    assert signed.actor == f"staff:{at_counter.counter.id}+staff:{at_counter.clerk.id}"


def test_the_desk_takes_what_the_counter_brings(at_desk: Place, session: UnitOfWork) -> None:
    road = at_desk.road
    parcel = collected(session, road)
    hand_over(session, handing_command(road, [parcel], road.courier, road.safe))
    assert at_desk.hand_over("/mot-cua", [parcel], at_desk.counter).status_code == 303
    assert holder_of(session, parcel) == road.desk


def test_with_the_other_sides_password_wrong_nothing_moves(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    before = events(session)
    answer = at_counter.hand_over("/buu-cuc", [parcel], at_counter.courier, other_password="sai")
    assert answer.status_code == 422
    assert 'id="other_password-error"' in answer.text
    assert parcel.code in answer.text  # the codes need not be scanned again
    assert 'value="sai"' not in answer.text
    assert (holder_of(session, parcel), events(session)) == (at_counter.road.courier, before)
    assert session.scalars(select(SignInTry)).one().tries == 1


def test_one_person_cannot_sign_for_both_sides(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    answer = at_counter.hand_over("/buu-cuc", [parcel], at_counter.counter)
    assert answer.status_code == 422
    assert 'id="other_name-error"' in answer.text
    assert holder_of(session, parcel) == at_counter.road.courier


def test_who_answers_for_no_parcels_cannot_sign(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    coordinator = make_staff(
        session, Role.COORDINATOR, office=at_counter.road.world.office, password_hash=password_hash()
    )
    answer = at_counter.hand_over("/buu-cuc", [parcel], coordinator)
    assert answer.status_code == 422
    assert 'id="other_name-error"' in answer.text


def test_one_wrong_code_moves_none(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    answer = at_counter.hand_over("/buu-cuc", [parcel], at_counter.courier, codes=f"{parcel.code} RT123456785VN")
    assert answer.status_code == 422
    assert 'id="codes-error"' in answer.text
    assert holder_of(session, parcel) == at_counter.road.courier


def test_many_codes_come_in_any_way_a_scanner_writes_them(at_counter: Place, session: UnitOfWork) -> None:
    one = collected(session, at_counter.road)
    two = collected(session, make_road(session, at_counter.road.world))
    blanks = f"{two.code[:2]} {two.code[2:5]} {two.code[5:8]} {two.code[8:11]} {two.code[11:]}"  # as the UPU prints
    codes = f"{one.code.lower()}, {blanks};]C1{one.code}\n"
    assert at_counter.hand_over("/buu-cuc", [], at_counter.courier, codes=codes).status_code == 303
    assert [holder_of(session, parcel).holder for parcel in (one, two)] == [Holder.OFFICE_SAFE] * 2


def test_a_second_press_moves_nothing_again(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    for _ in range(2):
        assert at_counter.hand_over("/buu-cuc", [parcel], at_counter.courier).status_code == 303
    assert events(session) == 2


def test_the_direction_is_asked_for(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    answer = at_counter.hand_over("/buu-cuc", [parcel], at_counter.courier, direction="")
    assert answer.status_code == 422
    assert 'id="direction-error"' in answer.text


@pytest.mark.parametrize("codes", ["", " ,\n"])
def test_without_codes_nothing_is_signed(at_counter: Place, codes: str) -> None:
    answer = at_counter.hand_over("/buu-cuc", [], at_counter.courier, codes=codes)
    assert answer.status_code == 422
    assert 'id="codes-error"' in answer.text


def test_the_board_leads_to_a_count_that_tells_how_many_and_not_which(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    way = f"chieu=in&ben=courier:{at_counter.road.world.courier.id}"
    assert f"/buu-cuc/giao-nhan?{way}" in unescape(at_counter.client.get("/buu-cuc/").text)
    page = at_counter.client.get(f"/buu-cuc/giao-nhan?{way}").text
    assert 'data-awaited="1"' in page
    assert parcel.code not in page


def test_what_was_not_scanned_is_named_before_anybody_signs(at_counter: Place, session: UnitOfWork) -> None:
    road = at_counter.road
    here, left = collected(session, road), collected(session, make_road(session, road.world))
    chosen = f"courier:{road.world.courier.id}"

    refused = at_counter.hand_over("/buu-cuc", [here], at_counter.courier, party=chosen)
    assert (refused.status_code, f"Còn 1 phong bì chưa quét: {left.code}" in refused.text) == (422, True)
    assert holder_of(session, here) == road.courier

    answer = at_counter.hand_over("/buu-cuc", [here], at_counter.courier, party=chosen, fewer="1")
    assert answer.status_code == 303
    assert [holder_of(session, one) for one in (here, left)] == [road.safe, road.courier]


def test_who_signs_is_who_was_chosen(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    other = make_courier(session, office=at_counter.road.world.office)
    answer = at_counter.hand_over("/buu-cuc", [parcel], at_counter.courier, party=f"courier:{other.id}")
    assert (answer.status_code, 'id="other_name-error"' in answer.text) == (422, True)


def test_envelopes_of_another_office_are_not_counted_here(at_counter: Place, session: UnitOfWork) -> None:
    elsewhere = make_road(session)
    collected(session, elsewhere)
    page = at_counter.client.get(f"/buu-cuc/giao-nhan?chieu=in&ben=courier:{elsewhere.world.courier.id}").text
    assert "data-awaited" not in page


def test_the_counter_gives_a_desk_what_is_bound_for_it(at_counter: Place, session: UnitOfWork) -> None:
    road = at_counter.road
    parcel = collected(session, road)
    hand_over(session, handing_command(road, [parcel], road.courier, road.safe))
    page = at_counter.client.get(f"/buu-cuc/giao-nhan?chieu=out&ben=desk:{road.world.desk.id}").text
    assert 'data-awaited="1"' in page


def test_the_desk_awaits_what_lies_for_it_in_the_safe(at_desk: Place, session: UnitOfWork) -> None:
    road = at_desk.road
    parcel = collected(session, road)
    hand_over(session, handing_command(road, [parcel], road.courier, road.safe))
    way = f"chieu=in&ben=office_safe:{road.world.office.id}"
    assert f"/mot-cua/giao-nhan?{way}" in unescape(at_desk.client.get("/mot-cua/").text)
    assert 'data-awaited="1"' in at_desk.client.get(f"/mot-cua/giao-nhan?{way}").text


def test_an_account_of_no_office_is_told_so(at_counter: Place, session: Session, sign_in: SignIn) -> None:
    sign_in(make_staff(session, Role.OFFICE_MANAGER))
    answer = at_counter.client.get("/buu-cuc/")
    assert answer.status_code == 403
    assert "không thuộc bưu cục nào" in answer.text


UNKNOWN = "RT123456785VN"


def test_an_envelope_whose_phone_is_dead_is_taken_in_all_the_same(at_counter: Place, session: UnitOfWork) -> None:
    parcel = collected(session, at_counter.road)
    codes = f"{parcel.code} {UNKNOWN}"

    refused = at_counter.hand_over("/buu-cuc", [], at_counter.courier, codes=codes)
    assert refused.status_code == 422
    assert "chưa gửi dữ liệu" in refused.text
    assert holder_of(session, parcel) == at_counter.road.courier

    taken = at_counter.hand_over("/buu-cuc", [], at_counter.courier, codes=codes, keep_unknown="1")
    assert taken.status_code == 303
    assert holder_of(session, parcel) == at_counter.road.safe
    scan = session.scalars(select(StrayScan)).one()
    assert (scan.code, scan.taker, scan.office_id) == (UNKNOWN, Holder.OFFICE_SAFE, at_counter.road.world.office.id)
    assert scan.actor == f"staff:{at_counter.counter.id}+staff:{at_counter.courier.id}"


def test_a_second_press_keeps_no_second_stray(at_counter: Place, session: Session) -> None:
    for _ in range(2):
        at_counter.hand_over("/buu-cuc", [], at_counter.courier, codes=UNKNOWN, keep_unknown="1")
    assert session.scalar(select(func.count()).select_from(StrayScan)) == 1


@pytest.mark.parametrize(("codes", "field"), [("RT123456784VN", "codes"), (UNKNOWN, "keep_unknown")])
def test_a_typing_error_is_no_stray_and_nothing_unknown_goes_out(
    at_counter: Place, session: Session, codes: str, field: str
) -> None:
    given = {"direction": "out"} if field == "keep_unknown" else {}
    answer = at_counter.hand_over("/buu-cuc", [], at_counter.courier, codes=codes, keep_unknown="1", **given)
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    assert session.scalars(select(StrayScan)).all() == []


def test_what_was_kept_joins_the_chain_once_the_phone_has_told_it(at_counter: Place, session: UnitOfWork) -> None:
    at_counter.hand_over("/buu-cuc", [], at_counter.courier, codes=UNKNOWN, keep_unknown="1")
    parcel = collected(session, at_counter.road, parcel_code=UNKNOWN)
    assert holder_of(session, parcel) == at_counter.road.safe
    assert session.scalars(select(StrayScan.settled_by)).one() == "chain"
    assert "Bưu tá báo đã giao/nhận" not in at_counter.client.get("/buu-cuc/").text  # both have signed already
