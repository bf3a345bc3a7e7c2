from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import LOCAL
from app.domain.errors import DomainError, refusals
from app.domain.identity import parse_phone
from app.models import Message, SignInCode
from app.queries.attention import tasks
from app.queries.tracking import code_budget
from app.services.staff import access
from app.texts import explain
from app.unit_of_work import UnitOfWork
from tests.factories import DAY, KEYS, NOW, make_desk

PHONE = parse_phone("0900000042")
PASSWORD = "mật khẩu thử nghiệm"


def send(session: UnitOfWork, after: timedelta = timedelta()) -> str:
    """The code as the citizen reads it."""
    access.send_sign_in_code(session, PHONE, NOW + after, KEYS)
    return access.sign_in_code(row_of(session), PHONE, KEYS)


def row_of(session: Session) -> SignInCode:
    return session.get_one(SignInCode, access.phone_mac(PHONE, KEYS))


def check(session: Session, code: str, after: timedelta = timedelta()) -> str | None:
    refusal = access.check_sign_in_code(session, PHONE, code, NOW + after, KEYS)
    assert refusal is None or explain(refusal)
    return refusal.code if refusal else None


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


# -- citizens


def test_the_code_that_was_sent_opens_the_door(session: UnitOfWork) -> None:
    code = send(session)
    assert (
        access.check_sign_in_code(session, parse_phone("+84 900 000 042"), f" {code[:3]} {code[3:]}", NOW, KEYS) is None
    )


def test_a_code_works_once(session: UnitOfWork) -> None:
    code = send(session)
    check(session, code)
    assert check(session, code) == "sign_in_code_expired"


def test_a_wrong_code_is_counted_and_says_how_many_tries_are_left(session: UnitOfWork) -> None:
    code = send(session)
    refusal = access.check_sign_in_code(session, PHONE, other(code), NOW, KEYS)
    assert refusal is not None
    assert "4 lần" in explain(refusal)
    assert row_of(session).tries == 1


def test_after_five_wrong_tries_the_right_code_is_refused_too(session: UnitOfWork) -> None:
    code = send(session)
    assert [check(session, other(code)) for _ in range(5)] == ["sign_in_code_wrong"] * 4 + ["too_many_tries"]
    assert check(session, code) == "too_many_tries"


def test_a_code_lives_fifteen_minutes(session: UnitOfWork) -> None:
    code = send(session)
    assert check(session, code, timedelta(minutes=15)) == "sign_in_code_expired"


def test_a_new_code_ends_the_old_one(session: UnitOfWork) -> None:
    old = send(session)
    new = send(session, timedelta(minutes=1))
    assert check(session, old, timedelta(minutes=1)) == "sign_in_code_wrong"
    assert check(session, new, timedelta(minutes=1)) is None


def test_three_codes_within_any_hour_are_enough(session: UnitOfWork) -> None:
    for minute in (0, 20, 59):
        send(session, timedelta(minutes=minute))
    with pytest.raises(DomainError, match="too_many_codes") as refusal:
        send(session, timedelta(minutes=59, seconds=59))
    assert refusal.value.kind == "too_many"
    assert send(session, timedelta(minutes=60))  # the one of minute 0 is an hour old
    with pytest.raises(DomainError, match="too_many_codes"):
        send(session, timedelta(minutes=79))
    assert send(session, timedelta(minutes=80))


def test_codes_that_lie_far_apart_are_all_given(session: UnitOfWork) -> None:
    for minute in (0, 50, 100, 150, 200):
        assert send(session, timedelta(minutes=minute))


def test_the_refusal_says_from_when_another_code_may_be_asked_for(session: UnitOfWork) -> None:
    for second in (10, 20, 30):
        send(session, timedelta(seconds=second))
    with pytest.raises(DomainError, match="too_many_codes") as refusal:
        send(session, timedelta(minutes=5))
    again = refusal.value.params["again"]
    assert isinstance(again, datetime)
    assert again == NOW + timedelta(minutes=61)  # the next whole minute: a sentence tells no seconds
    assert again.astimezone(LOCAL).strftime("%H:%M") in explain(refusal.value)
    assert send(session, again - NOW)


