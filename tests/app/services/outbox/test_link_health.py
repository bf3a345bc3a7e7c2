"""Rows of the links as the operator's file names them: on, off, and on again."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Link
from app.services.outbox import link_health, links
from app.unit_of_work import UnitOfWork
from tests.factories import NOW


def on(session: Session) -> set[str]:
    session.expire_all()
    return set(session.scalars(select(Link.name).where(Link.enabled, Link.name.in_(("one_stop", "vnpost")))))


def test_a_link_that_is_named_no_longer_is_off_and_named_again_is_on(session: Session) -> None:
    link_health.register(session, {"one_stop": None, "vnpost": 60})
    link_health.register(session, {"one_stop": None})
    assert on(session) == {"one_stop"}
    link_health.register(session, {"one_stop": None, "vnpost": 60})
    assert on(session) == {"one_stop", "vnpost"}


def test_what_a_person_switched_off_stays_off_at_the_next_start(session: Session) -> None:
    link_health.register(session, {"one_stop": None, "vnpost": 60})
    link_health.switch(session, "vnpost", "staff:1", NOW, on=False)
    session.flush()
    link_health.register(session, {"one_stop": None, "vnpost": 60})
    assert on(session) == {"one_stop"}
    link_health.switch(session, "vnpost", "staff:1", NOW, on=True)
    session.flush()
    link_health.register(session, {"one_stop": None, "vnpost": 60})
    assert on(session) == {"one_stop", "vnpost"}


def test_an_operator_of_messages_carries_no_orders(session: UnitOfWork) -> None:
    link_health.register(session, {"message:esms": None})
    links.forget(session)
    assert links.carrier(session) is None
    assert not links.any_enabled(session)
    link_health.register(session, {"message:esms": None, "vnpost": None})
    links.forget(session)
    assert links.carrier(session) == "vnpost"
