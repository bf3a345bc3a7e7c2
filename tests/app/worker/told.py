"""A message that waits, a worker that comes for it, and operators that answer as a test says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from app.config import Keys
from app.database import Database
from app.domain.sending import OperatorWord, SendingState
from app.models import Message, Sending
from app.services.messaging import messages, sendings
from app.worker.deliver_message import Senders, deliver_message
from app.worker.outbox import NotYet
from integrations.messages import Later, Outcome
from tests.factories import KEYS, NOW
from tests.fakes import FakeSms

BASE = "https://tannha.example"
LOST = Later("away", unsure=True)


@dataclass
class Told:
    """A message that waits, and a worker that comes for it."""

    database: Database
    id: UUID

    def deliver(self, *channels: FakeSms, after: timedelta = timedelta(), keys: Keys = KEYS) -> str:
        return deliver_message(self.database, Senders(channels, keys, BASE), self.id, NOW + after)

    def put_off(self, *channels: FakeSms, after: timedelta = timedelta()) -> None:
        with pytest.raises(NotYet):
            self.deliver(*channels, after=after)

    def hear(self, channel: str, state: SendingState, code: str | None = None) -> bool:
        """The operator speaks of the message that it took."""
        operator_id = next(one.operator_id for one in self.sendings if one.channel == channel)
        return self.hear_of(channel, OperatorWord(state, operator_id, code=code))

    def hear_of(self, channel: str, word: OperatorWord) -> bool:
        with self.database.transaction() as session:
            return sendings.hear(session, channel, word, NOW)

    def resend(self, after: timedelta) -> None:
        """A person has it sent again."""
        with self.database.transaction() as session:
            messages.resend(session, self.id, "staff:x", NOW + after)

    def close_unclear(self, at: datetime) -> None:
        with self.database.transaction() as session:
            sendings.close_unclear(session, at, 50)

    @property
    def row(self) -> Message:
        with self.database.transaction() as session:
            return session.get_one(Message, self.id)

    @property
    def sendings(self) -> list[Sending]:
        with self.database.transaction() as session:
            return list(
                session.scalars(
                    select(Sending).where(Sending.message_id == self.id).order_by(Sending.began_at, Sending.settled_at)
                )
            )

    @property
    def jobs(self) -> int:
        with self.database.transaction() as session:
            count = "select count(*) from procrastinate_jobs where args->>'message_id' = :id"
            return int(session.scalar(text(count), {"id": str(self.id)}) or 0)


def reporting(*answers: Outcome, name: str = "fake", drops_repeats: bool = False) -> FakeSms:
    return FakeSms(answers=list(answers), name=name, drops_repeats=drops_repeats, reports=True)
