"""Every signature is checked again, also once payloads are erased; what bears none is listed; the register is worked out anew."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, func, text, update

from app.cli.verify_custody import _lines
from app.models import CustodyEvidence
from app.queries.custody.signed_operations import UnsignedPhone
from app.queries.custody.verification import verify
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import K, Street, make_street
from tests.conftest import rolled_back
from tests.factories import KEYS
from tests.factories import operations as say
from tests.factories.phone import make_device, make_grace, make_key
from tests.fakes.phone import key_of_phone

GUARDED = ("operation", "device_key", "custody_event", "custody_evidence")


@pytest.fixture
def superuser(owner_engine: Engine) -> Iterator[UnitOfWork]:
    """A session that may switch the triggers off; everything is rolled back at the end."""
    with rolled_back(owner_engine) as session:
        yield session


def signing(session: UnitOfWork) -> Street:
    """Two acts of one phone, the second with a custody event."""
    street = make_street(session)
    street.record(K.RUN_ENDED, say.run_ended(1))
    street.collect()
    street.send()
    session.flush()
    return street


def tamper(session: UnitOfWork, statement: str, **params: object) -> None:
    for table in GUARDED:
        session.execute(text(f"alter table {table} disable trigger user"))
    session.execute(text(statement), params)
    session.expire_all()


def faults(session: UnitOfWork) -> list[tuple[str, str | None]]:
    return [(fault.what, fault.operation or fault.parcel) for fault in verify(session, KEYS).broken]


def test_signed_acts_are_counted_and_none_is_unsigned(superuser: UnitOfWork) -> None:
    signing(superuser)
    report = verify(superuser, KEYS)
    assert (report.clean, report.operations, report.signed, report.unsigned) == (True, 2, 2, [])


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("update operation set signature = null where seq = 2", "operation_unsigned"),
        ("update operation set signature = set_byte(signature, 0, (get_byte(signature, 0) + 1) % 256) where seq = 2",
         "operation_signature"),
        ("update operation set signature = (select signature from operation where seq = 1) where seq = 2",
         "operation_signature"),
        ("update operation set signature = '' where seq = 2", "operation_signature"),
    ],
)  # fmt: skip
def test_a_signature_changed_or_taken_away_names_its_act(superuser: UnitOfWork, statement: str, what: str) -> None:
    street = signing(superuser)
    tamper(superuser, statement)
    assert faults(superuser) == [(what, f"{street.device.id}/2")]


@pytest.mark.parametrize("statement", ["delete from device_key", "update device_key set public_key = 'AAAA'"])
def test_another_key_is_found_by_every_signature(superuser: UnitOfWork, statement: str) -> None:
    street = signing(superuser)
    tamper(superuser, statement)
    assert faults(superuser) == [("operation_signature", f"{street.device.id}/1")]


def test_a_signature_is_checked_also_when_nothing_of_a_person_is_left(superuser: UnitOfWork) -> None:
    signing(superuser)
    superuser.execute(text("alter table custody_evidence disable trigger user"))
    superuser.execute(update(CustodyEvidence).values(payload=None, salt=None, erased_at=func.now()))
    report = verify(superuser, KEYS)
    assert (report.clean, report.signed, bool(report.erased)) == (True, 2, True)


def test_what_is_from_before_the_key_is_listed_and_not_broken(superuser: UnitOfWork) -> None:
    street = make_street(superuser)
    make_grace(superuser)
    street.device = make_device(superuser, street.road.world.courier, signed_from=None)
    street.phone.device_id, street.phone.key = street.device.id, None
    street.collect()
    street.send()
    assert verify(superuser, KEYS).unsigned == [UnsignedPhone(str(street.device.id), None, 1)]

    make_key(superuser, street.device, 2)
    street.phone.key = key_of_phone(street.device.id)
    street.record(K.RUN_ENDED, say.run_ended(1))
    street.send()
    report = verify(superuser, KEYS)
    assert (report.clean, report.unsigned) == (True, [UnsignedPhone(str(street.device.id), 2, 1)])
    assert f"  unsigned, before 2: 1 operations of phone {street.device.id}" in _lines(report)


def test_what_receiving_did_not_believe_is_a_task_and_no_fault_of_the_store(superuser: UnitOfWork) -> None:
    street = make_street(superuser)
    street.phone.key = None
    street.collect()
    street.send()
    assert verify(superuser, KEYS).clean


def test_an_event_in_a_courier_s_name_of_an_act_that_nobody_signed_is_named(superuser: UnitOfWork) -> None:
    """As a forger writes it who holds the database: every number, link and hash of the chain is right."""
    street = signing(superuser)
    tamper(superuser, "update operation set signature = null, reviews = '[\"unsigned_late\"]' where seq = 2")
    assert faults(superuser) == [("operation_unsigned", f"{street.device.id}/2")]


@pytest.mark.parametrize(
    "change", ["holder = 'lost', holder_id = null", "holder_id = '0'", "gap = not gap", "holder = 'desk'"]
)
def test_a_register_that_says_otherwise_than_the_events_is_named(superuser: UnitOfWork, change: str) -> None:
    signing(superuser)
    tamper(superuser, f"update parcel set {change}")
    ((what, parcel),) = faults(superuser)
    assert (what, bool(parcel)) == ("register", True)
