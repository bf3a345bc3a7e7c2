"""The acts that two people sign, each made of what one side's form said and of who signs for the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.cash import BY_HAND, CashReason, Signed
from app.domain.commands import CloseBag, CountPapers, HandOver, OpenBag
from app.domain.countersigning import SignedBy, SigningAct
from app.domain.custody import Holder, Party
from app.domain.errors import DomainError
from app.domain.parcel import PaperState, parse_s10
from app.domain.wording import whole_number
from app.models import Parcel
from app.queries.desks import papers
from app.services.custody import unknown_scans
from app.services.desks import witnesses
from app.services.desks.bags import close_bag, open_bag
from app.services.desks.cash import HandInCash, hand_in
from app.services.desks.counting import count_papers
from app.services.desks.handover import hand_over, one_side
from app.unit_of_work import UnitOfWork

TRIED_OUT: Final = "nobody"  # signs while an act is only tried out: who will watch is not known yet
Form = Mapping[str, Any]  # plain JSON: an invitation keeps it until it is answered


@dataclass(frozen=True, slots=True)
class TwoSides:
    """Who asks, at which place; who signs, for which holder, by which `hand`; `marks`: the signature's, for what it confirms."""

    here: Party
    by: str
    side: Party | None
    confirmed_by: str
    now: datetime
    marks: tuple[str, ...] = ()
    hand: SignedBy | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it, for the sentence on the screen."""

    moved: int = 0
    kept: int = 0  # envelopes that no book knows yet
    missing: int = 0  # of a bag
    bag: str = ""
    short: bool = False  # papers were missing at the count
    lines: int = 0
    not_given: tuple[str, ...] = ()  # papers that the citizen never had


@dataclass(frozen=True, slots=True)
class SignedAct:
    """`codes`: the envelopes it is about. `facts`: what else is signed. `perform` checks, and does it whole or not at all."""

    codes: Callable[[Session, Form], Sequence[str]]
    facts: Callable[[Form], dict[str, Any]]
    perform: Callable[[UnitOfWork, Form, TwoSides], Done]


def perform(work: UnitOfWork, act: SigningAct, form: Form, sides: TwoSides) -> Done:
    """Raises what the act's own service raises, and `other_side_elsewhere` or `other_side_not_post`."""
    return ACTS[act].perform(work, form, sides)


def _scanned(_session: Session, form: Form) -> Sequence[str]:
    return [parse_s10(code) for code in form["codes"]]


# -- hand-over


def _hand_over(work: UnitOfWork, form: Form, sides: TwoSides) -> Done:
    if sides.side is None:
        raise DomainError("other_side_missing", kind="invalid", field="party")
    command = HandOver(
        parcel_codes=tuple(form["codes"]),
        giver=sides.here if form["out"] else sides.side,
        taker=sides.side if form["out"] else sides.here,
        operation_id=form["operation"],
        occurred_at=sides.now,
        now=sides.now,
        by=sides.by,
        confirmed_by=sides.confirmed_by,
        marks=sides.marks,
    )
    witnesses.check_hand_over(work, command, sides.here)
    kept = _keep_unknown(work, command) if form["keep_unknown"] else ()
    known = tuple(code for code in command.parcel_codes if code not in kept)
    moved = len(hand_over(work, replace(command, parcel_codes=known))) if known or not kept else 0
    return Done(moved=moved, kept=len(kept))


def _keep_unknown(work: UnitOfWork, command: HandOver) -> tuple[str, ...]:
    """Envelopes that only the courier's phone knows: taken in all the same, and kept until the chain learns of them."""
    if (command.giver.holder, command.taker.holder) != (Holder.COURIER, Holder.OFFICE_SAFE):
        raise DomainError("unknown_only_from_courier", kind="invalid", field="keep_unknown")
    wanted = [parse_s10(code) for code in command.parcel_codes]
    known = set(work.scalars(select(Parcel.code).where(Parcel.code.in_(wanted))))
    unknown = tuple(code for code in wanted if code not in known)
    act = replace(one_side(command), by=f"{command.by}+{command.confirmed_by}")
    for code in unknown:
        unknown_scans.keep(work, code, act, int(command.taker.id or 0))
    return unknown


def _hand_over_facts(form: Form) -> dict[str, Any]:
    return {"way": "out" if form["out"] else "in"}


