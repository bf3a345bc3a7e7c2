"""The secret part of a request's tracking link: as short as a text message wants it, as long as nobody guesses it."""

from __future__ import annotations

import secrets
import string
from typing import Final

LETTERS: Final = string.digits + string.ascii_letters
LENGTH: Final = 11  # of 62 letters each: 65 bits. Before there were 22 of 64; those links live on


def new_tracking_token() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
