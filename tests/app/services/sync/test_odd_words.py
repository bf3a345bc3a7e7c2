"""What no honest phone says, and what an honest one says with a broken clock: answered alone, and nothing stands still."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.models import FileUse, Operation
from app.schemas.operations import WireReader
from app.services.evidence.sealed import seal
from app.services.rescue import UNREADABLE, Package, Rescue
from app.services.sync import taking
from tests.app.services.sync.street import K, Street
from tests.factories import KEYS
from tests.fakes.phone import Written, _wire


def said_again(street: Street, one: Written, plain: bytes | None = None, **changed: Any) -> dict[str, Any]:
    """The same operation in other words, with a header and a seal that fit them."""
    if plain is None:
        return {**_wire(replace(one.header, **changed), b""), "sealed": one.wire["sealed"]}
    header = replace(one.header, commitment=hashlib.sha256(plain).hexdigest(), **changed)
    return dict(_wire(header, seal(street.phone.point, f"op:{header.op_id}", plain)))


def results(street: Street, *ops: Mapping[str, Any]) -> list[str]:
    batch = {**json.loads(street.phone.batch([])), "ops": list(ops)}
    return [answer["result"] for answer in street.receive(batch)["answers"]]


def test_a_clock_years_off_keeps_its_facts(street: Street) -> None:
    street.phone.skew = -timedelta(days=400)
    street.phone.offset_ms = None

    street.collect()

    assert street.one()["result"] == "needs_review"


def test_a_clock_that_was_measured_thirty_days_off_is_believed(street: Street) -> None:
    street.phone.skew = -timedelta(days=30)
    street.phone.offset_ms = 30 * 86_400 * 1000

    assert results(street, street.collect().wire) == ["applied"]


@pytest.mark.parametrize(("moment", "offset"), [("0001-01-01", -(2**31)), ("9999-12-31", 2**31 - 1)])
def test_a_moment_outside_all_calendars_is_kept_for_a_person(street: Street, moment: str, offset: int) -> None:
    one = street.collect()

    told = said_again(street, one, occurred_at=f"{moment}T00:00:00.000Z", offset_ms=offset)

    assert results(street, told) == ["needs_review"]


@pytest.mark.parametrize("letter", ["\0", "\ud800"])
@pytest.mark.parametrize("field", ["seal", "label", "witness", "receipt"])
def test_a_letter_that_no_database_keeps_is_rejected_alone(street: Street, field: str, letter: str) -> None:
    one, other = street.collect(), street.record(K.RUN_STARTED, {"route_id": 1})
    odd: object = {"number": f"TN{letter}", "parts": []} if field == "receipt" else f"a{letter}"
    plain = json.dumps({**one.payload, field: odd}).encode()

    told = results(street, said_again(street, one, plain), other.wire)

    assert told[0] == "rejected"
    assert told[1] != "rejected"


def test_a_tower_of_brackets_is_rejected_alone(street: Street) -> None:
    one = street.collect()

    assert results(street, said_again(street, one, b"[" * 200_000)) == ["rejected"]


def test_a_box_that_is_no_base64_is_rejected_alone(street: Street) -> None:
    assert results(street, {**street.collect().wire, "sealed": "ệ"}) == ["rejected"]


def test_what_was_not_understood_keeps_its_proof(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise ValueError

    one = street.collect()
    monkeypatch.setattr(taking, "APPLY", {**taking.APPLY, K.COLLECTED: stumble})

    assert street.one()["reviews"][0]["code"] == "not_understood"
    kept = select(func.count()).select_from(FileUse).where(FileUse.operation_id == one.op_id)
    assert street.session.scalar(kept) == len(one.payload["files"])


def package(street: Street, ops: Iterable[Written], files: Iterable[tuple[str, bytes]]) -> bytearray:
    written = io.BytesIO()
    listed = [{**one.wire, "device_id": str(street.device.id)} for one in ops]
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("ops.json", json.dumps({"version": 1, "ops": listed}))
        for name, box in files:
            archive.writestr(name, box)
    return bytearray(written.getvalue())


def test_one_damaged_picture_does_not_lose_a_package(street: Street) -> None:
    one = street.collect()
    picture = street.phone.unsent_files()[0]
    told = package(street, [one], [(f"files/{picture.sha256}", picture.box), ("files/.DS_Store", b"x" * 20)])
    told[told.find(picture.box) + 40] ^= 1

    rescued = Rescue(street.session, WireReader(), KEYS, street.now, "staff:1").bring_home(
        Package.open(io.BytesIO(bytes(told)))
    )

    assert rescued.files == {picture.sha256: UNREADABLE}
    assert street.session.get(Operation, one.op_id) is not None
