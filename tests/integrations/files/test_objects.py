"""The same promises from a folder and from a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.errors import Rejected, Unavailable
from integrations.files import FileStore, file_store
from tests.fakes.s3 import FakeS3, fake_s3

NAME = "ab" * 32


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeS3]:
    with fake_s3() as fake:
        for name, value in {
            "AWS_ENDPOINT": fake.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "thu",
            "AWS_SECRET_ACCESS_KEY": "thu",
            "AWS_REGION": "vn-thu-1",
        }.items():
            monkeypatch.setenv(name, value)
        yield fake


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    if request.param == "folder":
        return file_store(f"file://{tmp_path}/tep")
    request.getfixturevalue("s3")
    return file_store("s3://kho-thu/tep")


def test_what_was_put_is_there(store: FileStore) -> None:
    store.put(NAME, b"\x00sealed\xff" * 1000)
    assert store.get(NAME) == b"\x00sealed\xff" * 1000


def test_the_same_name_again_replaces(store: FileStore) -> None:
    store.put(NAME, b"first")
    store.put(NAME, b"second")
    assert store.get(NAME) == b"second"


def test_what_is_not_there_is_nothing(store: FileStore) -> None:
    assert store.get(NAME) is None


def test_a_deleted_file_is_gone_and_may_be_deleted_again(store: FileStore) -> None:
    store.put(NAME, b"x")
    store.delete(NAME)
    store.delete(NAME)
    assert store.get(NAME) is None


def test_a_folder_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "tep"
    folder.mkdir(mode=0o755)
    file_store(f"file://{folder}").put(NAME, b"x")
    (file,) = [path for path in folder.rglob("*") if path.is_file()]
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_bucket_keeps_to_its_prefix(s3: FakeS3) -> None:
    file_store("s3://kho-thu/tep/cua-tinh").put(NAME, b"x")
    assert list(s3.objects) == [f"/kho-thu/tep/cua-tinh/ab/{NAME}"]


def test_a_bucket_that_refuses_says_never(s3: FakeS3) -> None:
    s3.failing = 403
    with pytest.raises(Rejected, match="files"):
        file_store("s3://kho-thu").put(NAME, b"x")


def test_a_bucket_out_of_order_says_later(s3: FakeS3) -> None:
    s3.failing = 503
    with pytest.raises(Unavailable, match="files"):
        file_store("s3://kho-thu", patience_s=0.3).get(NAME)


def test_a_buckets_calls_are_counted_and_a_folders_are_none(
    s3: FakeS3, tmp_path: Path, told_of_calls: list[tuple[str, str]]
) -> None:
    file_store(f"file://{tmp_path}/tep").put(NAME, b"x")
    bucket = file_store("s3://kho-thu")
    assert bucket.get(NAME) is None
    s3.failing = 403
    with pytest.raises(Rejected):
        bucket.put(NAME, b"x")
    assert told_of_calls == [("files", "ok"), ("files", "rejected")]


def test_an_unreachable_bucket_says_later(monkeypatch: pytest.MonkeyPatch, s3: FakeS3) -> None:
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(Unavailable):
        file_store("s3://kho-thu", patience_s=0.3).put(NAME, b"x")


@pytest.mark.parametrize("url", ["ftp://x/y", "file://relative/x", "s3:///x", "", "/srv/files"])
def test_another_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        file_store(url)
