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


@dataclass(frozen=True, slots=True)
class TokenPair:
    access: str = field(repr=False)
    refresh: str = field(repr=False)


class TokenFile:
    """`{"access_token": …, "refresh_token": …}`, 0600, on a disk that all workers share; whoever renews holds its lock."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def pair(self) -> TokenPair:
        """What lies there now. Raises Unavailable: a person has to write a pair, and no message is given up for it."""
        try:
            held = json.loads(self._path.read_text("utf-8"))
            return TokenPair(str(held.get("access_token", "")), held["refresh_token"])
        except (OSError, ValueError, KeyError, AttributeError):
            raise Unavailable("zns", f"no pair of tokens in {self._path.name}: write one") from None

    def renew(self, refused: str, exchange: Callable[[str], TokenPair]) -> TokenPair:
        """A pair whose access token is another than the one that was refused: somebody else's, or a new one."""
        with self._locked():
            held = self.pair()
            if held.access != refused:
                return held
            fresh = exchange(held.refresh)
            self._keep(fresh)
            return fresh

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._path.with_name(self._path.name + ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _keep(self, pair: TokenPair) -> None:
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
