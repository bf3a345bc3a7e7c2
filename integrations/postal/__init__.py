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
    Event,
    Order,
    Page,
    Party,
    Place,
    Placed,
    Price,
    Shipment,
    Unreadable,
)
from integrations.postal.own import OwnCouriers
from integrations.postal.waybills import PoolSpent, WaybillPool, WaybillRange, as_pool, item_code
from integrations.postal.webhook import BadSignature, Told, public_key, read_webhook

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
    "Event",
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
    "OwnCouriers",
    "Page",
    "Party",
    "Place",
    "Placed",
    "PoolSpent",
    "Price",
    "Purpose",
    "QueryEnvelope",
    "Shipment",
    "Told",
    "Unreadable",
    "WaybillPool",
    "WaybillRange",
    "as_pool",
    "item_code",
    "public_key",
    "read_webhook",
    "tracking_table",
]
