"""Money in what phones write: a receipt given at a door, and the two purses as they were counted."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from app.domain.acts import ReceiptGiven
from app.domain.cash import Cash
from app.domain.tariff import ChargeKind
from app.schemas.exact import Strictly, listed
from app.schemas.kinds import Strict, choice, line


class ReceiptPartSchema(Strict):
    kind = choice(ChargeKind, required=True)
    amount = Strictly(0, 1_000_000_000, required=True)


class ReceiptSchema(Strict):
    number = line(required=True, longest=20)
    parts = listed(fields.Nested(ReceiptPartSchema), 5, least=1, required=True)
    official = line(longest=40, load_default=None, allow_none=True)

    @post_load
    def given(self, data: dict[str, Any], **_: Any) -> ReceiptGiven:
        parts = tuple((part["kind"], part["amount"]) for part in data["parts"])
        return ReceiptGiven(data["number"], parts, data["official"] or None)


class PursesSchema(Strict):
    postage = Strictly(0, 1_000_000_000, required=True)
    state_fee = Strictly(0, 1_000_000_000, required=True)

    @post_load
    def given(self, data: dict[str, Any], **_: Any) -> Cash:
        return Cash(**data)
