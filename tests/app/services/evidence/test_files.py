"""Files come in part by part, whatever the line does, and are whole only when their hash is proved."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.database import Database
from app.domain.errors import DomainError
from app.domain.file import LARGEST_FILE, FilePart
from app.models import Device, StoredFile
from app.services.evidence import files
from app.services.evidence.files import UploadProgress
from app.services.evidence.sealed import open_sealed
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, NOW, make_courier
from tests.factories.files import Picture, bring, make_picture
from tests.factories.phone import make_device


@pytest.fixture
def device(session: Session) -> Device:
    return make_device(session, make_courier(session))


def take(session: UnitOfWork, picture: Picture, part: FilePart, device: Device) -> UploadProgress | DomainError:
    return files.take_part(session, picture.sha256, part, device.id, NOW, KEYS)


def jobs(session: Session) -> list[str]:
    rows = session.execute(text("select args->>'sha256' from procrastinate_jobs where task_name = 'store_file'"))
    return [row[0] for row in rows]


def stored(session: Session, picture: Picture) -> StoredFile:
    return session.get_one(StoredFile, picture.sha256, populate_existing=True)


def test_a_file_of_one_part_is_whole_at_once(session: UnitOfWork, device: Device) -> None:
    picture = make_picture()
    assert bring(session, picture, device) == UploadProgress(len(picture.box), len(picture.box), "whole")
    row = stored(session, picture)
    assert (row.state, row.size, row.media_type, row.whole_at) == ("whole", 1000, "image/jpeg", NOW)


def test_parts_make_the_file(session: UnitOfWork, device: Device) -> None:
    picture = make_picture(200_000)
    assert len(picture.parts) == 4
    for part in picture.parts[:-1]:
        taken = take(session, picture, part, device)
        assert isinstance(taken, UploadProgress)
        assert (taken.state, taken.received) == ("coming", part.first + len(part.body))
    assert take(session, picture, picture.parts[-1], device) == UploadProgress(
        len(picture.box), len(picture.box), "whole"
    )
    assert open_sealed(KEYS, f"file:{picture.sha256}", stored(session, picture).body or b"") == picture.plain


def test_the_store_is_promised_with_the_last_part_and_once(session: UnitOfWork, device: Device) -> None:
    picture = make_picture(100_000)
    take(session, picture, picture.parts[0], device)
    assert jobs(session) == []
    for _ in range(2):
        take(session, picture, picture.parts[1], device)
    assert jobs(session) == [picture.sha256]


def test_a_part_out_of_place_is_told_where_to_go_on(session: UnitOfWork, device: Device) -> None:
    picture = make_picture(200_000)
    first, second, third, _ = picture.parts
    take(session, picture, first, device)
    for wrong in (third, first):  # ahead; or the answer to the first was lost
        refused = take(session, picture, wrong, device)
        assert isinstance(refused, DomainError)
        assert (refused.code, refused.params["received"]) == ("part_out_of_place", len(first.body))
    assert isinstance(take(session, picture, second, device), UploadProgress)


def test_a_whole_file_sent_again_stays_as_it_is(session: UnitOfWork, device: Device) -> None:
    picture = make_picture()
    bring(session, picture, device)
    again = make_picture()
    other = FilePart(0, len(again.box), again.box)
    assert take(session, picture, other, device) == UploadProgress(len(picture.box), len(picture.box), "whole")
    assert stored(session, picture).body == picture.box


def test_a_forged_file_is_named_and_nothing_of_it_is_kept(session: UnitOfWork, device: Device) -> None:
    forged = make_picture(inside=b"something else")
    refused = take(session, forged, forged.parts[0], device)
    assert isinstance(refused, DomainError)
    assert (refused.code, refused.params["sha256"]) == ("file_forged", forged.sha256)
    row = stored(session, forged)
    assert (row.state, row.received, row.body) == ("coming", 0, None)
    assert jobs(session) == []


def test_after_a_forged_one_the_phone_may_begin_again(session: UnitOfWork, device: Device) -> None:
    picture = make_picture()
    broken = bytearray(picture.box)
    broken[100] ^= 1
    assert isinstance(take(session, picture, FilePart(0, len(broken), bytes(broken)), device), DomainError)
    assert bring(session, picture, device).state == "whole"


def test_a_box_sealed_for_another_file_does_not_open(session: UnitOfWork, device: Device) -> None:
    picture, other = make_picture(), make_picture()
    refused = take(session, picture, other.parts[0], device)
    assert isinstance(refused, DomainError)
    assert refused.code == "file_forged"


def test_two_boxes_are_never_mixed(session: UnitOfWork, device: Device) -> None:
    picture = make_picture(100_000)
    take(session, picture, picture.parts[0], device)
    longer = FilePart(0, len(picture.box) + 1, picture.parts[0].body)
    refused = take(session, picture, longer, device)
    assert isinstance(refused, DomainError)
    assert refused.params["received"] == 0
    assert files.progress(session, picture.sha256) == UploadProgress(0, len(picture.box) + 1, "coming")


def test_a_file_above_two_megabytes_is_refused_however_it_was_announced(session: UnitOfWork, device: Device) -> None:
    picture = make_picture(LARGEST_FILE + 1)
    taken: UploadProgress | DomainError | None = None
    for part in picture.parts:
        taken = take(session, picture, part, device)
    assert isinstance(taken, DomainError)
    assert taken.code == "file_too_big"


def test_where_a_file_lies_afterwards_is_no_phones_business(session: UnitOfWork, device: Device) -> None:
    picture = make_picture()
    bring(session, picture, device)
    for state in ("stored", "deleted"):
        row = session.scalars(select(StoredFile).where(StoredFile.sha256 == picture.sha256)).one()
        row.state, row.body, row.deleted_at = state, None, NOW + timedelta(days=1)
        session.flush()
        found = files.progress(session, picture.sha256)
        assert (
            found
            == take(session, picture, picture.parts[0], device)
            == UploadProgress(len(picture.box), len(picture.box), "whole")
        )


def test_of_an_unknown_file_nothing_is_here(session: Session) -> None:
    assert files.progress(session, "0" * 64) == UploadProgress(0, 0, "coming")


def test_one_part_sent_twice_at_once_is_taken_once(committed: Database) -> None:
    picture = make_picture(120_000)
    with committed.transaction() as session:
        device_id = make_device(session, make_courier(session)).id

    def send(_: int) -> UploadProgress | DomainError:
        with committed.transaction() as session:
            return files.take_part(session, picture.sha256, picture.parts[0], device_id, NOW, KEYS)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert sum(isinstance(answer, UploadProgress) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, DomainError)} == {"part_out_of_place"}
    with committed.transaction() as session:
        assert files.progress(session, picture.sha256).received == len(picture.parts[0].body)
