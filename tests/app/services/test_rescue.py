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

from app.domain.errors import DomainError
from app.models import AuditEvent, Operation, StoredFile
from app.schemas.operations import WireReader
from app.services.rescue import KNOWN, Package, Rescue, Rescued
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import Street, make_street
from tests.factories import KEYS
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
