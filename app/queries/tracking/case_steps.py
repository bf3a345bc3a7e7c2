"""What was done about a lost or damaged paper, among the steps of its dossier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.domain.paper_case import CaseStep, FaultSide, due_at
from app.models import PaperCase
from app.queries.tracking.dossier_steps import TrackingStep
from app.texts import say
from app.texts.voice import CASE_OPENED, CASE_STEPS, NO_FAULT, NOTHING_PAID


def with_cases(steps: Sequence[TrackingStep], cases: Sequence[PaperCase], language: str) -> tuple[TrackingStep, ...]:
    """Behind what is done, before what lies ahead: a search may take weeks, and the story goes on meanwhile."""
    ahead = next((place for place, step in enumerate(steps) if step.state == "ahead"), len(steps))
    told = [step for case in cases for step in _told(case, language)]
    return (*steps[:ahead], *told, *steps[ahead:])


def _told(case: PaperCase, language: str) -> Iterator[TrackingStep]:
    parcel = case.incident.parcel_code
    until = due_at(case.opened_at, CaseStep.CALLED)
    yield TrackingStep("case_opened", say(CASE_OPENED, language, parcel=parcel, until=until), case.opened_at, "problem")
    said = {
        "parcel": parcel,
        "amount": f"{case.amount or 0:,}".replace(",", "."),
        "until": due_at(case.opened_at, CaseStep.PAID).date(),
    }
    for done in case.steps:
        if done.step is CaseStep.PAID and not case.amount:
            continue  # nothing was paid
        yield TrackingStep(f"case_{done.step}", say(_words(case, done.step), language, **said), done.at, "done")


def _words(case: PaperCase, step: CaseStep) -> str:
    if step is not CaseStep.AGREED or case.amount:
        return CASE_STEPS[step]
    return NO_FAULT if case.fault is FaultSide.NOBODY else NOTHING_PAID
