"""A dossier of a citizen who must not be read on any page of the joined systems; an administrator and a coordinator."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.identity import Role
from app.models import AuditEvent, Dossier, Errand
from tests.app.web.conftest import SignIn
from tests.factories import make_applicant, make_dossier, make_errand, make_place, make_request, make_staff

CODE = "H21.65-261130-0021"
NAME, PHONE, ADDRESS = "Nguyễn Văn Thử Che", "0900000123", "Thôn Thử Che, nhà 7"


@dataclass
class Case:
    dossier: Dossier
    errand: Errand

    def leaks(self, page: str) -> list[str]:
        """What of the citizen stands on the page."""
        spoken = (NAME, NAME.upper(), "Thử Che", PHONE, "0900 000 123", ADDRESS)
        return [text for text in spoken if text in page]


@pytest.fixture
def case(session: Session) -> Case:
    place = make_place(session, address=ADDRESS)
    request = make_request(session, applicant=make_applicant(session, name=NAME, phone=PHONE), place=place)
    dossier = make_dossier(session, request, code=CODE)
    return Case(dossier, make_errand(session, request, dossiers=[dossier]))


@pytest.fixture
def admin(session: Session, client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    sign_in(make_staff(session, Role.ADMIN))
    return client


@pytest.fixture
def coordinator(session: Session, client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    sign_in(make_staff(session, Role.COORDINATOR))
    return client


def audited(session: Session, action: str) -> list[str]:
    """The objects of this action."""
    return list(session.scalars(select(AuditEvent.object_id).where(AuditEvent.action == action)))
