"""MyVNPost: orders, cancellations, history and prices with a token in a header of its own (docs/domain.md §5, C)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPMethod
from typing import Any, Final

from integrations.errors import BadAnswer, Rejected
from integrations.http import OutsideService
from integrations.postal.codes import DRAFT, ENDED, CaseType
from integrations.postal.myvnpost_wire import (
    Account,
    HeldOrder,
    Listed,
    charge_wire,
    held_order,
    held_orders,
    history,
    listed_communes,
    listed_provinces,
    order_wire,
)
from integrations.postal.order import Cancellation, Order, Page, Placed, Price, Shipment, TrackingEvent, Unreadable
from integrations.reading import Fields, json_of
from integrations.shared_token import Credentials, SharedToken, token_refused

log = logging.getLogger(__name__)

NOT_FOUND: Final = re.compile(r"không tìm thấy|không tồn tại|not found", re.IGNORECASE)
LONGEST_SENTENCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class MyVnpostSettings:
    """Where and who. `code_type`: the kind of code that `type=` says we ask by; 1 in the published example."""

    base_url: str
    account: Account
    credentials: Callable[[], Credentials] = field(repr=False)
    code_type: str = "1"


class MyVnpost:
    """Interface C. It has no feed: `track` asks for each open order, and the webhook tells the rest."""

    def __init__(self, settings: MyVnpostSettings, caller: OutsideService) -> None:
        self._settings = settings
        self._caller = caller
        self._token = SharedToken(caller.service, self._log_in)

    def create(self, order: Order) -> Placed:
        """Order an item, unless the operator holds that number already: this interface has no "101 exists".

        Rejected when the order it holds has ended: that number is used up, take the next attempt.
        """
        number = str(order.number)
        held = self._find(number)
        if held is None:
            held, existed = self._create(order), False
        elif held.status in ENDED:
            raise Rejected(self._caller.service, f"the order of that number ended ({held.status})", code=held.status)
        else:
            existed = True
        return Placed(number, order.customer_code, existed, held.item_code, held.carrier_id)

    def cancel(self, placed: Placed) -> Cancellation:
        """Cancel an order; `waiting` when an office must agree first."""
        held = None if placed.carrier_id else self._find(placed.number)
        carrier_id = placed.carrier_id or (held.carrier_id if held else None)
        if carrier_id is None:
            raise Rejected(self._caller.service, "there is no order of that number to cancel", code="404")
        try:
            return self._cancel(carrier_id)
        except Rejected:
            again = self._find(placed.number)
            if again is not None and again.status in ENDED:  # an earlier try of ours arrived, its answer did not
                return Cancellation.DONE
            raise

    def track(self, cursor: str | None, open_orders: Sequence[Placed] = ()) -> Page:
        """Return the whole history of each open order; one that can't be read stops no other. Event ids repeat."""
        events: list[TrackingEvent] = []
        unreadable: list[Unreadable] = []
        for placed in open_orders:
            try:
                self._read_history(placed, events, unreadable)
            except Rejected as refusal:
                if not _absent(refusal):
                    unreadable.append(Unreadable(placed.number, refusal.reason, (refusal.said or "").encode()))
            except BadAnswer as error:
                unreadable.append(Unreadable(placed.number, error.reason, error.raw))
        return Page(tuple(events), tuple(unreadable), cursor or "", more=False)

    def price(self, shipment: Shipment) -> Price:
        """Return `totalFee` of our service."""
        raw = self._ask(HTTPMethod.POST, "/ServicesCharge", json=charge_wire(shipment, self._settings.account))
        wanted = self._settings.account.service_code
        for row in held_orders(self._caller.service, self._accepted(raw), raw):
            if row.text("serviceCode") == wanted:
                return Price(row.dong("totalFee"), wanted)
        raise BadAnswer(self._caller.service, f"no price for service {wanted}", raw=raw)

    def provinces(self) -> tuple[Listed, ...]:
        """Return the operator's provinces of two-level addresses."""
        raw = self._ask(HTTPMethod.GET, "/getNewProvinceAll")
        return listed_provinces(self._caller.service, self._json(raw), raw)

    def communes(self) -> tuple[Listed, ...]:
        """Return the operator's communes of two-level addresses, each with its province."""
        raw = self._ask(HTTPMethod.GET, "/getNewCommuneAll")
        return listed_communes(self._caller.service, self._json(raw), raw)

    def _create(self, order: Order) -> HeldOrder:
        raw = self._ask(HTTPMethod.POST, "/CreateOrder", json=order_wire(order, self._settings.account))
        found = held_orders(self._caller.service, self._accepted(raw), raw)
        if len(found) != 1:
            raise BadAnswer(self._caller.service, f"one order was made, {len(found)} were told", raw=raw)
        return held_order(found[0])

    def _cancel(self, carrier_id: str) -> Cancellation:
        raw = self._ask(HTTPMethod.POST, "/orderCancel", json={"OriginalId": carrier_id})
        answer = Fields.of(self._caller.service, self._accepted(raw), raw)
        case = answer.text("Type")
        if case in {CaseType.ACCEPTED, CaseType.WAITING}:
            return Cancellation.DONE if case == CaseType.ACCEPTED else Cancellation.WAITING
        raise Rejected(self._caller.service, f"answered Type {case}", code=case, said=_sentence(answer))

    def _find(self, number: str) -> HeldOrder | None:
        """Return the order the operator holds under our number; an old draft or another order's row is not it."""
        try:
            raw = self._ask(HTTPMethod.GET, "/getOrder", params={"type": self._settings.code_type, "code": number})
            found = held_orders(self._caller.service, self._accepted(raw), raw)
        except Rejected as refusal:
            if _absent(refusal):
                return None
            raise
        rows = [held_order(row) for row in found if row.maybe_text("saleOrderCode") in {None, number}]
        ours = [one for one in rows if one.status != DRAFT]
        return next((one for one in ours if one.status not in ENDED), ours[-1] if ours else None)

    def _read_history(self, placed: Placed, events: list[TrackingEvent], unreadable: list[Unreadable]) -> None:
        code = placed.item_code or placed.number
        params = {"type": self._settings.code_type, "code": code}
        raw = self._ask(HTTPMethod.GET, "/GetStatusHistoryOrder", params=params)
        for block in held_orders(self._caller.service, self._accepted(raw), raw):
            if "statushistory" not in block.values:
                raise block.bad("statusHistory", "is missing")
            for row in block.rows("statusHistory"):
                try:
                    events.append(history(row, code, placed.number))
                except BadAnswer as error:
                    unreadable.append(Unreadable(placed.number, error.reason, row.as_told()))

    def _ask(
        self, method: HTTPMethod, path: str, *, params: Mapping[str, str] | None = None, json: Any = None
    ) -> bytes:
        def with_token(token: str) -> bytes:
            url = self._settings.base_url.rstrip("/") + path
            return self._caller.call(method, url, params=params, json=json, headers={"token": token}).content

        raw = self._token.call(with_token, token_refused)
        log.debug("%s answered %s", self._caller.service, path)
        return raw

    def _log_in(self) -> str:
        who = self._settings.credentials()
        body = {
            "username": who.username,
            "password": who.password,
            "customerCode": self._settings.account.customer_code,
        }
        url = self._settings.base_url.rstrip("/") + "/GetAccessToken"
        raw = self._caller.call("POST", url, json=body).content
        answer = Fields.of(self._caller.service, self._json(raw), raw)
        if not answer.flag("success"):
            raise Rejected(self._caller.service, "answered success false", code="success", said=_sentence(answer))
        log.info("%s: logged in", self._caller.service)
        return answer.token("token")

    def _json(self, raw: bytes) -> Any:
        return json_of(self._caller.service, raw)

    def _accepted(self, raw: bytes) -> Any:
        """Return the JSON of an answer; a 200 that says `success: false` is a refusal."""
        value = self._json(raw)
        if isinstance(value, dict):
            answer = Fields.of(self._caller.service, value, raw)
            if answer.has("success") and not answer.flag("success"):
                raise Rejected(self._caller.service, "answered success false", code="success", said=_sentence(answer))
        return value


def _absent(refusal: Rejected) -> bool:
    return refusal.code == "404" or bool(NOT_FOUND.search(refusal.said or ""))


def _sentence(answer: Fields) -> str | None:
    said = [answer.values.get(name) for name in ("message", "errormessage", "note")]
    return next((text[:LONGEST_SENTENCE] for text in said if isinstance(text, str) and text), None)
