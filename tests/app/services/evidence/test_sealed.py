"""Boxes that phones write: only the server opens them, each only in its own place."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from app.domain.errors import DomainError
from app.services.evidence.sealed import open_sealed, public_point, seal, server_key
from tests.factories.times import KEYS

OTHER = replace(KEYS, phones=b"\x02" * 32)
PLAIN = "giấy tờ".encode()


def test_what_is_sealed_comes_out_again() -> None:
    assert open_sealed(KEYS, "op:1", seal(public_point(KEYS), "op:1", PLAIN)) == PLAIN


def test_a_box_has_the_stated_layout() -> None:
    box = seal(public_point(KEYS), "op:1", PLAIN)
    assert (box[0], box[1], len(box)) == (1, 4, 1 + 65 + 12 + len(PLAIN) + 16)
    assert box != seal(public_point(KEYS), "op:1", PLAIN)


def test_the_wire_carries_the_raw_uncompressed_point() -> None:
    assert base64.b64decode(server_key(KEYS)) == public_point(KEYS)
    assert len(public_point(KEYS)) == 65


@pytest.mark.parametrize("place", [0, 1, 40, 70, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    box = bytearray(seal(public_point(KEYS), "op:1", PLAIN))
    box[place] ^= 1
    with pytest.raises(DomainError) as refused:
        open_sealed(KEYS, "op:1", bytes(box))
    assert (refused.value.code, refused.value.field) == ("box_unreadable", "sealed")


def test_a_box_opens_only_in_its_own_place() -> None:
    with pytest.raises(DomainError, match="box_unreadable"):
        open_sealed(KEYS, "op:2", seal(public_point(KEYS), "op:1", PLAIN))


def test_another_server_does_not_open_it() -> None:
    with pytest.raises(DomainError, match="box_unreadable"):
        open_sealed(OTHER, "op:1", seal(public_point(KEYS), "op:1", PLAIN))


@pytest.mark.parametrize("box", [b"", b"\x01", b"\x01" + b"\x04" * 200])
def test_what_is_no_box_is_named_so(box: bytes) -> None:
    with pytest.raises(DomainError, match="box_unreadable"):
        open_sealed(KEYS, "op:1", box)
