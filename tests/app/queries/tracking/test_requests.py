from datetime import timedelta

import pytest
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from app.domain.errand import ErrandKind
from app.domain.errors import DomainError
from app.domain.identity import Channel, parse_phone
from app.domain.wording import tidy
from app.models import ServiceRequest
from app.queries.tracking import requests
from app.services.booking.book import book
from app.texts import explain
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, NOW, World, make_partner, make_world, wish
from tests.factories.planning import make_parcel


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


@pytest.fixture
def booked(session: UnitOfWork, world: World) -> ServiceRequest:
    return book(session, wish(world, phone="0900000042"), KEYS)


def test_the_link_opens_the_request(session: Session, booked: ServiceRequest) -> None:
    assert requests.by_token(session, booked.tracking_token, NOW) is booked


def test_a_guessed_link_opens_nothing(session: Session, booked: ServiceRequest) -> None:
    with pytest.raises(DomainError) as refusal:
        requests.by_token(session, booked.tracking_token[:-1], NOW)
    assert refusal.value.kind == "not_found"


def test_the_link_ends_thirty_days_after_the_end(session: Session, booked: ServiceRequest) -> None:
    booked.tracking_until = NOW + timedelta(days=30)
    session.flush()
    assert requests.by_token(session, booked.tracking_token, NOW + timedelta(days=29)) is booked
    with pytest.raises(DomainError, match="link_expired") as refusal:
        requests.by_token(session, booked.tracking_token, NOW + timedelta(days=30))
    assert refusal.value.kind == "gone"
    assert explain(refusal.value)


def test_the_reference_may_be_typed_carelessly(session: Session, booked: ServiceRequest) -> None:
    assert requests.by_reference(session, f" {booked.reference.lower()} ") is booked


def test_one_telephone_sees_its_own_requests_newest_first(
    session: UnitOfWork, world: World, booked: ServiceRequest
) -> None:
    newer = book(session, wish(world, phone="0900000042", now=NOW + timedelta(minutes=1), again=True), KEYS)
    book(session, wish(world, phone="0900000043"), KEYS)
    assert list(requests.by_phone(session, "0900000042")) == [newer, booked]


def test_a_number_typed_beside_a_helpers_opens_nothing(session: UnitOfWork, world: World) -> None:
    """Nobody tried it: who has that number may be anybody. The helper, who was tried, finds it."""
    helped = {
        "channel": Channel.HELPER,
        "helper_name": tidy("Người Giúp Thử"),
        "helper_phone": parse_phone("0900000045"),
    }
    booked = book(session, wish(world, phone="0900000044", **helped), KEYS)
    assert list(requests.by_phone(session, "0900000044")) == []
    assert list(requests.by_phone(session, "0900000045")) == [booked]


def test_every_code_of_a_request_finds_it_for_its_own_telephone(session: UnitOfWork, booked: ServiceRequest) -> None:
    dossier = booked.dossiers[0]
    dossier.code = "H21.65-261120-0077"
    errand = requests.errands_of(session, booked)[0]
    sealed = make_parcel(session, errand)
    for typed in (booked.reference.lower(), "h21.65-261120-0077", f" {sealed.code[:2]} {sealed.code[2:]}"):
        assert requests.by_phone_and_code(session, "0900000042", typed) is booked
        with pytest.raises(DomainError, match="not_found"):
            requests.by_phone_and_code(session, "0900000043", typed)


def test_a_code_that_is_known_and_one_that_is_not_cost_a_stranger_the_same_statements(
    session: UnitOfWork, booked: ServiceRequest
) -> None:
    booked.dossiers[0].code = "H21.65-261120-0078"
    session.flush()
    asked: list[str] = []
    connection = session.connection()
    listen(connection, "before_cursor_execute", lambda _c, _u, statement, *_: asked.append(statement))
    for code in ("H21.65-261120-0078", "H21.65-261120-0079"):
        with pytest.raises(DomainError, match="not_found"):
            requests.by_phone_and_code(session, "0900000043", code)
    known, unknown = asked
    assert known == unknown


def test_a_partner_finds_its_own_reference_and_nobody_elses(session: UnitOfWork, world: World) -> None:
    one, two = make_partner(session, "one"), make_partner(session, "two")
    booked = book(session, wish(world, partner_id=one.id, external_ref="DON-1"), KEYS)
    assert requests.by_external_ref(session, one.id, "DON-1") is booked
    with pytest.raises(DomainError, match="not_found"):
        requests.by_external_ref(session, two.id, "DON-1")


def test_a_request_is_found_by_its_id(session: Session, booked: ServiceRequest) -> None:
    assert requests.by_id(session, booked.id) is booked


def test_the_collection_comes_before_the_delivery(session: Session, booked: ServiceRequest) -> None:
    kinds = [errand.kind for errand in requests.errands_of(session, booked)]
    assert kinds == [ErrandKind.COLLECT, ErrandKind.DELIVER]
