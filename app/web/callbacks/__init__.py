"""What outside systems push to us: each proves itself by a signature, none has a session."""

from __future__ import annotations

from app.web.callbacks import carrier

blueprints = [carrier.bp]
