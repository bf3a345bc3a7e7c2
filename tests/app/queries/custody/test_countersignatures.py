"""A second signature that was touched is named: by the event that holds it, or by its own mark where no event does."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select

from app.domain.cash import Cash, CashReason, Signed
from app.domain.countersigning import SigningAct
from app.domain.parcel import s10
from app.models import CashHandIn, Countersignature, Device, Parcel, StaffAccount
from app.queries.custody.verification import CustodyFault, verify
from app.services.desks.countersigning import Asked, sign_on_one_screen
from app.unit_of_work import UnitOfWork
from tests.app.queries.custody.test_verification import faults, tamper
from tests.factories import KEYS, NOW, make_courier, make_world
from tests.factories.cash import counted, handing_in
from tests.factories.countersigning import by_phone
from tests.factories.custody import AT_THE_DOOR, collected, make_road
from tests.factories.phone import make_device
from tests.fakes.phone import key_of_phone, spki


def signed_by_phone(session: UnitOfWork, *, code: str | None = None) -> tuple[Parcel, Device]:
    """The counter takes in what a courier brings, and the courier's phone signs; `code`: of an envelope no book knows."""
    road = make_road(session)
    parcel, phone = collected(session, road), make_device(session, road.world.courier)
    form = {"codes": [code or parcel.code], "out": False, "keep_unknown": code is not None, "operation": str(uuid4())}
    counter = f"staff:{road.world.counter.id}"
    asked = Asked(SigningAct.HAND_OVER, form, road.safe, road.courier, counter, AT_THE_DOOR)
    by_phone(session, phone, asked)
    return parcel, phone


@pytest.mark.parametrize(
    "change",
    [
        "signed_by = 'password'",
        "\"by\" = 'courier:0'",
        "holder_id = '0'",
        "said = jsonb_set(said, '{n}', '2')",
        "at = at + interval '1 second'",
        "signature = set_byte(signature, 9, get_byte(signature, 9) # 1)",
    ],
)
def test_a_changed_second_signature_names_its_event(superuser: UnitOfWork, change: str) -> None:
    parcel, _phone = signed_by_phone(superuser)
    tamper(superuser, f"update countersignature set {change}")
    assert faults(verify(superuser, KEYS)) == [("countersignature", parcel.code, 2)]


def test_one_put_in_another_phone_s_name_names_its_event(superuser: UnitOfWork) -> None:
    parcel, phone = signed_by_phone(superuser)
    other = make_device(superuser, phone.courier)
    tamper(superuser, "update countersignature set device_id = :other", other=other.id)
    assert faults(verify(superuser, KEYS)) == [("countersignature", parcel.code, 2)]


def test_one_with_its_mark_made_anew_is_missed_by_its_event(superuser: UnitOfWork) -> None:
    parcel, _phone = signed_by_phone(superuser)
    row = superuser.scalars(select(Countersignature)).one()
    tamper(superuser, "update countersignature set mark = reverse(mark) where mark = :mark", mark=row.mark)
    assert ("evidence_gone", parcel.code, 2) in faults(verify(superuser, KEYS))


def test_one_taken_away_is_missed_by_its_event(superuser: UnitOfWork) -> None:
    parcel, _phone = signed_by_phone(superuser)
    tamper(superuser, "delete from countersignature")
    assert faults(verify(superuser, KEYS)) == [("evidence_gone", parcel.code, 2)]


def test_another_key_of_that_phone_did_not_sign_it(superuser: UnitOfWork) -> None:
    parcel, phone = signed_by_phone(superuser)
    other = spki(key_of_phone(uuid4()))
    tamper(superuser, "update device_key set public_key = :other where device_id = :mine", other=other, mine=phone.id)
    assert ("countersignature", parcel.code, 2) in faults(verify(superuser, KEYS))


