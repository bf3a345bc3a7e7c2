"""Argon2: never inside a transaction, few at a time, and in lanes of its own, so that whoever tries passwords slows nobody's page.

Browsers that an account has signed in from before have one lane, all others another: strangers in any number leave
the first one free. A lane that is full answers at once (`sign_in_busy`); it holds no thread of the server.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Event
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.domain.errors import DomainError

LONGEST: Final = 200  # argon2 reads all of it: nobody makes us hash a megabyte
_HASHER: Final = PasswordHasher()
NO_PASSWORD: Final = "!"  # noqa: S105 (what stands in the column of an account that no password opens)


@dataclass(slots=True)
class PasswordLane:
    """How many may be in it, and how many of these hash at once: the others wait a moment."""

    inside: BoundedSemaphore
    hashing: BoundedSemaphore
    took_s: float = 0.1  # the last check: an unknown name is made to wait as long

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Raises `sign_in_busy`."""
        if not self.inside.acquire(blocking=False):
            raise DomainError("sign_in_busy", kind="too_many", field="password")
        try:
            with self.hashing:
                yield
        finally:
            self.inside.release()


@dataclass(frozen=True, slots=True)
class PasswordLanes:
    known: PasswordLane = field(default_factory=lambda: PasswordLane(BoundedSemaphore(2), BoundedSemaphore(2)))
    strange: PasswordLane = field(default_factory=lambda: PasswordLane(BoundedSemaphore(2), BoundedSemaphore(1)))


_LANES: Final = PasswordLanes()  # of this process: four of its threads at the most, three of its hashes


def matches(password_hash: str | None, password: str, *, known: bool) -> bool:
    """Whether it is the password. No transaction may be open. `None`: nobody's name, and nothing is hashed for it.

    Raises `sign_in_busy`.
    """
    lane = _LANES.known if known else _LANES.strange
    with lane.entered():
        if password_hash is None or password_hash == NO_PASSWORD or len(password) > LONGEST:
            Event().wait(lane.took_s)
            return False
        began = time.perf_counter()
        try:
            return _HASHER.verify(password_hash, password)
        except (VerifyMismatchError, InvalidHashError):
            return False
        finally:
            lane.took_s = time.perf_counter() - began


def hash_password(password: str) -> str:
    """Argon2id. No transaction may be open."""
    return _HASHER.hash(password)


def needs_rehash(password_hash: str) -> bool:
    return _HASHER.check_needs_rehash(password_hash)
