"""A pair of tokens of which the second works once: one process renews it, and the new pair is on the disk before it is used."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from integrations.errors import Unavailable


class TokensGone(Unavailable):
    """There is no pair to call with, or no place to keep the next one: a person has to act. Nothing was sent."""


@dataclass(frozen=True, slots=True)
class TokenPair:
    access: str = field(repr=False)
    refresh: str = field(repr=False)


class TokenFile:
    """`{"access_token": …, "refresh_token": …}`, 0600, on a disk that all workers share; whoever renews holds its lock."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def pair(self) -> TokenPair:
        """What lies there now. Raises TokensGone: a person has to write a pair, and no message is given up for it."""
        try:
            held = json.loads(self._path.read_text("utf-8"))
            return TokenPair(str(held.get("access_token", "")), held["refresh_token"])
        except OSError as error:
            raise self._gone(error) from None
        except (ValueError, KeyError, AttributeError, TypeError):
            raise TokensGone("zns", f"no pair of tokens in {self._path.name}: write one") from None

    def renew(self, refused: str, exchange: Callable[[str], TokenPair]) -> TokenPair:
        """A pair whose access token is another than the one that was refused: somebody else's, or a new one.

        Raises TokensGone. The old pair is written once more before it is exchanged: a disk that takes nothing costs no token.
        """
        with self._locked():
            held = self.pair()
            if held.access != refused:
                return held
            self._keep(held)
            fresh = exchange(held.refresh)
            self._keep(fresh)
            return fresh

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            lock = self._path.with_name(self._path.name + ".lock").open("w")
        except OSError as error:
            raise self._gone(error) from None
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _gone(self, error: OSError) -> TokensGone:
        why = error.strerror or type(error).__name__
        return TokensGone(
            "zns", f"{self._path.name} and its folder must be readable and writable for the workers: {why}"
        )

    def _keep(self, pair: TokenPair) -> None:
        try:
            self._write(pair)
        except OSError as error:
            raise self._gone(error) from None

    def _write(self, pair: TokenPair) -> None:
        partial = self._path.with_name(self._path.name + ".part")
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            json.dump({"access_token": pair.access, "refresh_token": pair.refresh}, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._path)
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
