"""What the product asks of a store of files."""

from __future__ import annotations

from typing import Protocol


class FileStore(Protocol):
    """Names are `[0-9a-f]+`; each call may raise `Unavailable` (later) or `Rejected` (the operator has to act)."""

    def put(self, name: str, body: bytes) -> None:
        """Write all of it or nothing; the same name again replaces it."""

    def get(self, name: str) -> bytes | None:
        """What was put there; None: there is no such file."""

    def delete(self, name: str) -> None:
        """Gone afterwards, whether it was there or not."""