def test_only_the_times_of_the_last_hour_are_kept(session: UnitOfWork) -> None:
    send(session)
    send(session, timedelta(minutes=30))
    send(session, timedelta(hours=30))
    assert row_of(session).sent_times == [NOW + timedelta(hours=30)]


def test_neither_number_nor_code_is_kept_in_the_row(session: UnitOfWork) -> None:
    code, row = send(session), row_of(session)
    assert PHONE not in row.phone_mac + row.code_mac
    assert code not in row.code_mac


def test_the_message_waits_with_its_code_left_out(session: UnitOfWork) -> None:
    code = send(session)
    message = session.scalars(select(Message).where(Message.recipient == PHONE)).one()
    assert "{code}" in message.body
    assert code not in message.body


def test_a_telephone_that_asked_for_nothing_has_no_code(session: Session) -> None:
    assert check(session, "123456") == "sign_in_code_expired"


# -- partners


def test_a_partner_is_known_by_its_key_and_the_key_is_not_kept(session: Session) -> None:
    partner, key = access.make_partner(session, "Cổng thử", "staff:1", NOW, live=True)
    assert access.find_partner(session, key) is partner
    assert key.startswith("tn_live_")
    assert key not in partner.key_hash


def test_a_revoked_key_opens_nothing(session: Session) -> None:
    partner, key = access.make_partner(session, "Cổng thử", "staff:1", NOW)
    access.revoke_partner(session, partner, "staff:1", NOW)
    assert access.find_partner(session, key) is None


def test_an_unknown_key_is_nobodys(session: Session) -> None:
    assert access.find_partner(session, "tn_test_unknown") is None


def test_while_a_key_is_replaced_both_open_and_then_the_newer_alone(session: Session) -> None:
    partner, older = access.make_partner(session, "Cổng thử", "staff:1", NOW, live=True)
    newer = access.rotate_key(session, partner, "staff:1", NOW)
    assert newer.startswith("tn_live_")
    assert [access.find_partner(session, key) for key in (older, newer)] == [partner, partner]
    access.finish_rotation(session, partner, "staff:1", NOW)
    assert [access.find_partner(session, key) for key in (older, newer)] == [None, partner]


def test_a_newer_key_that_was_lost_is_replaced(session: Session) -> None:
    partner, older = access.make_partner(session, "Cổng thử", "staff:1", NOW)
    lost = access.rotate_key(session, partner, "staff:1", NOW)
    access.rotate_key(session, partner, "staff:1", NOW)
    assert access.find_partner(session, lost) is None
    assert access.find_partner(session, older) is partner


def test_without_a_newer_key_the_older_stays(session: Session) -> None:
    partner, _ = access.make_partner(session, "Cổng thử", "staff:1", NOW)
    with pytest.raises(DomainError, match="no_newer_key"):
        access.finish_rotation(session, partner, "staff:1", NOW)


def test_a_revoked_partner_s_newer_key_opens_nothing_either(session: Session) -> None:
    partner, _ = access.make_partner(session, "Cổng thử", "staff:1", NOW)
    newer = access.rotate_key(session, partner, "staff:1", NOW)
    access.revoke_partner(session, partner, "staff:1", NOW)
    assert access.find_partner(session, newer) is None


def test_an_agency_s_key_speaks_for_its_desk(session: Session) -> None:
    desk = make_desk(session)
    partner, _ = access.make_partner(session, "Xã thử", "staff:1", NOW, desk=desk.code)
    assert partner.desk_id == desk.id
    with pytest.raises(DomainError, match="unknown_desk_code"):
        access.make_partner(session, "Xã khác", "staff:1", NOW, desk="KHONG")


