"""Where operators that sign nothing report to: an address of which nobody guesses the last part."""

from __future__ import annotations

import hashlib
import hmac

from app.config import Keys


def report_address(base_url: str, keys: Keys, channel: str) -> str:
    return f"{base_url}/api/v1/callbacks/messages/{channel}/{_part(keys.pepper, channel)}"


def is_ours(keys: Keys, channel: str, part: str) -> bool:
    """Was this part told to the operator, under today's secret or one that is on its way out?"""
    return any(hmac.compare_digest(_part(pepper, channel).encode(), part.encode()) for pepper in keys.peppers)


def _part(pepper: bytes, channel: str) -> str:
    return hmac.new(pepper, f"report\0{channel}".encode(), hashlib.sha256).hexdigest()[:40]
