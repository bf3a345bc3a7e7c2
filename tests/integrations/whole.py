"""A request as the partner saw it, whole: whatever a test does not name must not be there."""

from __future__ import annotations

from typing import Any, Final

from tests.fakes.partner import Sent

TRANSPORT: Final = frozenset({"host", "user-agent", "accept", "accept-encoding", "connection", "content-length"})
JSON: Final = {"content-type": "application/json"}
FORM: Final = {"content-type": "application/x-www-form-urlencoded"}


def whole(sent: Sent) -> tuple[str, str, dict[str, str], dict[str, str], Any]:
    """Return method, path, query, headers other than the transport's, and body (JSON as a value, none as None)."""
    headers = {name: value for name, value in sent.headers.items() if name not in TRANSPORT}
    told = sent.json if headers.get("content-type") == JSON["content-type"] else sent.body.decode() or None
    return sent.method, sent.path, dict(sent.query), headers, told
