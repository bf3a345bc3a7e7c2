"""A planned day of two offices, a coordinator who sees both, and a manager who sees the first."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.domain.identity import Role
from app.models import Errand, Office, Plan, Route, Stop
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.factories import make_office, make_staff, make_unit
from tests.factories.planning import PlannableDay, make_day, make_plan


@dataclass
class Scene:
    day: PlannableDay
    plan: Plan

    @property
    def own(self) -> Office:
        return self.day.offices[0]

    @property
    def foreign(self) -> Office:
        return self.day.offices[1]

    def route(self, office: Office, number: int = 1) -> Route:
        return next(route for route in self.plan.routes if route.office_id == office.id and route.number == number)

    def stop(self, office: Office) -> Stop:
        return self.route(office).stops[0]

    def errand(self, office: Office) -> Errand:
        """One that the first courier visits."""
        return self.stop(office).errands[0]


@pytest.fixture
def scene(session: UnitOfWork) -> Scene:
    day = make_day(session, offices=2, errands=6, couriers=2)
    return Scene(day, make_plan(session))


@pytest.fixture
def coordinator(session: Session, client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    sign_in(make_staff(session, Role.COORDINATOR))
    return client


@pytest.fixture
def manager(session: Session, client: FlaskClient, sign_in: SignIn, scene: Scene) -> FlaskClient:
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=scene.own))
    return client


@pytest.fixture
def stranger(session: Session, client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """A manager of an office that has nothing to do with the scene."""
    office = make_office(session, unit=make_unit(session))
    sign_in(make_staff(session, Role.OFFICE_MANAGER, office=office))
    return client
