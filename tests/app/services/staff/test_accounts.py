"""Who works here: a courier comes and goes with the account."""

from __future__ import annotations

import pytest

from app.domain.errors import DomainError
from app.domain.identity import Role, parse_phone
from app.domain.wording import tidy
from app.models import StaffAccount
from app.services.booking import slots
from app.services.staff import accounts
from app.unit_of_work import UnitOfWork
from tests.factories import NOW, make_world
from tests.factories.custody import collected, make_road


def test_a_courier_who_still_holds_parcels_is_not_let_go(session: UnitOfWork) -> None:
    road = make_road(session)
    collected(session, road)
    account = session.get_one(StaffAccount, road.world.courier.staff_account_id)
    with pytest.raises(DomainError, match="courier_holds_parcels"):
        accounts.close_account(session, account, "system", NOW)
    assert account.active
    assert road.world.courier.active


def test_a_new_courier_opens_places_on_days_that_were_looked_at(session: UnitOfWork) -> None:
    world = make_world(session)
    before = {slot.id: slot.free for slot in slots.open_slots(session, world.unit.code, NOW)}
    wish = accounts.OpenAccount(
        "buuta-moi", tidy("Bưu Tá Thử"), Role.COURIER, "mật khẩu thử nghiệm", "system", NOW,
        world.office.code, phone=parse_phone("0900000321"),
    )  # fmt: skip
    accounts.open_account(session, wish)
    after = {slot.id: slot.free for slot in slots.open_slots(session, world.unit.code, NOW)}
    assert after == {slot: free + 14 for slot, free in before.items()}
