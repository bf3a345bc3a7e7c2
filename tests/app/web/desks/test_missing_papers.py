"""Papers that a dossier lacks are fetched: booked by the citizen's link, by the clerk who counted short, at the counter."""

from __future__ import annotations

from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.errand import ErrandState
from app.domain.identity import Role
from app.models import AuditEvent, Errand
from app.services.booking import slots
from app.services.desks.counting import count_papers
from app.unit_of_work import UnitOfWork
from tests.app.web.conftest import SignIn
from tests.app.web.desks.conftest import TODAY, Place
from tests.app.web.desks.test_counting import count
from tests.factories import make_desk, make_office, make_staff, make_unit
from tests.factories.custody import at_desk as brought_to_desk
from tests.factories.custody import counting
from tests.factories.times import NOW

MISSING = "Giấy tờ tùy thân thử"


@pytest.fixture
def lacking(place: Place, session: UnitOfWork) -> Place:
    """The desk did not find paper 3."""
    parcel = brought_to_desk(session, place.road)
    count_papers(session, counting(place.road, parcel, counts={1: 1, 3: 0}))
    return place


def slot(session: UnitOfWork, place: Place) -> dict[str, int]:
    later = NOW.replace(day=4, month=12)
    assert later.date() == TODAY
    return {"slot": slots.open_slots(session, place.road.world.unit.code, later)[0].id}


def visits(session: UnitOfWork) -> list[Errand]:
    return list(session.scalars(select(Errand).where(Errand.only_lines.is_not(None))))


def link_of(place: Place) -> str:
    return f"/theo-doi/{place.road.request.tracking_token}"


def fetching(place: Place, side: str = "") -> str:
    return f"{side or link_of(place)}/giay-con-thieu/{place.road.dossier.id}"


def read(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.text)


def test_the_citizens_page_offers_to_have_the_missing_paper_fetched(lacking: Place) -> None:
    page = read(lacking.client, link_of(lacking))
    assert (MISSING in page, fetching(lacking) in page) == (True, True)


def test_the_citizen_books_the_visit_by_the_link(lacking: Place, session: UnitOfWork) -> None:
    answer = lacking.client.post(fetching(lacking), data=slot(session, lacking))
    assert (answer.status_code, answer.location) == (303, link_of(lacking))
    assert [(one.state, one.only_lines) for one in visits(session)] == [(ErrandState.SCHEDULED, [3])]


def test_what_is_booked_is_offered_no_more(lacking: Place, session: UnitOfWork) -> None:
    lacking.client.post(fetching(lacking), data=slot(session, lacking))
    assert fetching(lacking) not in read(lacking.client, link_of(lacking))


def test_the_price_is_said_before_the_citizen_books(lacking: Place) -> None:
    assert "Không mất tiền." in read(lacking.client, fetching(lacking))


def test_no_time_chosen_is_said_at_the_times(lacking: Place) -> None:
    answer = lacking.client.post(fetching(lacking), data={})
    assert (answer.status_code, "Xin chọn một giờ hẹn." in unescape(answer.text)) == (422, True)


def test_another_requests_dossier_is_not_behind_this_link(lacking: Place) -> None:
    assert lacking.client.get(f"{link_of(lacking)}/giay-con-thieu/{lacking.road.request.id}").status_code == 404


def test_the_clerk_who_counts_short_is_led_to_the_visit(at_desk: Place, session: UnitOfWork) -> None:
    parcel = brought_to_desk(session, at_desk.road)
    answer = count(at_desk, parcel, paper_3="0", recounted="1")
    assert answer.location == fetching(at_desk, "/mot-cua")


@pytest.mark.parametrize(("account", "side"), [("clerk", "/mot-cua"), ("counter", "/buu-cuc")])
def test_staff_book_the_visit_for_the_citizen(
    lacking: Place, session: UnitOfWork, sign_in: SignIn, account: str, side: str
) -> None:
    sign_in(getattr(lacking, account))
    assert fetching(lacking, side) in read(lacking.client, f"{side}/giay-con-thieu/")
    assert MISSING in read(lacking.client, fetching(lacking, side))
    assert lacking.client.post(fetching(lacking, side), data=slot(session, lacking)).status_code == 303
    (visit,) = visits(session)
    told = session.scalars(select(AuditEvent.actor).where(AuditEvent.action == "fetch_missing"))
    assert (visit.only_lines, list(told)) == ([3], [f"staff:{getattr(lacking, account).id}"])


def test_a_coordinator_finds_the_offer_on_the_requests_page(
    lacking: Place, session: UnitOfWork, sign_in: SignIn
) -> None:
    sign_in(make_staff(session, Role.COORDINATOR))
    page = read(lacking.client, f"/dieu-phoi/yeu-cau/{lacking.road.request.reference}")
    assert fetching(lacking, "/dieu-phoi") in page


@pytest.mark.parametrize(("role", "side"), [(Role.DESK_CLERK, "/mot-cua"), (Role.COUNTER, "/buu-cuc")])
def test_another_places_dossier_is_nobodys_business(
    lacking: Place, session: UnitOfWork, sign_in: SignIn, role: Role, side: str
) -> None:
    away = make_unit(session)
    place = (
        {"desk": make_desk(session, unit=away)}
        if role is Role.DESK_CLERK
        else {"office": make_office(session, unit=away)}
    )
    sign_in(make_staff(session, role, **place))
    assert fetching(lacking, side) not in read(lacking.client, f"{side}/giay-con-thieu/")
    assert lacking.client.get(fetching(lacking, side)).status_code == 404
    assert lacking.client.post(fetching(lacking, side), data=slot(session, lacking)).status_code == 404
