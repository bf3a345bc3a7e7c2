"""What each act makes of a layout: rows in, rows out. Nothing is read, nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from app.domain.draft_acts import ActKind, DraftAct
from app.domain.errors import DomainError
from app.services.planning.layout import DoorRow, Layout, Row

REMOVED = "removed"
"""The reason of an errand that a coordinator took out of a draft."""


@dataclass(frozen=True, slots=True)
class StopFound:
    """Where a stop stands: its shift, and its place from 0."""

    shift: int
    at: int
    door: DoorRow


def find(layout: Layout, stop_id: int | None) -> StopFound:
    """Raises `plan_changed`: it stands elsewhere by now."""
    for shift, way in layout.ways.items():
        for at, door in enumerate(way.doors):
            if door.id == stop_id:
                return StopFound(shift, at, door)
    raise DomainError("plan_changed")


def rearranged(layout: Layout, act: DraftAct) -> Layout:
    """The layout after an act that needs no more than the layout.

    Raises `stop_locked`, `courier_locked`, `act_changes_nothing` or `plan_changed`.
    """
    return _ACTS[act.kind](layout, act)


def without(layout: Layout, shift: int, ids: set[int]) -> Layout:
    return layout.with_doors(shift, [door for door in layout.ways[shift].doors if door.id not in ids])


def into(layout: Layout, shift: int, at: int, doors: tuple[DoorRow, ...]) -> Layout:
    there = layout.ways[shift].doors
    return layout.with_doors(shift, (*there[:at], *doors, *there[at:]))


def _free(layout: Layout, found: StopFound, *, leaves: bool) -> None:
    """Raises where the stop, or with it the courier, is locked."""
    if found.door.row["locked"]:
        raise DomainError("stop_locked", sequence=found.at + 1)
    if leaves and layout.ways[found.shift].row["locked"]:
        raise DomainError("courier_locked")


def _move(layout: Layout, act: DraftAct) -> Layout:
    found, target = find(layout, act.stop_id), act.to_shift or 0
    _free(layout, found, leaves=target != found.shift)
    at = max(0, (act.sequence or 1) - 1)
    return into(without(layout, found.shift, {found.door.id}), target, at, (_ridden_by(found, target),))


def _ridden_by(found: StopFound, target: int) -> DoorRow:
    """The door with another courier: what was known of it and this one is not known of that one."""
    return found.door if target == found.shift else found.door.having(accepted=None)


def _swap(layout: Layout, act: DraftAct) -> Layout:
    one, other = find(layout, act.stop_id), find(layout, act.other_id)
    if one.door.id == other.door.id:
        raise DomainError("act_changes_nothing")
    for found, target in ((one, other), (other, one)):
        _free(layout, found, leaves=found.shift != target.shift)
    doors = {shift: list(way.doors) for shift, way in layout.ways.items()}
    doors[one.shift][one.at] = _ridden_by(other, one.shift)
    doors[other.shift][other.at] = _ridden_by(one, other.shift)
    for shift in {one.shift, other.shift}:
        layout = layout.with_doors(shift, doors[shift])
    return layout


def _split(layout: Layout, act: DraftAct) -> Layout:
    first = find(layout, act.stop_id)
    return _hand_over(layout, first.shift, first.at, act.to_shift or 0)


def _merge(layout: Layout, act: DraftAct) -> Layout:
    return _hand_over(layout, act.shift_id or 0, 0, act.to_shift or 0)


def _hand_over(layout: Layout, shift: int, first: int, target: int) -> Layout:
    """What stands from a place on goes behind the stops of another courier."""
    leaving = [StopFound(shift, at, door) for at, door in enumerate(layout.ways[shift].doors) if at >= first]
    if shift == target or not leaving:
        raise DomainError("act_changes_nothing")
    for found in leaving:
        _free(layout, found, leaves=True)
    layout = without(layout, shift, {found.door.id for found in leaving})
    return into(layout, target, len(layout.ways[target].doors), tuple(_ridden_by(found, target) for found in leaving))


def _lock(layout: Layout, act: DraftAct) -> Layout:
    found, locked = find(layout, act.stop_id), act.kind is ActKind.LOCK
    if found.door.row["locked"] is locked:
        raise DomainError("act_changes_nothing")
    doors = list(layout.ways[found.shift].doors)
    doors[found.at] = found.door.having(locked=locked)
    return layout.with_doors(found.shift, doors)


def _lock_courier(layout: Layout, act: DraftAct) -> Layout:
    shift, locked = act.shift_id or 0, act.kind is ActKind.LOCK_COURIER
    if not layout.ways[shift].doors:
        raise DomainError("plan_changed")
    if layout.ways[shift].row["locked"] is locked:
        raise DomainError("act_changes_nothing")
    return replace(layout, ways={**layout.ways, shift: layout.ways[shift].having(locked=locked)})


def _take_out(layout: Layout, act: DraftAct) -> Layout:
    found = find(layout, act.stop_id)
    _free(layout, found, leaves=True)
    out: dict[str, Row] = {
        errand: {"errand_id": errand, "reason": REMOVED, "relaxation": None} for errand in found.door.errands
    }
    return replace(without(layout, found.shift, {found.door.id}), out={**layout.out, **out})


def put_back(layout: Layout, act: DraftAct, door: DoorRow) -> Layout:
    """A left-out errand as a stop of its own in the target's order."""
    errand = str(act.errand_id)
    if errand not in layout.out:
        raise DomainError("plan_changed")
    layout = replace(layout, out={key: row for key, row in layout.out.items() if key != errand})
    return into(layout, act.to_shift or 0, max(0, (act.sequence or 1) - 1), (door,))


_ACTS: Final[Mapping[ActKind, Callable[[Layout, DraftAct], Layout]]] = {
    ActKind.MOVE: _move,
    ActKind.SWAP: _swap,
    ActKind.SPLIT: _split,
    ActKind.MERGE: _merge,
    ActKind.LOCK: _lock,
    ActKind.UNLOCK: _lock,
    ActKind.LOCK_COURIER: _lock_courier,
    ActKind.UNLOCK_COURIER: _lock_courier,
    ActKind.TAKE_OUT: _take_out,
}
