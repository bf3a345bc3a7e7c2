"""A demonstration's board of messages gets what the seeded citizens were told the evening before, their codes with it.

They were told in the past, so no job sends them; without them nobody could give a result by its code on the first day.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from app.config import Keys
from app.database import Database
from app.models import Errand, Message, Slot
from app.worker.deliver_message import filled
from integrations.messages import MessageChannel, OutgoingMessage

WITH_A_CODE = "evening_before_result"


def show_seeded_codes(
    database: Database, board: MessageChannel, day: date, now: datetime, *, keys: Keys, base_url: str
) -> int:
    """Write them to the board, office by office; how many there are."""
    told = (
        select(Message)
        .join(Errand, Errand.id == Message.errand_id)
        .join(Slot, Slot.id == Errand.slot_id)
        .where(Message.template == WITH_A_CODE, Slot.day == day, Message.recipient.is_not(None))
        .order_by(Errand.office_id, Message.id)
    )
    with database.transaction() as session:
        texts = [
            OutgoingMessage(str(message.id), message.recipient or "", filled(session, message, now, keys, base_url))
            for message in session.scalars(told)
        ]
    for text in texts:
        board.send(text)
    return len(texts)
