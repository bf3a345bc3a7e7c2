"""A phone's package takes the road of the line: once, whole, in its order, whoever carries it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from sqlalchemy import select

from app.domain.custody import Holder, Party
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.identity import Role
from app.domain.operation import OperationKind
from app.models import AuditEvent, Claim, CustodyEvent, Operation, StaffAccount, StoredFile
from app.queries.custody.confirmations import unanswered
from app.queries.custody.verification import verify
from app.schemas.operations import WireReader
from app.services.desks.confirmations import confirm
from app.services.rescue import KNOWN, Package, Rescue, Rescued
from app.services.sync.claims import ClaimTask, LookAtClaims, confirm_claims
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import Street, label, make_parcel_in_bag, make_street
from tests.factories import KEYS, make_staff
from tests.factories import operations as say
from tests.factories.phone import make_device, make_grace
from tests.fakes.phone import Phone


def package_of(phone: Phone, **changed: object) -> Package:
    """As the app makes it: `ops.json` and the sealed boxes."""
    ops = [{"device_id": str(phone.device_id), **one.wire, **changed} for one in reversed(phone.queue)]
    content = io.BytesIO()
    with ZipFile(content, "w") as archive:
        archive.writestr("ops.json", json.dumps({"version": 1, "ops": ops}))
        for kept in phone.files.values():
            archive.writestr(f"files/{kept.sha256}", kept.box)
    return Package.open(content)


def feed(street: Street, package: Package) -> Rescued:
    return Rescue(street.session, WireReader(), KEYS, street.now, "staff:1").bring_home(package)


def test_operations_and_files_come_home_once_however_often_the_package_is_fed_in(session: UnitOfWork) -> None:
    street = make_street(session)
    street.collect()
    first = feed(street, package_of(street.phone))
    again = feed(street, package_of(street.phone))
    assert [answer["result"] for answer in first.answers] == ["applied"]
    assert [answer["result"] for answer in again.answers] == ["duplicate"]
    assert set(first.files.values()) == {"whole"}
    assert set(again.files.values()) == {KNOWN}
    assert len(session.scalars(select(Operation)).all()) == 1
    assert {file.state for file in session.scalars(select(StoredFile))} <= {"whole", "stored"}


def test_the_phone_itself_was_not_heard_and_its_clock_stays_as_it_was_measured(session: UnitOfWork) -> None:
    street = make_street(session)
    heard, street.device.offset_ms, street.device.waiting = street.device.last_contact_at, 90_000, 3
    written = street.collect()
    street.later(days=21)
    feed(street, package_of(street.phone))
    assert (street.device.last_contact_at, street.device.offset_ms, street.device.waiting) == (heard, 90_000, 2)
    assert street.row(written.op_id).corrected_at < street.now - timedelta(days=20)


def test_a_forged_file_is_named_and_the_operations_stand(session: UnitOfWork) -> None:
    street = make_street(session)
    street.collect()
    kept = next(iter(street.phone.files.values()))
    kept.box = kept.box[:-1] + bytes([kept.box[-1] ^ 1])
    done = feed(street, package_of(street.phone))
    assert done.files[kept.sha256] == "file_forged"
    assert done.count("applied") == 1


def test_feeding_in_is_written_down_with_the_phone_it_came_from(session: UnitOfWork) -> None:
    street = make_street(session)
    street.collect()
    feed(street, package_of(street.phone))
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "rescue")).one()
    assert (event.actor, event.object_id) == ("staff:1", str(street.device.id))


def test_a_package_of_a_phone_that_never_signed_in_is_refused(session: UnitOfWork) -> None:
    street = make_street(session)
    street.collect()
    with pytest.raises(DomainError) as refusal:
        feed(street, package_of(street.phone, device_id=str(uuid4())))
    assert refusal.value.code == "rescue_device_unknown"


@pytest.mark.parametrize("ops", [None, b"", b"[]", b'{"ops": 7}', b'{"ops": [{"seq": 1}]}', b'{"ops": ["x"]}'])
def test_what_is_no_package_says_so(ops: bytes | None) -> None:
    content = io.BytesIO(b"no zip at all")
    if ops is not None:
        content = io.BytesIO()
        with ZipFile(content, "w") as archive:
            archive.writestr("ops.json", ops)
    with pytest.raises(DomainError) as refusal:
        Package.open(content)
    assert refusal.value.code == "rescue_unreadable"


def zipped(*entries: tuple[str, bytes]) -> io.BytesIO:
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as archive:
        for name, body in entries:
            archive.writestr(name, body)
    return content


@pytest.mark.parametrize(
    "package",
    [
        lambda: zipped(("ops.json", b'{"version": 1, "ops": [' + b"{}," * 20_000_000 + b"{}]}")),
        lambda: zipped(("ops.json", b'{"version": 1, "ops": [' + b"{}," * 40_000 + b"{}]}")),
        lambda: zipped(("ops.json", b'{"version": 1, "ops": [' + b"0," * 5_000 + b"0]}")),
        lambda: zipped(("ops.json", b"[" * 30_000)),
        lambda: zipped(
            ("ops.json", b'{"ops": []}'), *((f"files/{number:064x}", b"\0" * 2_000_000) for number in range(140))
        ),
        lambda: zipped(("ops.json", b'{"ops": []}'), *((f"{number}", b"") for number in range(2_001))),
        lambda: zipped(("ops.json", b'{"ops": []}'), *((f"{number:060}", b"") for number in range(5_000))),
        lambda: io.BytesIO(b"PK\5\6"),
    ],
    ids=["60 MB of nothing", "objects", "operations", "brackets", "bytes", "files", "a long directory", "an end alone"],
)
def test_a_package_that_no_phone_makes_is_refused_before_it_is_unpacked(package: Callable[[], io.BytesIO]) -> None:
    content = package()
    began = monotonic()
    with pytest.raises(DomainError, match="rescue_unreadable"):
        Package.open(content)
    assert monotonic() - began < 2


def test_what_there_was_no_time_for_comes_home_with_the_same_package_fed_in_again(session: UnitOfWork) -> None:
    street = make_street(session)
    street.collect()
    package = package_of(street.phone)
    late = Rescue(street.session, WireReader(), KEYS, street.now, "staff:1", lambda: False).bring_home(package)
    assert (late.answers, late.files, late.left) == ([], {}, 1 + len(street.phone.files))
    done = feed(street, package_of(street.phone))
    assert (done.count("applied"), done.left) == (1, 0)
    assert set(done.files.values()) == {"whole"}


def unsigned(street: Street) -> Street:
    """A phone of before phones had keys, while those are still heard."""
    make_grace(street.session)
    street.device = make_device(street.session, street.road.world.courier, signed_from=None)
    street.phone.device_id, street.phone.key = street.device.id, None
    return street


def test_a_package_of_a_phone_of_today_comes_home_and_the_chain_says_who_brought_it(session: UnitOfWork) -> None:
    street = unsigned(make_street(session))
    written = street.collect()
    assert [answer["result"] for answer in feed(street, package_of(street.phone)).answers] == ["applied"]
    event = session.scalars(select(CustodyEvent)).one()
    assert (event.actor, event.device) == ("staff:1", str(street.device.id))
    assert (street.row(written.op_id).carried_by, street.row(written.op_id).reviews) == ("staff:1", ["unsigned"])


def test_an_act_with_the_phone_s_signature_is_the_courier_s_whoever_carries_it(session: UnitOfWork) -> None:
    street = make_street(session)
    written = street.collect()
    feed(street, package_of(street.phone))
    assert session.scalars(select(CustodyEvent.actor)).one() == f"courier:{street.device.courier_id}"
    assert street.row(written.op_id).carried_by == "staff:1"


def test_a_home_made_package_in_a_courier_s_name_writes_nothing(session: UnitOfWork) -> None:
    """Who runs the office knows the phone's number, its chain and the server's public key, and has no key of the phone."""
    street = make_street(session)
    street.phone.key, street.phone.seq = None, 500
    written = street.collect()
    (answer,) = feed(street, package_of(street.phone)).answers
    assert (answer["result"], [review["code"] for review in answer["reviews"]]) == (
        "needs_review",
        ["unsigned_late", "claim"],
    )
    assert session.scalars(select(CustodyEvent)).first() is None
    assert street.road.collection.state is ErrandState.PLANNED
    assert street.row(written.op_id).carried_by == "staff:1"


def test_who_feeds_a_hand_over_in_does_not_confirm_it(session: UnitOfWork) -> None:
    street = unsigned(make_street(session))
    world = street.road.world
    parcel = make_parcel_in_bag(street, label())
    safe = Party(Holder.OFFICE_SAFE, str(world.office.id))
    street.record(OperationKind.HANDED_OVER, say.handed_over([parcel.code], street.road.courier, safe))
    feeder = f"staff:{world.counter.id}"
    Rescue(street.session, WireReader(), KEYS, street.now, feeder).bring_home(package_of(street.phone))
    (asked,) = unanswered(session, safe)
    with pytest.raises(DomainError, match="confirmation_by_oneself"):
        confirm(session, [asked.event_id], feeder, street.now)
    colleague = make_staff(session, Role.COUNTER, office=world.office)
    assert confirm(session, [asked.event_id], f"staff:{colleague.id}", street.now) is not None


def claims_of(street: Street, by: StaffAccount) -> LookAtClaims:
    claim = street.session.scalars(select(Claim)).one()
    task = ClaimTask(claim.device_id, claim.office_id, claim.day)
    return LookAtClaims(task, f"staff:{by.id}", by.id, "Có phiếu gửi đã ký", street.now)


def test_who_fed_an_unsigned_act_in_does_not_confirm_it_and_stands_in_the_chain(session: UnitOfWork) -> None:
    street = make_street(session)
    world, street.phone.key = street.road.world, None
    street.collect()
    Rescue(session, WireReader(), KEYS, street.now, f"staff:{world.counter.id}").bring_home(package_of(street.phone))
    with pytest.raises(DomainError, match="claim_of_oneself"):
        confirm_claims(session, claims_of(street, world.counter), WireReader(), KEYS)
    colleague = make_staff(session, Role.OFFICE_MANAGER, office=world.office)
    confirm_claims(session, claims_of(street, colleague), WireReader(), KEYS)
    event = session.scalars(select(CustodyEvent)).one()
    assert event.actor == f"staff:{world.counter.id}+staff:{colleague.id}"
    assert verify(session, KEYS).clean
