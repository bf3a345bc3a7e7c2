"""Somebody asks for a result by its code alone, of a desk near or far: what several modules of tests do alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.entitlement import DecideEntitlement
from app.domain.errors import DomainError
from app.models import Desk, Entitlement, Errand, ServiceRequest
from app.queries.tracking.timeline import timeline
from app.services.booking.book import book
from app.services.booking.entitlements import decide
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, NOW, World, make_desk, make_world, wish_for_result
from tests.factories.counter import number

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def world(session: Session) -> World:
    """The citizen's commune, whose desk has a prefix of its own."""
    world = make_world(session)
    world.desk.dossier_prefix = "H21.91.001"
    session.flush()
    return world


@pytest.fixture
def far(session: Session, world: World) -> Desk:
    """The desk of another commune, as Diên Hồng's is for Ia Krái."""
    return make_desk(session, dossier_prefix="H21.91.002")


def code_of(desk: Desk, serial: int | None = None) -> str:
    return f"{desk.dossier_prefix}-261120-{serial or number():05d}"


def ask(session: UnitOfWork, world: World, code: str, **given: Any) -> ServiceRequest:
    return book(session, wish_for_result(world, code, **given), KEYS)


def of(session: Session, request: ServiceRequest) -> Entitlement:
    return session.get_one(Entitlement, request.dossiers[0].id)


def delivery(session: Session, request: ServiceRequest) -> Errand:
    return session.scalars(select(Errand).where(Errand.request_id == request.id)).one()


def confirm(session: UnitOfWork, request: ServiceRequest, **given: Any) -> Entitlement:
    dossier = request.dossiers[0]
    command = DecideEntitlement(dossier.id, dossier.desk_id, "staff:1", LATER)
    return decide(session, replace(command, **given))


def refused(session: UnitOfWork, request: ServiceRequest, **given: Any) -> str:
    with pytest.raises(DomainError) as refusal:
        confirm(session, request, **given)
    return refusal.value.code


def story(session: Session, request: ServiceRequest) -> tuple[str, str, list[str]]:
    (one,) = timeline(session, request, NOW).stories
    return one.holder, one.next_actor, [step.key for step in one.steps]