@pytest.fixture
def signed_hand_in(superuser: UnitOfWork) -> CashHandIn:
    """The courier's phone has signed for what the counter has counted."""
    world = make_world(superuser)
    phone = make_device(superuser, world.courier)
    count = counted(superuser, world.courier, NOW, Cash(26_000, 50_000), by=world.counter)
    by_phone(superuser, phone, handing_in(count, world.courier, world.counter, CashReason.OVER))
    return superuser.scalars(select(CashHandIn)).one()


def test_signed_cash_is_whole(signed_hand_in: CashHandIn, superuser: UnitOfWork) -> None:
    assert signed_hand_in.signed is Signed.BY_KEY
    assert verify(superuser, KEYS).broken == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ("update cash_hand_in set postage = postage - 1000", "cash"),
        ("update cash_hand_in set day = day - 1", "cash"),
        ("update cash_hand_in set signed = 'on_screen'", "cash"),
        ("update cash_hand_in set courier_id = (select min(id) from courier where id <> courier_id)", "cash"),
        ("update cash_hand_in set office_id = (select min(id) from office where id <> office_id)", "cash"),
        ("update countersignature set said = jsonb_set(said, '{cash,postage}', '1')", "countersignature"),
        ("update countersignature set said = jsonb_set(said, '{cash,postage}', '1.5')", "countersignature"),
        ("update countersignature set said = said - 'cash'", "countersignature"),
        ("update countersignature set said = '[]'", "countersignature"),
        ("update countersignature set said = 'null'", "countersignature"),
        ("delete from countersignature", "evidence_gone"),
    ],
)
def test_touched_cash_is_named(signed_hand_in: CashHandIn, superuser: UnitOfWork, change: str, what: str) -> None:
    make_courier(superuser)
    tamper(superuser, change)
    assert verify(superuser, KEYS).broken == [CustodyFault(what, None, None, hand_in=signed_hand_in.id)]


def test_cash_that_no_longer_says_who_signed_is_named_with_the_signature(
    signed_hand_in: CashHandIn, superuser: UnitOfWork
) -> None:
    mark = signed_hand_in.mark
    tamper(superuser, "update cash_hand_in set mark = null")
    assert verify(superuser, KEYS).broken == [
        CustodyFault("evidence_gone", None, None, hand_in=signed_hand_in.id),
        CustodyFault("cash", None, None, signature=mark),
    ]


def test_cash_under_the_signature_of_something_else_is_named(signed_hand_in: CashHandIn, superuser: UnitOfWork) -> None:
    mine = signed_hand_in.mark
    signed_by_phone(superuser)
    tamper(
        superuser, "update cash_hand_in set mark = (select mark from countersignature where mark <> :mine)", mine=mine
    )
    assert verify(superuser, KEYS).broken == [
        CustodyFault("cash", None, None, hand_in=signed_hand_in.id),
        CustodyFault("cash", None, None, signature=mine),
    ]


def test_cash_that_was_taken_away_is_missed_by_its_signature(signed_hand_in: CashHandIn, superuser: UnitOfWork) -> None:
    mark = signed_hand_in.mark
    tamper(superuser, "delete from cash_hand_in")
    assert verify(superuser, KEYS).broken == [CustodyFault("cash", None, None, signature=mark)]


def test_cash_that_was_pressed_twice_is_whole(superuser: UnitOfWork) -> None:
    world = make_world(superuser)
    count = counted(superuser, world.courier, NOW, Cash(26_000, 50_000), by=world.counter)
    account = superuser.get_one(StaffAccount, world.courier.staff_account_id)
    for _ in range(2):
        sign_on_one_screen(superuser, handing_in(count, world.courier, world.counter, CashReason.OVER), account)
    assert len(superuser.scalars(select(Countersignature)).all()) == 2
    assert verify(superuser, KEYS).broken == []


def test_one_that_no_event_holds_is_named_by_itself(superuser: UnitOfWork) -> None:
    signed_by_phone(superuser, code=s10(90_000_001))
    mark = superuser.scalars(select(Countersignature.mark)).one()
    tamper(superuser, "update countersignature set holder_id = '0'")
    assert verify(superuser, KEYS).broken == [CustodyFault("countersignature", None, None, signature=mark)]
