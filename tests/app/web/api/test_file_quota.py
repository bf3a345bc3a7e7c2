"""A phone whose acts are claims keeps filling the store: so much a day, and the rest waits on the phone."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.config import Keys
from app.domain.file import DOUBTED_BYTES_A_DAY, DOUBTED_FILES_A_DAY
from app.domain.operation import OperationKind
from app.domain.standing import DOUBTED_CLAIMS_A_DAY
from app.models import Claim, Device, StoredFile
from tests.app.web.api.test_courier_files import device, keys, put, told
from tests.factories import NOW
from tests.factories.files import make_operation, make_picture

__all__ = ["device", "keys"]  # fixtures


def stored(session: Session, device: Device, how_many: int, size: int = 1000) -> None:
    """Files that this phone has brought within the hour."""
    rows = [
        {"sha256": f"{uuid4().hex}{number:032x}", "state": "stored", "sealed_size": size, "device_id": device.id}
        for number in range(how_many)
    ]
    session.bulk_insert_mappings(StoredFile, [row | {"started_at": NOW - timedelta(hours=1)} for row in rows])


def claimed(session: Session, device: Device, how_many: int) -> None:
    operation = make_operation(session, device)
    common = {"operation_id": operation.id, "device_id": device.id, "courier_id": device.courier_id, "day": NOW.date()}
    told_at = {"kind": OperationKind.HANDED_OVER, "elsewhere": True, "occurred_at": NOW, "received_at": NOW}
    office_id = device.courier.office_id
    session.add_all(
        Claim(**common, **told_at, office_id=office_id, code=f"RT{number:09d}VN") for number in range(how_many)
    )
    session.flush()


def refused(client: FlaskClient) -> bool:
    """With when to come again, as a server that is not well: the phone keeps the file."""
    picture = make_picture()
    answer = put(client, picture, picture.parts[0])
    if answer.status_code != 429:
        return False
    assert told(answer)["code"] == "files_full"
    assert int(answer.headers["Retry-After"]) > 0
    return True


def test_a_suspected_phone_stores_no_more_than_its_share(client: FlaskClient, session: Session, device: Device) -> None:
    device.suspected_at = NOW
    stored(session, device, DOUBTED_FILES_A_DAY)
    before = session.scalar(select(func.count()).select_from(StoredFile))
    assert refused(client)
    assert session.scalar(select(func.count()).select_from(StoredFile)) == before


def test_a_revoked_phone_stores_no_more_bytes_than_its_share(
    client: FlaskClient, session: Session, device: Device
) -> None:
    device.revoked_at = NOW
    stored(session, device, 1, DOUBTED_BYTES_A_DAY)
    assert refused(client)


def test_a_phone_with_a_day_full_of_claims_stores_no_more_than_its_share(
    client: FlaskClient, session: Session, device: Device
) -> None:
    stored(session, device, DOUBTED_FILES_A_DAY)
    claimed(session, device, DOUBTED_CLAIMS_A_DAY)
    assert refused(client)


def test_a_phone_in_good_standing_brings_three_weeks_at_once(
    client: FlaskClient, session: Session, device: Device
) -> None:
    stored(session, device, DOUBTED_FILES_A_DAY)
    claimed(session, device, DOUBTED_CLAIMS_A_DAY - 1)
    assert not refused(client)


def test_what_was_begun_comes_to_its_end_and_the_rest_comes_tomorrow(
    client: FlaskClient, session: Session, device: Device, keys: Keys
) -> None:
    device.revoked_at = NOW
    picture = make_picture(100_000, keys=keys)
    put(client, picture, picture.parts[0])
    stored(session, device, DOUBTED_FILES_A_DAY)
    assert put(client, picture, picture.parts[1]).status_code == 201
    assert put(client, picture, picture.parts[1]).status_code == 201  # sent again: it is here
    assert refused(client)
    for row in session.scalars(select(StoredFile)):
        row.started_at -= timedelta(days=1)
    session.flush()
    assert not refused(client)


def test_a_file_begun_yesterday_and_announced_anew_counts_today(
    client: FlaskClient, session: Session, device: Device
) -> None:
    device.suspected_at = NOW
    first, second = make_picture(100_000), make_picture(100_000)
    put(client, first, first.parts[0])
    session.get_one(StoredFile, first.sha256).started_at -= timedelta(days=2)
    session.flush()
    stored(session, device, DOUBTED_FILES_A_DAY - 1)
    bigger = first.parts[0].__class__(0, first.parts[0].total + 1, first.parts[0].body)
    assert put(client, first, bigger).status_code == 409  # begin anew
    assert put(client, second, second.parts[0]).status_code == 429


@pytest.mark.parametrize("state", ["suspected_at", "revoked_at"])
def test_a_doubted_phone_s_day_of_photographs_fits(
    client: FlaskClient, session: Session, device: Device, keys: Keys, state: str
) -> None:
    setattr(device, state, NOW)
    stored(session, device, DOUBTED_FILES_A_DAY - 1, 300_000)
    picture = make_picture(keys=keys)
    assert put(client, picture, picture.parts[0]).status_code == 201
