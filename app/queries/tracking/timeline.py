"""The citizen's timeline: every step of each dossier, who holds the papers now, who must act next.

Places are named, people never: neither the courier nor whoever took the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.models import Dossier, PaperCase, ServiceRequest
from app.queries.custody.claims import checked_until
from app.queries.custody.paper_cases import cases_of_envelopes
from app.queries.tracking.case_steps import with_cases
from app.queries.tracking.dossier_history import Road, load_roads
from app.queries.tracking.dossier_steps import TrackingStep, steps_of
from app.queries.tracking.holder import holder_of, next_of
from app.queries.tracking.two_sources import TwoSources, two_sources


@dataclass(frozen=True, slots=True)
class Story:
    """One dossier's way: steps done and ahead, in order."""

    dossier_id: UUID
    title: str
    code: str | None
    desk: str
    due_on: date | None
    steps: tuple[TrackingStep, ...]
    holder: str
    next_actor: str
    gap: bool
    parcel_codes: tuple[str, ...]
    sources: TwoSources
    wanted: tuple[str, ...] = ()  # papers that it lacks
    fetchable: bool = False  # and nobody is coming for them
    unconfirmed: bool = False  # a code alone is known of it: neither whose it is nor where


@dataclass(frozen=True, slots=True)
class Timeline:
    reference: str
    stories: tuple[Story, ...]
    closed: bool
    checked_until: datetime | None = None  # of an unconfirmed report on it that is being looked into

    @property
    def steps(self) -> tuple[TrackingStep, ...]:
        """The steps of all dossiers in one row; a request usually has one dossier."""
        return tuple(step for story in self.stories for step in story.steps)


def timeline(session: Session, request: ServiceRequest, now: datetime, language: str | None = None) -> Timeline:
    """In the reader's language (the request's own when none is given), with when what travels is expected."""
    said_in = language or request.language
    roads = load_roads(session, request, now)
    sources = two_sources(session, roads)
    cases = cases_of_envelopes(session, [parcel.code for road in roads for parcel in road.parcels])
    stories = tuple(_story(road, sources[road.dossier.id], cases, said_in, now) for road in roads)
    return Timeline(request.reference, stories, all(road.over for road in roads), checked_until(session, request.id))


def _story(
    road: Road, sources: TwoSources, cases: Mapping[str, Sequence[PaperCase]], language: str, now: datetime
) -> Story:
    dossier: Dossier = road.dossier
    mine = [case for parcel in road.parcels for case in cases[parcel.code]]
    return Story(
        dossier_id=dossier.id,
        title=dossier.procedure.name,
        code=dossier.code or (road.entitlement.asked_code if road.entitlement is not None else None),
        desk=road.desk,
        due_on=dossier.due_on,
        steps=with_cases(steps_of(road, language), mine, language),
        holder=holder_of(road, language),
        next_actor=next_of(road, language, now),
        gap=any(parcel.gap for parcel in road.parcels),
        parcel_codes=tuple(parcel.code for parcel in road.parcels),
        sources=sources,
        wanted=tuple(paper.name for paper in road.wanted),
        fetchable=road.fetchable,
        unconfirmed=road.unconfirmed,
    )
