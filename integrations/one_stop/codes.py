"""The codes of the national exchange as data (domain.md §4). A code that is in no table is `Unknown`, never dropped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from integrations.unknown import Unknown, look_up


@dataclass(frozen=True, slots=True)
class State:
    """A state of a dossier: `final` means that no later state may follow it."""

    code: str
    means: str
    final: bool = False


class DossierState(StrEnum):
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


class SubState(StrEnum):
    """Where a boundary-free dossier stands between the desk that received it and the competent unit."""

    RECEIVED = "1"
    IN_PROCESS = "2"
    RESULT_RETURNED = "3"
    WAITING_FOR_UNIT = "4"


class Channel(StrEnum):
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


STATES: Final[Mapping[str, State]] = {
    state.code: state
    for state in (
        State(DossierState.REGISTERED, "registered"),
        State(DossierState.ACCEPTED, "accepted"),
        State(DossierState.REFUSED, "refused", final=True),
        State(DossierState.IN_PROCESS, "in process"),
        State(DossierState.PAPERS_WANTED, "papers wanted"),
        State(DossierState.FEE_DUE, "fee due"),
        State(DossierState.WITHDRAWN, "withdrawn", final=True),
        State(DossierState.STOPPED, "stopped"),
        State(DossierState.FINISHED, "finished"),
        State(DossierState.RESULT_RETURNED, "result returned", final=True),
    )
}
SUB_STATES: Final[Mapping[str, State]] = {
    state.code: state
    for state in (
        State(SubState.RECEIVED, "received"),
        State(SubState.IN_PROCESS, "in process"),
        State(SubState.RESULT_RETURNED, "result returned", final=True),
        State(SubState.WAITING_FOR_UNIT, "waiting for the unit"),
    )
}


def state_of(code: str) -> State | Unknown:
    """Return what a national state means; `09` is 9."""
    return look_up(STATES, code)


def sub_state_of(code: str) -> State | Unknown:
    """Return what a boundary-free sub-state means."""
    return look_up(SUB_STATES, code)
