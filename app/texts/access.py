"""What sign-in, keys and access rules say.

One sentence a code: what is wrong first, then the way out. The msgid is Vietnamese."""

from __future__ import annotations

SENTENCES: dict[str, str] = {}
