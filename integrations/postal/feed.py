"""The append-only tracking feed of interfaces A and B (docs/domain.md §5): one cursor a customer code, never backwards."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from integrations.errors import BadAnswer
from integrations.postal.codes import Meaning
from integrations.postal.order import Page, TrackingEvent, Unreadable
from integrations.reading import Fields
from integrations.unknown import look_up

FIRST: Final = "0" * 24
LARGEST_PAGE: Final = 1000
OBJECT_ID: Final = re.compile(r"[0-9a-f]{24}")


def read_feed(answer: Fields, after: str, page_size: int, codes: Mapping[str, Meaning]) -> Page:
    """Return the page behind cursor `after`.

    A line that can't be read is set aside with its id; a line without an id is a BadAnswer, for the cursor would pass
    over it unseen. So is a page told newest first while more are waiting: its older lines would never be asked for.
    """
    rows = _rows(answer)
    ids = [_id_of(row) for row in rows]
    waiting = answer.integer("_total_pages") > 1 if answer.has("_total_pages") else len(ids) >= page_size
    if waiting and len(ids) > 1 and ids == sorted(ids, reverse=True):
        raise answer.bad("_embedded.rh:doc", "is told newest first, so that a cursor would lose the older lines")
    read = [_line(row, line_id, codes) for row, line_id in zip(rows, ids, strict=True)]
    cursor = max([after, *ids])
    return Page(
        tuple(one for one in read if isinstance(one, TrackingEvent)),
        tuple(one for one in read if isinstance(one, Unreadable)),
        cursor,
        more=waiting and cursor > after,
    )


def _rows(answer: Fields) -> tuple[Fields, ...]:
    rows = answer.inner("_embedded").rows("rh:doc") if answer.has("_embedded") else ()
    if (answer.has("_returned") or not rows) and answer.integer("_returned") != len(rows):
        raise answer.bad("_returned", "is another number than that of the lines told")
    return rows


def _id_of(row: Fields) -> str:
    found = (row.inner("_id").text("$oid") if isinstance(row.values.get("_id"), dict) else row.text("_id")).lower()
    if not OBJECT_ID.fullmatch(found):
        raise row.bad("_id", "is not an id of 24 hexadecimal digits")
    return found


def _line(row: Fields, line_id: str, codes: Mapping[str, Meaning]) -> TrackingEvent | Unreadable:
    try:
        return _event(row, line_id, codes)
    except BadAnswer as error:
        return Unreadable(line_id, error.reason, row.as_told())


def _event(row: Fields, line_id: str, codes: Mapping[str, Meaning]) -> TrackingEvent:
    code = row.text("StatusCode")
    words = (row.maybe_text("StatusMessage"), row.maybe_text("Notes"))
    return TrackingEvent(
        event_id=line_id,
        order_number=row.text("OrderNumber"),
        item_code=row.maybe_text("ItemCode"),
        code=code,
        meaning=look_up(codes, code),
        occurred_at=row.maybe_moment("EventTime"),
        customer_code=row.maybe_text("CustomerCode"),
        office=row.maybe_text("POSID"),
        words=" · ".join(word for word in words if word) or None,
    )