# -- a script


def test_a_thousand_invented_numbers_of_one_script_get_thirty_codes(session: UnitOfWork) -> None:
    said = Counter(
        refusal.code for n in range(1000) for refusal in refusals(partial(_send_for_script, session, f"09000{n:05d}"))
    )
    assert said == {"codes_of_client": 1000 - code_budget.UNTYPED_OF_A_CLIENT}
    assert session.scalar(select(func.count()).select_from(Message)) == code_budget.UNTYPED_OF_A_CLIENT
    access.send_sign_in_code(session, PHONE, NOW, KEYS, client="a neighbour")  # who is somewhere else is not stopped


def test_many_addresses_together_have_their_measure_too(session: UnitOfWork, monkeypatch: pytest.MonkeyPatch) -> None:
    use_the_strangers_lane_up(session, monkeypatch)
    with pytest.raises(DomainError, match="codes_of_all") as refusal:
        send_from(session, "another address")
    assert "không cần mã" in explain(refusal.value)
    send_from(session, "another address", timedelta(hours=1))  # an hour later there is room
    assert row_of(session).client == "another address"


def use_the_strangers_lane_up(session: UnitOfWork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "UNTYPED_OF_ALL", 5)
    monkeypatch.setattr(code_budget, "UNTYPED_OF_ALL", 5)
    for n in range(5):
        access.send_sign_in_code(session, parse_phone(f"090000000{n}"), NOW, KEYS, client=f"address {n}")


def test_networks_that_nobody_knows_use_nothing_up_of_one_where_a_code_was_typed(
    session: UnitOfWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hamlet, an operator's subscribers: whoever typed a code there today keeps the lane open for the neighbours."""
    neighbour = parse_phone("0900000099")
    access.send_sign_in_code(session, neighbour, NOW, KEYS, client="a hamlet")
    row = access.code_row(session, neighbour, KEYS)
    assert row is not None
    assert access.check_sign_in_code(session, neighbour, access.sign_in_code(row, neighbour, KEYS), NOW, KEYS) is None
    use_the_strangers_lane_up(session, monkeypatch)
    with pytest.raises(DomainError, match="codes_of_all"):
        send_from(session, "another address")
    send_from(session, "a hamlet")
    assert row_of(session).client == "a hamlet"


def test_a_number_that_was_proved_before_is_answered_as_any_other(
    session: UnitOfWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lane for known numbers would tell whoever uses up the other one which numbers are known."""
    send_from(session, "a hamlet")
    row = row_of(session)
    assert access.check_sign_in_code(session, PHONE, access.sign_in_code(row, PHONE, KEYS), NOW, KEYS) is None
    use_the_strangers_lane_up(session, monkeypatch)
    with pytest.raises(DomainError, match="codes_of_all"):
        send_from(session, "another address")


def test_whoever_sees_every_office_hears_that_the_codes_are_used_up(
    session: UnitOfWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "codes_used_up" not in kinds(session)
    use_the_strangers_lane_up(session, monkeypatch)
    assert "codes_used_up" in kinds(session)
    assert "codes_used_up" not in kinds(session, frozenset({1}))


def kinds(session: UnitOfWork, offices: frozenset[int] | None = None) -> list[str]:
    return [task.kind for task in tasks(session, DAY, NOW, offices)]


def test_a_landline_is_sent_no_code(session: UnitOfWork) -> None:
    with pytest.raises(DomainError, match="landline_without_code"):
        access.send_sign_in_code(session, parse_phone("0269 382 0000"), NOW, KEYS)


def _send_for_script(session: UnitOfWork, number: str) -> None:
    access.send_sign_in_code(session, parse_phone(number), NOW, KEYS, client="one script")


def send_from(session: UnitOfWork, client: str, after: timedelta = timedelta()) -> None:
    access.send_sign_in_code(session, PHONE, NOW + after, KEYS, client=client)
