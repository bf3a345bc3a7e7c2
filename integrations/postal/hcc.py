"""The postal service of administrative procedures (HCC) over NGSP or a provincial LGSP (docs/domain.md §5, A and B)."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPMethod
from typing import Any, Final

from integrations.errors import Rejected, Unavailable
from integrations.http import OutsideService
from integrations.postal.codes import Meaning, OrderStatus
from integrations.postal.envelopes import Action, BareEnvelope, Envelope
from integrations.postal.feed import FIRST, LARGEST_PAGE, read_feed
from integrations.postal.order import Cancellation, Order, OrderParty, Page, Placed, Price, Shipment
from integrations.reading import Fields, json_of
from integrations.shared_token import Credentials, SharedToken, token_refused

log = logging.getLogger(__name__)

FROM_OUR_POOL: Final = "2"  # FlagConfig: the waybill number is ours
SERVICE: Final = "HCC"
LONGEST_SENTENCE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class HccSettings:
    """Where and who. Interface A: four addresses and no envelope; B: often one address and an envelope.

    `tracking_codes` is configuration, because the list is not published (`codes.tracking_table` builds it).
    `later_statuses` [A]: values of `Status` that mean "try again".
    """

    token_url: str
    post_url: str
    cancel_url: str
    tracking_url: str
    price_url: str | None = None
    credentials: Callable[[], Credentials] = field(repr=False)
    envelope: Envelope = field(default_factory=BareEnvelope)
    tracking_codes: Mapping[str, Meaning] = field(default_factory=dict)
    later_statuses: frozenset[str] = frozenset({"500", "503"})
    page_size: int = LARGEST_PAGE

    def __post_init__(self) -> None:
        if not 1 <= self.page_size <= LARGEST_PAGE:
            raise ValueError(f"page_size: must be 1 to {LARGEST_PAGE}")


class HccCarrier:
    """Interfaces A and B: the same bodies, another envelope."""

    def __init__(self, settings: HccSettings, caller: OutsideService) -> None:
        self._settings = settings
        self._caller = caller
        self._token = SharedToken(caller.service, self._log_in)

    def create(self, order: Order) -> Placed:
        """Order an item: 100 and 101 are success; 110 is Rejected, as that number was cancelled: take the next."""
        answer = self._ask(Action.ORDER, HTTPMethod.POST, self._settings.post_url, json=order_wire(order))
        status = self._status(answer, OrderStatus.CREATED, OrderStatus.EXISTS)
        return Placed(
            str(order.number),
            order.customer_code,
            existed=status == OrderStatus.EXISTS,
            item_code=answer.maybe_text("ItemCode") or order.item_code,
        )

    def cancel(self, placed: Placed) -> Cancellation:
        """Cancel an order: 110 is the only success."""
        params = {"CustomerCode": placed.customer_code, "OrderNumber": placed.number}
        answer = self._ask(Action.CANCEL, HTTPMethod.GET, self._settings.cancel_url, params=params)
        self._status(answer, OrderStatus.CANCELLED)
        return Cancellation.DONE

    def track(self, cursor: str | None, open_orders: Sequence[Placed] = ()) -> Page:
        """Return the next page of the append-only feed."""
        del open_orders
        after = cursor or FIRST
        params = {"pagesize": str(self._settings.page_size), "lastId": after}
        answer = self._ask(Action.TRACK, HTTPMethod.GET, self._settings.tracking_url, params=params)
        return read_feed(answer, after, self._settings.page_size, self._settings.tracking_codes)

    def price(self, shipment: Shipment) -> Price:
        """Return `content.price`."""
        if self._settings.price_url is None:
            raise Rejected(self._caller.service, "this interface has no price service", code="no_price")
        answer = self._ask(Action.PRICE, HTTPMethod.POST, self._settings.price_url, json=price_wire(shipment))
        return Price(answer.inner("content").dong("price"), SERVICE)

    def _ask(
        self,
        action: Action,
        method: HTTPMethod,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
    ) -> Fields:
        dress = self._settings.envelope.dress(action)
        query = {**dress.params, **(params or {})}

        def with_token(token: str) -> Fields:
            headers = {**dress.headers, "Authorization": f"Bearer {token}"}
            return self._read(self._caller.call(method, url, params=query, json=json, headers=headers).content)

        answer = self._token.call(with_token, token_refused)
        log.debug("%s answered %s", self._caller.service, action)
        return answer

    def _log_in(self) -> str:
        who = self._settings.credentials()
        form = {"grant_type": "client_credentials"}
        # written by hand, because requests can't send a secret with Vietnamese letters
        basic = base64.b64encode(f"{who.username}:{who.password}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}"}
        answer = self._caller.call("POST", self._settings.token_url, data=form, headers=headers)
        log.info("%s: logged in", self._caller.service)
        return self._read(answer.content).token("access_token")

    def _read(self, raw: bytes) -> Fields:
        return Fields.of(self._caller.service, json_of(self._caller.service, raw), raw)

    def _status(self, answer: Fields, *wanted: OrderStatus) -> str:
        status = answer.text("Status")
        if status in wanted:
            return status
        if status in self._settings.later_statuses:
            raise Unavailable(self._caller.service, f"answered Status {status}")
        said = answer.maybe_text("Message")
        reason = f"answered Status {status}"
        raise Rejected(self._caller.service, reason, code=status, said=said[:LONGEST_SENTENCE] if said else None)


def order_wire(order: Order) -> dict[str, Any]:
    """Return the body of `{post}`; `ItemCode` and `FlagConfig` only with a waybill number of our pool."""
    body = {
        "CustomerCode": order.customer_code,
        "OrderNumber": str(order.number),
        "CODAmount": order.cod.total,
        **_party_wire("Sender", order.sender),
        "SenderDesc": order.note,
        "Description": order.description,
        **_party_wire("Receiver", order.receiver),
    }
    return {**body, "ItemCode": order.item_code, "FlagConfig": FROM_OUR_POOL} if order.item_code else body


def price_wire(shipment: Shipment) -> dict[str, Any]:
    """Return the body of the price service; the weight in grams [A]."""
    return {
        "weight": shipment.weight_g,
        "mainSrv": SERVICE,
        "isreturn": 1,
        "sender": {"provCode": shipment.sender.province_code, "distCode": shipment.sender.district_code},
        "receiver": {"provCode": shipment.receiver.province_code, "distCode": shipment.receiver.district_code},
    }


def _party_wire(prefix: str, party: OrderParty) -> dict[str, str]:
    return {
        f"{prefix}Name": party.name,
        f"{prefix}Address": party.address,
        f"{prefix}Tel": party.phone,
        f"{prefix}Province": party.place.province_code,
        f"{prefix}District": party.place.district_code,
        f"{prefix}Email": party.email,
    }
