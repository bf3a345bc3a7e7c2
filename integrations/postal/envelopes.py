"""How a call is addressed: NGSP has an address a service, a provincial LGSP one for all (docs/domain.md §5, A and B)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol


class Action(StrEnum):
    ORDER = "order"
    CANCEL = "cancel"
    TRACK = "track"
    PRICE = "price"


SERVICE_NAMES: Final[Mapping[Action, str]] = MappingProxyType({Action.ORDER: "OrderPost", Action.CANCEL: "OrderCancel"})
SERVICE_CODES: Final[Mapping[Action, str]] = MappingProxyType(
    {Action.ORDER: "vnpost_post_order", Action.CANCEL: "vnpost_cancel_order"}
)


@dataclass(frozen=True, slots=True)
class Dress:
    """Query and headers that an envelope adds to a call."""

    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class Envelope(Protocol):
    def dress(self, action: Action) -> Dress: ...


@dataclass(frozen=True, slots=True)
class BareEnvelope:
    """A: the address says it all."""

    def dress(self, action: Action) -> Dress:
        del action
        return Dress()


@dataclass(frozen=True, slots=True)
class QueryEnvelope:
    """B, first kind: `?serviceType=VNPost&serviceName=OrderPost`. An action without a name goes bare."""

    names: Mapping[Action, str] = field(default_factory=lambda: SERVICE_NAMES)

    def dress(self, action: Action) -> Dress:
        name = self.names.get(action)
        return Dress(params={"serviceType": "VNPost", "serviceName": name}) if name else Dress()


@dataclass(frozen=True, slots=True)
class HeaderEnvelope:
    """B, second kind: header `service-code: vnpost_post_order`. An action without a code goes bare."""

    codes: Mapping[Action, str] = field(default_factory=lambda: SERVICE_CODES)

    def dress(self, action: Action) -> Dress:
        code = self.codes.get(action)
        return Dress(headers={"service-code": code}) if code else Dress()
