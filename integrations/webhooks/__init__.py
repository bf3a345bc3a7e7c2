"""Tell a partner's endpoint something, as Standard Webhooks."""

from __future__ import annotations

from integrations.reach import Reach
from integrations.webhooks.sender import Endpoint, Sender

__all__ = ["Endpoint", "Reach", "Sender"]
