"""What people type, as it is kept."""

from __future__ import annotations

import unicodedata


def tidy(text: str | None) -> str:
    """One line in NFC without control characters (PostgreSQL refuses NUL) and without doubled blanks."""
    plain = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in text or "")
    return " ".join(unicodedata.normalize("NFC", plain).split())
