"""An exchange on loopback and our client of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from integrations.http import OutsideService
from integrations.one_stop import (
    DossierRecord,
    DossierStateCode,
    ExchangeSettings,
    Fee,
    HandedIn,
    HandlingStep,
    NationalExchange,
    Owner,
    ProcedureName,
    ResultPaper,
)
from integrations.shared_token import Credentials
from tests.fakes.exchange import FakeExchange
from tests.fakes.partner import Partner

CANARIES = ("Nguyễn Văn Thử", "thu@vidu.vn", "0900000123", "079000000123", "bi-mat-khong-ai-biet", "phien-1")
RECORD = DossierRecord(
    code="H21.65-220914-0011",
    procedure=ProcedureName(code="1.003560", name="Đăng ký khai sinh", field_code="G15-HT01", field_name="Hộ tịch"),
    owner=Owner(name="Nguyễn Văn Thử", number="079000000123", email="thu@vidu.vn", phone="0900000123"),
    summary="Khai sinh cho con của Nguyễn Văn Thử",
    received_at=datetime(2026, 11, 20, 18, 30, 5, tzinfo=UTC),
    due_at=datetime(2026, 11, 24, 10, tzinfo=UTC),
    state=DossierStateCode.ACCEPTED,
    unit="UBND xã Ia Krái",
    receipt_number="BN-1",
    fees=(Fee("Lệ phí khai sinh", "LP1", 8000),),
    handed_in=(HandedIn("7", "to-khai.pdf", "G1", "https://vidu.vn/7"),),
    results=(ResultPaper("Giấy khai sinh", "KQ1", "9", "https://vidu.vn/9"),),
)
STEP = HandlingStep(
    code=RECORD.code,
    handler="Nguyễn Văn Thử",
    at=datetime(2026, 11, 20, 18, 31, tzinfo=UTC),
    what="Bưu tá đã thu gom tại nhà",
    state=DossierStateCode.ACCEPTED,
    department="Bưu điện",
)


@dataclass
class Joined:
    exchange: FakeExchange
    partner: Partner
    client: NationalExchange
    wallet: dict[str, str]

    def body(self, service: str) -> dict[str, object]:
        """The last body sent to a service."""
        return next(one.json for one in reversed(self.partner.asked("/g")) if one.json["service"] == service)


@pytest.fixture
def joined() -> Iterator[Joined]:
    exchange = FakeExchange()
    wallet = {"secret": exchange.password}
    with Partner(exchange.answer) as partner:
        settings = ExchangeSettings(
            login_url=f"{partner.url}/login",
            call_url=f"{partner.url}/g",
            unit_code="000.00.00.H21",
            credentials=lambda: Credentials("gialai", wallet["secret"]),
            dstcode="VN:GOV:dvcprovider",
        )
        yield Joined(
            exchange, partner, NationalExchange(settings, OutsideService("một cửa quốc gia", read_s=5)), wallet
        )
