"""The postal operator: three interfaces and none behind one protocol, their codes, numbers and webhook."""

from integrations.postal.codes import MYVNPOST_STATES, ORDER_STATUSES, Meaning, Milestone, tracking_table
from integrations.postal.envelopes import Action, BareEnvelope, HeaderEnvelope, QueryEnvelope
from integrations.postal.hcc import HccCarrier, HccSettings
from integrations.postal.myvnpost import MyVnpost, MyVnpostSettings
from integrations.postal.myvnpost_wire import Account, Listed
from integrations.postal.numbers import OrderNumber, Purpose
from integrations.postal.order import (
    Cancellation,
    Carrier,
    Cod,
    Order,
    OrderParty,
    Page,
    PlaceCodes,
    Placed,
    Price,
    Shipment,
    TrackingEvent,
    Unreadable,
)
from integrations.postal.own import OwnCouriers
from integrations.postal.waybills import PoolSpent, WaybillPool, WaybillRange, as_pool, item_code
from integrations.postal.webhook import BadSignature, WebhookBody, public_key, read_webhook

__all__ = [
    "MYVNPOST_STATES",
    "ORDER_STATUSES",
    "Account",
    "Action",
    "BadSignature",
    "BareEnvelope",
    "Cancellation",
    "Carrier",
    "Cod",
    "HccCarrier",
    "HccSettings",
    "HeaderEnvelope",
    "Listed",
    "Meaning",
    "Milestone",
    "MyVnpost",
    "MyVnpostSettings",
    "Order",
    "OrderNumber",
    "OrderParty",
    "OwnCouriers",
    "Page",
    "PlaceCodes",
    "Placed",
    "PoolSpent",
    "Price",
    "Purpose",
    "QueryEnvelope",
    "Shipment",
    "TrackingEvent",
    "Unreadable",
    "WaybillPool",
    "WaybillRange",
    "WebhookBody",
    "as_pool",
    "item_code",
    "public_key",
    "read_webhook",
    "tracking_table",
]
