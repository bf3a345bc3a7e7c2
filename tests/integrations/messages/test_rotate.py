"""The demonstration's messages end in time."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from integrations.messages import Console, OutgoingMessage, rotate

DAY = date(2026, 12, 1)


def test_messages_are_put_aside_by_day_and_deleted_in_time(tmp_path: Path) -> None:
    outbox = tmp_path / "sms"
    Console(outbox=outbox).send(OutgoingMessage("a", "0900000141", "Mã thử"))
    assert rotate(outbox, DAY, 90) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["sms.2026-12-01"]
    assert rotate(outbox, DAY + timedelta(days=90), 90) == 0
    assert rotate(outbox, DAY + timedelta(days=91), 90) == 1
    assert list(tmp_path.iterdir()) == []
