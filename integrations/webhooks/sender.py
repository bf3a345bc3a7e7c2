"""Sign and send one message. It goes where its subscriber chose: `integrations.chosen_address` looks where that leads.

Source of headers and signature: the specification of Standard Webhooks; `standardwebhooks` signs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from standardwebhooks import Webhook

from integrations.chosen_address import ChosenAddresses
from integrations.reach import Reach

AGENT: Final = "TanNha-Webhooks/1"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`name` stands in errors and logs; `secrets` (`whsec_…`): one signature each, the newest first."""

    name: str
    url: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sender:
    """`whole_s`: seconds from the first packet to the last. `ca_path`: an authority that is trusted besides the public ones.

    `clock` gives seconds since 1970 as the receiver's clock does: a demonstration's shifted one would be refused there.
    """

    reach: Reach
    ca_path: Path | None = None
    whole_s: float = 10.0
    clock: Callable[[], float] = time.time

    def send(self, endpoint: Endpoint, message_id: str, body: str) -> int:
        """Return the status of a 2xx. Raises Unavailable, Rejected (`status` 410: they want no more), BadAnswer."""
        addresses = ChosenAddresses(self.reach, self.ca_path, self.whole_s)
        headers = self._headers(endpoint, message_id, body)
        return addresses.post(endpoint.name, endpoint.url, body.encode(), headers).status_code

    def _headers(self, endpoint: Endpoint, message_id: str, body: str) -> dict[str, str]:
        at = int(self.clock())
        moment = datetime.fromtimestamp(at, UTC)
        signatures = [Webhook(secret).sign(message_id, moment, body) for secret in endpoint.secrets]
        return {
            "Content-Type": "application/json",
            "User-Agent": AGENT,
            "webhook-id": message_id,
            "webhook-timestamp": str(at),
            "webhook-signature": " ".join(signatures),
        }
