"""What only a phone tells of an act at a door: its place in the phone's own order, and what was signed on the glass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class FromPhone:
    device: str
    seq: int
    files: Mapping[str, str] = field(default_factory=dict)  # what a file shows → its SHA-256
    thumbprint: bool = False
    witness: str | None = None
    read_aloud: bool = False  # slip and consent, to who cannot read, who agreed
    signed_with: UUID | None = None  # the act for which the signature was given first

    def signed(self) -> dict[str, object]:
        """For the evidence of the act: the files by their hashes, and who stood by."""
        marks: dict[str, object] = {"files": dict(self.files), "thumbprint": self.thumbprint}
        first = {"signed_with": str(self.signed_with)} if self.signed_with else {}
        return marks | read_to(self) | ({"witness": self.witness} if self.witness else {}) | first


def read_to(phone: FromPhone | None) -> dict[str, bool]:
    """For what the attempt itself keeps: slip and consent were read aloud; nothing where nobody had to."""
    return {"read_aloud": True} if phone is not None and phone.read_aloud else {}
