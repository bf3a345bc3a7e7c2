"""claim → commit → put → settle, on transactions that really commit."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from app.database import Database
from app.models import StoredFile
from app.services.evidence import vault
from app.worker.store_file import delete_file, store_file
from integrations.errors import Unavailable
from tests.factories import KEYS, NOW, make_courier
from tests.factories.files import Picture, bring, make_picture
from tests.factories.phone import make_device


@dataclass
class Shelf:
    """A `FileStore` in memory; `failures` are raised first, one a call."""

    kept: dict[str, bytes] = field(default_factory=dict)
    failures: list[Exception] = field(default_factory=list)

    def put(self, name: str, body: bytes) -> None:
        if self.failures:
            raise self.failures.pop()
        self.kept[name] = body

    def get(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)


@pytest.fixture
def picture(committed: Database) -> Picture:
    picture = make_picture(100_000)
    with committed.transaction() as session:
        bring(session, picture, make_device(session, make_courier(session)))
    return picture


def row(database: Database, picture: Picture) -> StoredFile:
    with database.transaction() as session:
        return session.scalars(select(StoredFile).where(StoredFile.sha256 == picture.sha256)).one()


def test_a_whole_file_goes_into_the_store_encrypted(committed: Database, picture: Picture) -> None:
    shelf = Shelf()
    assert store_file(committed, shelf, picture.sha256, NOW, KEYS) == "stored"
    assert picture.plain[:50] not in shelf.kept[picture.sha256]
    assert vault.open_closed(KEYS, picture.sha256, shelf.kept[picture.sha256]) == picture.plain
    assert (row(committed, picture).body, row(committed, picture).stored_at) == (None, NOW)


def test_a_second_time_writes_nothing(committed: Database, picture: Picture) -> None:
    store_file(committed, Shelf(), picture.sha256, NOW, KEYS)
    again = Shelf()
    assert store_file(committed, again, picture.sha256, NOW, KEYS) == "stored"
    assert again.kept == {}


def test_a_store_out_of_reach_keeps_the_file_in_its_row(committed: Database, picture: Picture) -> None:
    shelf = Shelf(failures=[Unavailable("files", "busy")])
    with pytest.raises(Unavailable):
        store_file(committed, shelf, picture.sha256, NOW, KEYS)
    assert (row(committed, picture).state, row(committed, picture).body) == ("whole", picture.box)
    assert store_file(committed, shelf, picture.sha256, NOW, KEYS) == "stored"


def test_a_worker_killed_between_putting_and_settling_is_followed_by_another(
    committed: Database, picture: Picture
) -> None:
    shelf = Shelf()
    shelf.put(picture.sha256, vault.close(KEYS, picture.sha256, picture.plain))  # the first worker came so far
    assert store_file(committed, shelf, picture.sha256, NOW, KEYS) == "stored"
    assert vault.open_closed(KEYS, picture.sha256, shelf.kept[picture.sha256]) == picture.plain


def test_a_deleted_file_leaves_the_store_however_often_it_is_asked() -> None:
    shelf = Shelf({"ab": b"x"})
    for _ in range(2):
        delete_file(shelf, "ab")
    assert shelf.kept == {}
