"""The desk's page names the dossiers whose date needs a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.domain.dossier import DossierState
from app.domain.due_date import DueTold
from app.models import Dossier
from app.services.desks import due_dates
from tests.app.web.desks.conftest import TODAY, Place
from tests.factories import NOW

PAGE = "/mot-cua/"


@pytest.fixture
def dossier(at_desk: Place, session: Session) -> Dossier:
    dossier = at_desk.road.dossier
    dossier.state, dossier.code = DossierState.IN_PROCESS, "H21.65-261130-0080"
    dossier.due_on = TODAY + timedelta(days=30)
    session.flush()
    return dossier


def section(place: Place) -> str:
    """The part of the page about due dates; empty when there is none."""
    return place.client.get(PAGE).text.partition('id="due-dates"')[2].partition("</section>")[0]


def test_a_dossier_near_its_date_is_named_with_the_apology_that_the_law_wants(
    at_desk: Place, session: Session, dossier: Dossier
) -> None:
    assert section(at_desk) == ""
    dossier.due_on = TODAY + timedelta(days=1)
    session.flush()
    told = section(at_desk)
    assert "H21.65-261130-0080" in told
    assert "thư xin lỗi bằng văn bản và ngày trả mới" in told


def test_one_that_had_its_re_dating_can_have_no_other(at_desk: Place, session: Session, dossier: Dossier) -> None:
    due_dates.tell(session, dossier, DueTold(TODAY + timedelta(days=1), 4, "partner:1", NOW))
    session.flush()
    assert "không được hẹn lại nữa" in section(at_desk)


def test_a_date_moved_again_is_shown_until_somebody_has_looked(
    at_desk: Place, session: Session, dossier: Dossier
) -> None:
    for days in (40, 50):
        on = TODAY + timedelta(days=days)
        due_dates.tell(session, dossier, DueTold(on, 4, "one_stop", NOW, binding=True))
    address = f"/mot-cua/ngay-hen/{dossier.id}/da-xem"
    assert address in section(at_desk)
    assert at_desk.client.post(address).status_code == 303
    assert section(at_desk) == ""
    assert at_desk.client.post(address).status_code == 404
