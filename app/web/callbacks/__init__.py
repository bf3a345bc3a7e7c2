"""What outside systems push to us: each proves itself by a signature or by an address that nobody guesses, none has a session."""

from __future__ import annotations

from app.web.callbacks import carrier, messages

blueprints = [carrier.bp, messages.bp]
