"""MyVNPost on the wire: bodies we send and rows we read (docs/domain.md §5, C).

docs/domain.md names the services; the fields of bodies and answers are those that public clients of the interface send [A].
Addresses have two levels: the district is the constant `VNPOST`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from integrations.postal.codes import COD_AMOUNT, COD_SERVICE, MYVNPOST_STATES
from integrations.postal.order import Cod, Order, OrderParty, PlaceCodes, Shipment, TrackingEvent
from integrations.reading import Fields, moment, rows
from integrations.unknown import look_up

DISTRICT: Final = "VNPOST"
PUBLISHED: Final = 1  # orderCreationStatus: not a draft
SENT: Final = "GUI"
BY_ROAD: Final = "BO"
AT_THE_DOOR: Final = "1"  # sendType: the operator fetches it
DOMESTIC: Final = 1


@dataclass(frozen=True, slots=True)
class Account:
    """Who orders, and which product of the operator's."""

    customer_code: str
    service_code: str
    contract_code: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A province or commune of the operator's own list of two levels; a commune names its province."""

    code: str
    name: str
    province_code: str | None


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """An order as the operator holds it."""

    item_code: str | None
    carrier_id: str | None
    status: str | None


def order_wire(order: Order, account: Account) -> dict[str, Any]:
    """Return the body of `/CreateOrder`; our number goes as `saleOrderCode`."""
    return {
        "orderCreationStatus": PUBLISHED,
        "type": SENT,
        "customerCode": order.customer_code,
        "contractCode": account.contract_code,
        "informationOrder": {
            **_party_wire("sender", order.sender),
            **_party_wire("receiver", order.receiver),
            "serviceCode": account.service_code,
            "addonService": _addons(order.cod),
            "additionRequest": [],
            "orgCodeCollect": None,
            "orgCodeAccept": None,
            "saleOrderCode": str(order.number),
            "contentNote": order.description,
            "weight": str(order.weight_g),
            "width": None,
            "length": None,
            "height": None,
            "vehicle": BY_ROAD,
            "sendType": AT_THE_DOOR,
            "isBroken": "0",
            "deliveryTime": None,
            "deliveryRequire": None,
            "deliveryInstruction": order.note or None,
        },
    }


def charge_wire(shipment: Shipment, account: Account) -> dict[str, Any]:
    """Return the body of `/ServicesCharge`; the weight in grams."""
    return {
        "scope": DOMESTIC,
        "customerCode": account.customer_code,
        "contractNumber": account.contract_code,
        "data": {
            **_place_wire("sender", shipment.sender),
            **_place_wire("receiver", shipment.receiver),
            "receiverNational": "VN",
            "receiverCity": None,
            "receiverPostCode": "",
            "orgCodeAccept": None,
            "weight": shipment.weight_g,
            "width": None,
            "length": None,
            "height": None,
            "serviceCode": account.service_code,
            "addonService": _addons(shipment.cod),
            "additionRequest": [],
            "vehicle": BY_ROAD,
        },
    }


def held_orders(service: str, value: Any, raw: bytes) -> tuple[Fields, ...]:
    """Return the order rows of `/getOrder`, which come as `{results}`, `[{results}]`, `{data}` or a bare row."""
    if isinstance(value, list):
        return tuple(row for one in value for row in held_orders(service, one, raw))
    answer = Fields.of(service, value, raw)
    for name in ("results", "data"):
        if name in answer.values:
            inner = answer.values[name]
            return () if inner is None else held_orders(service, inner, raw)
    return (answer,)


def held_order(row: Fields) -> HeldOrder:
    """Read one order; it must have an id of the operator's, or nobody could act on it."""
    item, carrier_id = row.maybe_text("itemCode"), row.maybe_text("originalId") or row.maybe_text("orderHdrID")
    if item is None and carrier_id is None:
        raise row.bad("itemCode", "is missing, and so are originalId and orderHdrID")
    status = row.maybe_text("status")
    return HeldOrder(item, carrier_id, status and (status.lstrip("0") or "0"))


def history(row: Fields, code: str, order_number: str | None) -> TrackingEvent:
    """Read one line of `/GetStatusHistoryOrder`: day and hour come apart; the id is made of what the line says."""
    status, day = row.text("statusCode"), row.text("createdDate")
    hour = row.maybe_text("createdHour") or row.maybe_text("createHour")
    when = moment(f"{day} {hour}" if hour else day)
    if when is None:
        raise row.bad("createdDate", "is not a time we know how to read")
    return TrackingEvent(
        event_id=f"{code}/{status}/{day} {hour or ''}".rstrip(),
        order_number=order_number,
        item_code=row.maybe_text("itemCode"),
        code=status,
        meaning=look_up(MYVNPOST_STATES, status),
        occurred_at=when,
        office=row.maybe_text("locateName"),
        words=row.maybe_text("statusName"),
    )


def listed_provinces(service: str, value: Any, raw: bytes) -> tuple[Listed, ...]:
    """Read `getNewProvinceAll`."""
    found = rows(service, value, raw)
    return tuple(Listed(row.text("provinceCode"), row.text("provinceName"), None) for row in found)


def listed_communes(service: str, value: Any, raw: bytes) -> tuple[Listed, ...]:
    """Read `getNewCommuneAll`; some rows carry the province under the old key `districtCode` [A]."""
    found = rows(service, value, raw)
    return tuple(
        Listed(
            row.text("communeCode"), row.text("communeName"), row.maybe_text("provinceCode") or row.text("districtCode")
        )
        for row in found
    )


def _addons(cod: Cod) -> list[dict[str, str]]:
    return [{"code": COD_SERVICE, "propValue": f"{COD_AMOUNT}:{cod.total}"}] if cod.total else []


def _party_wire(prefix: str, party: OrderParty) -> dict[str, str | None]:
    return {
        f"{prefix}Name": party.name,
        f"{prefix}Phone": party.phone,
        f"{prefix}Email": party.email or None,
        f"{prefix}Address": party.address,
        **_place_wire(prefix, party.place),
    }


def _place_wire(prefix: str, place: PlaceCodes) -> dict[str, str]:
    return {
        f"{prefix}ProvinceCode": place.province_code,
        f"{prefix}DistrictCode": DISTRICT,
        f"{prefix}CommuneCode": place.commune_code,
    }
