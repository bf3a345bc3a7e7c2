"""What the evening's messages will cost, said before they go out: at 17:00, or when a plan is published after that."""

from __future__ import annotations

import logging
from datetime import date

from sqlalchemy.orm import Session

from app.clock import local_day
from app.config import SettingsError
from app.gateways.message_costs import cost_of
from app.queries.tracking.evening import evening_messages
from app.web.auth import visible_office_ids
from app.web.i18n import dong, number
from app.web.i18n import gettext as _
from app.web.session import now, settings

log = logging.getLogger("tannha.web")


def evening_cost(session: Session, day: date) -> str:
    """Of the visits of `day` at the offices that this account sees; empty when nobody is left to tell.

    Empty, too, while the file of links can't be read: the board shows the day nevertheless.
    """
    counts = evening_messages(session, day, visible_office_ids()) if day >= local_day(now()) else {}
    if not counts:
        return ""
    try:
        cost = cost_of(settings(), counts)
    except SettingsError as error:
        log.warning("the evening's messages have no price: %s", error)
        return ""
    return _(
        "Tin nhắn hẹn giờ chưa gửi: %(n)s tin, nhiều nhất %(segments)s đoạn, khoảng %(price)s. "
        "Tin gửi từ 17:00 chiều hôm trước, hoặc ngay khi ban hành kế hoạch.",
        n=number(cost.messages),
        segments=number(cost.segments),
        price=dong(cost.dong),
    )
