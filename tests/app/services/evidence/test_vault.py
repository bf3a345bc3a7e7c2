"""Files at rest open for their own name and key only."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import DomainError
from app.services.evidence import vault
from tests.factories import KEYS

PLAIN = "một ảnh thử".encode()
NAME = hashlib.sha256(PLAIN).hexdigest()


def test_what_was_closed_opens() -> None:
    assert vault.open_closed(KEYS, NAME, vault.close(KEYS, NAME, PLAIN)) == PLAIN


def test_nothing_of_the_file_can_be_read_in_the_store() -> None:
    assert PLAIN not in vault.close(KEYS, NAME, PLAIN)
    assert vault.close(KEYS, NAME, PLAIN) != vault.close(KEYS, NAME, PLAIN)


@given(st.integers(0, len(PLAIN) + 28), st.integers(1, 255))
def test_one_changed_byte_is_found_and_named(place: int, change: int) -> None:
    body = bytearray(vault.close(KEYS, NAME, PLAIN))
    body[place] ^= change
    with pytest.raises(DomainError, match="file_forged") as refusal:
        vault.open_closed(KEYS, NAME, bytes(body))
    assert refusal.value.params["sha256"] == NAME


def test_a_file_in_anothers_place_does_not_open() -> None:
    with pytest.raises(DomainError, match="file_forged"):
        vault.open_closed(KEYS, "0" * 64, vault.close(KEYS, NAME, PLAIN))


def test_a_well_closed_file_with_something_else_inside_is_found() -> None:
    with pytest.raises(DomainError, match="file_forged"):
        vault.open_closed(KEYS, NAME, vault.close(KEYS, NAME, b"else"))


def test_another_installation_opens_nothing() -> None:
    with pytest.raises(DomainError, match="file_forged"):
        vault.open_closed(replace(KEYS, files=b"x" * 32), NAME, vault.close(KEYS, NAME, PLAIN))


@pytest.mark.parametrize("body", [b"", b"\x01", b"\x02" + b"0" * 60])
def test_what_is_no_closed_file_is_refused(body: bytes) -> None:
    with pytest.raises(DomainError, match="file_forged"):
        vault.open_closed(KEYS, NAME, body)
