from datetime import date

from sqlalchemy.orm import Session

from app.domain.tariff import Direction, ZoneClass, price
from app.models import RemittanceFee
from app.queries.reference.tariff import rates, remittance_fee
from tests.factories import DAY, make_tariff


def test_only_the_rows_in_force_are_read(session: Session) -> None:
    make_tariff(session, valid_from=date(2026, 6, 1))
    assert rates(session, date(2026, 5, 31)) == []
    assert len(rates(session, DAY)) == 16


def test_a_new_remittance_fee_replaces_the_old_from_its_day(session: Session) -> None:
    make_tariff(session)
    session.add(RemittanceFee(price=9_000, valid_from=DAY, legal_basis="Bảng mới"))
    session.flush()
    before, after = remittance_fee(session, date(2026, 11, 30)), remittance_fee(session, DAY)
    assert before is not None
    assert after is not None
    assert (before.price, after.price) == (8_000, 9_000)


def test_before_any_fee_there_is_none(session: Session) -> None:
    assert remittance_fee(session, date(2020, 1, 1)) is None


def test_the_applied_list_is_the_bundled_tariff(reference: Session) -> None:
    found = rates(reference, DAY)
    assert price(found, Direction.SEND, ZoneClass.SAME_ZONE, 90, DAY) == (26_000, 26_000)
    assert price(found, Direction.RETURN, ZoneClass.SAME_PROVINCE, 300, DAY)[0] == 32_500
