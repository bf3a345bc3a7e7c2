"""The codes of the national exchange as data (docs/domain.md §4). A code that is in no table is `Unknown`, never dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from integrations.unknown import Unknown, look_up


@dataclass(frozen=True, slots=True)
class StateMeaning:
    """A state of a dossier: `final` means that no later state may follow it."""

    code: str
    means: str
    final: bool = False


class DossierStateCode(StrEnum):
    """`TrangThaiHoSo` and `TrangThai`. The post fetches a result at 9 only; 10 only after proof of delivery."""

    REGISTERED = "1"
    ACCEPTED = "2"
    REFUSED = "3"
    IN_PROCESS = "4"
    PAPERS_WANTED = "5"
    FEE_DUE = "6"
    WITHDRAWN = "7"
    STOPPED = "8"
    FINISHED = "9"
    RESULT_RETURNED = "10"


class SubStateCode(StrEnum):
    """Where a boundary-free dossier stands between the desk that received it and the competent unit."""

    RECEIVED = "1"
    IN_PROCESS = "2"
    RESULT_RETURNED = "3"
    WAITING_FOR_UNIT = "4"


class ChannelCode(StrEnum):
    """`KenhThucHien` of a dossier and `KENH` of a procedure: how it may be, or was, handed in."""

    IN_PERSON = "1"
    ONLINE = "2"
    POST = "3"


class ReturnForm(StrEnum):
    """`HinhThuc`: how the result goes back."""

    IN_PERSON = "0"
    POST = "1"


class OwnerKind(StrEnum):
    """`LoaiDoiTuong`: who owns the dossier."""

    CITIZEN = "1"
    COMPANY = "2"
    AGENCY = "3"
    OTHER = "4"


STATES: Final[Mapping[str, StateMeaning]] = {
    state.code: state
    for state in (
        StateMeaning(DossierStateCode.REGISTERED, "registered"),
        StateMeaning(DossierStateCode.ACCEPTED, "accepted"),
        StateMeaning(DossierStateCode.REFUSED, "refused", final=True),
        StateMeaning(DossierStateCode.IN_PROCESS, "in process"),
        StateMeaning(DossierStateCode.PAPERS_WANTED, "papers wanted"),
        StateMeaning(DossierStateCode.FEE_DUE, "fee due"),
        StateMeaning(DossierStateCode.WITHDRAWN, "withdrawn", final=True),
        StateMeaning(DossierStateCode.STOPPED, "stopped"),
        StateMeaning(DossierStateCode.FINISHED, "finished"),
        StateMeaning(DossierStateCode.RESULT_RETURNED, "result returned", final=True),
    )
}
SUB_STATES: Final[Mapping[str, StateMeaning]] = {
    state.code: state
    for state in (
        StateMeaning(SubStateCode.RECEIVED, "received"),
        StateMeaning(SubStateCode.IN_PROCESS, "in process"),
        StateMeaning(SubStateCode.RESULT_RETURNED, "result returned", final=True),
        StateMeaning(SubStateCode.WAITING_FOR_UNIT, "waiting for the unit"),
    )
}


def state_of(code: str) -> StateMeaning | Unknown:
    """Return what a national state means; `09` is 9."""
    return look_up(STATES, code)
