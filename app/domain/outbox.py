"""The states of a message to an outside system."""

from __future__ import annotations

from typing import Final

SETTLED: Final = ("sent", "withdrawn")
FOR_A_PERSON: Final = ("refused", "parked", "late")
