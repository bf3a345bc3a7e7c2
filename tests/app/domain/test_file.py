"""What a phone may send as a part of a file."""

from __future__ import annotations

import pytest

from app.domain.errors import DomainError
from app.domain.file import LARGEST_BOX, LARGEST_PART, media_type, parse_part, parse_sha256


def test_a_part_says_where_it_belongs() -> None:
    part = parse_part("bytes 100-102/500", b"abc")
    assert (part.first, part.total, part.body) == (100, 500, b"abc")


@pytest.mark.parametrize(
    "said",
    ["", "bytes 0-2", "bytes 0-2/*", "bytes 2-0/9", "bytes 0-9/20", "bytes 8-10/10", "items 0-2/9", "bytes -1-2/9"],
)
def test_a_part_that_does_not_fit_is_refused(said: str) -> None:
    with pytest.raises(DomainError, match="part_malformed") as refusal:
        parse_part(said, b"abc")
    assert refusal.value.field == "Content-Range"


@pytest.mark.parametrize(
    ("said", "size"),
    [(f"bytes 0-2/{LARGEST_BOX + 1}", 3), (f"bytes 0-{LARGEST_PART}/{LARGEST_BOX}", LARGEST_PART + 1)],
)
def test_nothing_above_its_limit_is_taken(said: str, size: int) -> None:
    with pytest.raises(DomainError, match="file_too_big"):
        parse_part(said, b"x" * size)


@pytest.mark.parametrize("name", ["", "A" * 64, "g" * 64, "0" * 63, "../" + "0" * 61, "0" * 65])
def test_a_file_is_named_by_its_hash(name: str) -> None:
    with pytest.raises(DomainError, match="file_name_malformed"):
        parse_sha256(name)


def test_a_file_is_what_its_first_bytes_say() -> None:
    assert media_type(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert media_type(b"\x89PNG\r\n\x1a\nIHDR") == "image/png"
    assert media_type(b"<script>") == "application/octet-stream"
