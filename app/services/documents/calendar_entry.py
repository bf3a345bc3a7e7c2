"""One visit for the citizen's own calendar (RFC 5545). No name, no address, no link: calendars are shared and copied."""

from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar, Event

from app.domain.errors import DomainError
from app.models import Errand
from app.texts import say
from app.texts.documents import CALENDAR


def render(errand: Errand, now: datetime, language: str = "vi") -> bytes:
    """As a letter about the same visit has it: put in twice it is one entry, and a later one moves it.

    Raises `not_found` where no time is promised.
    """
    slot = errand.slot
    if slot is None:
        raise DomainError("not_found", kind="not_found")
    calendar, event = Calendar(), Event()
    calendar.add("prodid", "-//Tan Nha//VI")
    calendar.add("version", "2.0")
    event.add("uid", str(errand.id))
    event.add("sequence", errand.revision)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", slot.starts_at.astimezone(UTC))
    event.add("dtend", slot.ends_at.astimezone(UTC))
    event.add("summary", say(CALENDAR[errand.kind], language, reference=errand.request.reference))
    ask = say(CALENDAR["ready"], language, office=errand.office.name, phone=errand.office.phone or "")
    event.add("description", ask.rstrip())
    event.add("status", "CONFIRMED")
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
