"""Procedures with their papers, the tariff, the outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.tariff import Direction, ZoneClass
from app.models import OutcomeCode, Procedure, RemittanceFee, RequiredPaper, TariffRate
from tests.factories.counter import number

BASIS = "Bảng cước thử"


def make_paper(line: int, **given: Any) -> RequiredPaper:
    """Not added to a session: give it to `make_procedure`."""
    defaults: dict[str, Any] = {
        "line": line,
        "name": f"Giấy tờ thử {line}",
        "originals": 1,
        "copies": 0,
        "mode": "submit",
        "need": "always",
        "case_keys": [],
        "case_label": "",
        "certified_by_post": False,
        "in_database": False,
    }
    return RequiredPaper(**{**defaults, **given})


def make_procedure(session: Session, papers: Sequence[RequiredPaper] | None = None, **given: Any) -> Procedure:
    """Carried by post, three papers: 1 always, 2 for the case `proxy`, 3 to be shown and held by a database."""
    n = number()
    if papers is None:
        papers = [
            make_paper(1, name="Tờ khai thử"),
            make_paper(2, name="Văn bản ủy quyền thử", need="conditional", case_keys=["proxy"]),
            make_paper(3, name="Giấy tờ tùy thân thử", mode="present", certified_by_post=True, in_database=True),
        ]
    defaults: dict[str, Any] = {
        "code": f"9.{n:06d}",
        "name": f"Thủ tục thử {n}",
        "field": "Lĩnh vực thử",
        "level": "commune",
        "post_allowed": True,
        "online_allowed": True,
        "presence": "no",
        "time_value": 3,
        "time_unit": "ngày làm việc",
        "state_fee": 0,
        "originals_due": False,
        "boundary_free": False,
        "results": ["Giấy kết quả thử"],
        "cases": [
            {
                "key": "who",
                "question": "Ai nộp hồ sơ?",
                "options": [{"key": "self", "label": "Tự nộp"}, {"key": "proxy", "label": "Ủy quyền"}],
                "many": False,
            }
        ],
        "in_service_from": date(2026, 1, 1),
    }
    procedure = Procedure(**{**defaults, **given}, papers=list(papers))
    session.add(procedure)
    session.flush()
    return procedure


SEND = {ZoneClass.SAME_ZONE: (26_000, 26_000, 26_500, 2_200), ZoneClass.SAME_PROVINCE: (30_000, 30_000, 30_500, 2_900)}
RETURN = {
    ZoneClass.SAME_ZONE: (26_000, 27_000, 28_500, 2_200),
    ZoneClass.SAME_PROVINCE: (30_000, 31_000, 32_500, 2_900),
}


def make_tariff(session: Session, valid_from: date = date(2026, 1, 1)) -> None:
    """The applied list of docs/domain.md §3 for the province, and 8,000 đ for remitting a state fee. Once a test is enough."""
    if session.scalars(select(TariffRate.id).limit(1)).first() is not None:
        return
    for direction, table in ((Direction.SEND, SEND), (Direction.RETURN, RETURN)):
        for zone, prices in table.items():
            for weight, price in zip((100, 250, 500), prices, strict=False):
                session.add(_rate(direction, zone, weight, price, 0, valid_from))
            session.add(_rate(direction, zone, 500, prices[3], 500, valid_from))
    session.add(RemittanceFee(price=8_000, valid_from=valid_from, legal_basis=BASIS))
    session.flush()


def _rate(direction: Direction, zone: ZoneClass, weight: int, price: int, step: int, valid_from: date) -> TariffRate:
    return TariffRate(
        direction=direction,
        zone_class=zone,
        weight_to_g=weight,
        price=price,
        step_g=step,
        valid_from=valid_from,
        legal_basis=BASIS,
    )


def make_outcomes(session: Session) -> None:
    """DONE, ABSENT (counts; photo and call) and WEATHER. Once a test is enough."""
    if session.get(OutcomeCode, ("DONE", 1)) is not None:
        return
    rows: tuple[tuple[str, str, str, list[str], bool, str], ...] = (
        ("DONE", "Đã xong", "Đã xong.", [], False, ""),
        ("ABSENT", "Vắng nhà", "Bưu tá đã đến nhưng không có ai ở nhà.", ["gate_photo", "call"], True, "citizen"),
        ("WEATHER", "Thời tiết xấu", "Trời xấu nên bưu tá chưa đến được.", [], False, "coordinator"),
    )
    for code, label, text, evidence, counts, actor in rows:
        session.add(
            OutcomeCode(
                code=code, version=1, label=label, citizen_text=text, evidence=evidence, counts=counts, next_actor=actor
            )
        )
    session.flush()
