"""What a coordinator may do to a plan by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class ActKind(StrEnum):
    """What was done; the reader's words are in `app.texts.planning.ACTS`."""

    MOVE = "move"
    SWAP = "swap"
    SPLIT = "split"
    MERGE = "merge"
    LOCK = "lock"
    UNLOCK = "unlock"
    LOCK_COURIER = "lock_courier"
    UNLOCK_COURIER = "unlock_courier"
    TAKE_OUT = "take_out"
    PUT_BACK = "put_back"
    ACCEPT = "accept"
    UNDO = "undo"
    REDO = "redo"


OTHER_OFFICE = "other_office"
"""Why a stop rides with another office's courier: a coordinator gave it there. Said with the act, never asked for."""

ACCEPTABLE = ("citizen_agreed", "courier_agreed", "no_other_way")
"""Why a broken promise may stand: codes, so that no words about a person are kept."""


@dataclass(frozen=True, slots=True)
class DraftAct:
    """One act: `kind` says which of the others it reads.

    move: `stop_id` to `to_shift`, before place `sequence` (from 1; none: where it costs least); swap: `stop_id` with `other_id`;
    split: `stop_id` and what follows it to `to_shift`; merge: all of `shift_id` behind the stops of `to_shift`; lock, unlock,
    take_out: `stop_id`; lock_courier, unlock_courier: `shift_id`; put_back: `errand_id` into `to_shift`; accept: what `stop_id`
    (or, without one, `shift_id` as a whole) breaks, for a `reason` of `ACCEPTABLE`.
    """

    kind: ActKind
    stop_id: int | None = None
    other_id: int | None = None
    shift_id: int | None = None
    to_shift: int | None = None
    errand_id: UUID | None = None
    sequence: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ActOnDraft:
    """`seen`: the revision of each office that the act touches, as its proposal told it."""

    plan_id: int
    act: DraftAct
    seen: Mapping[int, int]
    by: str
    now: datetime


@dataclass(frozen=True, slots=True)
class UndoAct:
    """Take an act back; an act that is itself an undoing is done again."""

    plan_id: int
    act_id: int
    by: str
    now: datetime