# -- count


def _count(work: UnitOfWork, form: Form, sides: TwoSides) -> Done:
    command = CountPapers(
        parcel_code=form["parcel"],
        counts={int(line): count for line, count in form["counts"].items()},
        desk_id=int(sides.here.id or 0),
        dossier_code=form["dossier_code"],
        due_on=date.fromisoformat(form["due_on"]) if form["due_on"] else None,
        operation_id=form["operation"],
        now=sides.now,
        by=sides.by,
        confirmed_by=sides.confirmed_by,
        recounted=form["recounted"],
        marks=sides.marks,
    )
    if sides.side is not None:
        witnesses.check_opening(work, command, sides.side)
    parcel = count_papers(work, command)
    return Done(
        short=any(paper.state is PaperState.MISSING for paper in parcel.papers),
        lines=len({paper.line for paper in parcel.papers}),
        not_given=tuple(papers.not_given(work, parcel)),
    )


def _counted(_session: Session, form: Form) -> Sequence[str]:
    return [parse_s10(form["parcel"])]


def _count_facts(form: Form) -> dict[str, Any]:
    return {"counts": [[line, form["counts"][line]] for line in sorted(form["counts"], key=int)]}


# -- bags


def _close_bag(work: UnitOfWork, form: Form, sides: TwoSides) -> Done:
    command = CloseBag(
        parcel_codes=tuple(form["codes"]),
        origin=sides.here,
        destination=Party(Holder(form["destination"][0]), form["destination"][1]),
        seal_number=form["seal_number"],
        operation_id=form["operation"],
        now=sides.now,
        by=sides.by,
        confirmed_by=sides.confirmed_by,
        marks=sides.marks,
    )
    if sides.side is not None:
        witnesses.check_bag(work, command, sides.side)
    bag = close_bag(work, command)
    return Done(moved=len(bag.items), bag=bag.code)


def _open_bag(work: UnitOfWork, form: Form, sides: TwoSides) -> Done:
    command = OpenBag(
        bag_code=form["bag"],
        here=sides.here,
        found=tuple(form["codes"]),
        seal_whole=form["seal_whole"],
        operation_id=form["operation"],
        now=sides.now,
        by=sides.by,
        confirmed_by=sides.confirmed_by,
        note=form["note"],
        marks=sides.marks,
    )
    if sides.side is not None:
        witnesses.check_bag(work, command, sides.side)
    bag = open_bag(work, command)
    return Done(moved=len(command.found), missing=sum(item.found is False for item in bag.items), bag=bag.code)


# -- cash


def _no_envelope(_session: Session, _form: Form) -> Sequence[str]:
    return ()


def _cash_facts(form: Form) -> dict[str, Any]:
    return {"day": form["day"], "cash": dict(form["cash"])}


def _hand_in(work: UnitOfWork, form: Form, sides: TwoSides) -> Done:
    account = whole_number(sides.by.partition(":")[2]) or 0
    command = HandInCash(
        count_id=form["count"],
        office_id=int(sides.here.id or 0),
        account_id=account,
        side=sides.side,
        reason=CashReason(form["reason"]) if form["reason"] else None,
        corrects_id=form["corrects"],
        now=sides.now,
        signed=BY_HAND.get(sides.hand, Signed.ON_SCREEN),
        mark=next(iter(sides.marks), None),
    )
    hand_in(work, command)
    return Done()


def _closing_facts(form: Form) -> dict[str, Any]:
    return {"seal": form["seal_number"], "to": form["destination"]}


def _opening_facts(form: Form) -> dict[str, Any]:
    return {"bag": form["bag"], "seal_whole": form["seal_whole"]}


ACTS: Final[Mapping[SigningAct, SignedAct]] = {
    SigningAct.HAND_OVER: SignedAct(_scanned, _hand_over_facts, _hand_over),
    SigningAct.COUNT: SignedAct(_counted, _count_facts, _count),
    SigningAct.CLOSE_BAG: SignedAct(_scanned, _closing_facts, _close_bag),
    SigningAct.OPEN_BAG: SignedAct(_scanned, _opening_facts, _open_bag),
    SigningAct.CASH: SignedAct(_no_envelope, _cash_facts, _hand_in),
}
