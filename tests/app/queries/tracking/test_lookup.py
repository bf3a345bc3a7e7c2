"""What people say on the telephone leads to the request, the office, the courier."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.identity import Channel
from app.domain.lookup import read_sought
from app.models import Courier, Errand, ServiceRequest
from app.queries.tracking import lookup
from app.queries.tracking.lookup import FoundBy, LookupResult, look_up
from app.unit_of_work import UnitOfWork
from tests.factories import (
    DAY,
    NOW,
    make_applicant,
    make_courier,
    make_dossier,
    make_errand,
    make_office,
    make_place,
    make_request,
)
from tests.factories.planning import make_day, make_plan


@pytest.fixture
def asked(session: Session) -> ServiceRequest:
    request = make_request(
        session,
        reference="TN-WQMXGC",
        applicant=make_applicant(session, name="Đặng Minh Ví Dụ", phone="0900008106"),
        place=make_place(session, address="Số 75, đường Mẫu 15", landmark="cạnh Trường tiểu học"),
    )
    make_errand(session, request=request)
    return request


def found(session: Session, typed: str, office_ids: set[int] | None = None) -> LookupResult:
    return look_up(session, read_sought(typed), DAY, office_ids)


@pytest.mark.parametrize(
    ("typed", "by"),
    [
        ("TN-WQMXGC", FoundBy.CODE),
        ("wqmxgc", FoundBy.CODE),
        ("tn wqm", FoundBy.CODE),
        ("8106", FoundBy.PHONE),
        ("0900 008 106", FoundBy.PHONE),
        ("Đặng Minh", FoundBy.NAME),
        ("dang minh vi du", FoundBy.NAME),
        ("VÍ DỤ", FoundBy.NAME),
        ("duong mau 15", FoundBy.ADDRESS),
        ("truong tieu hoc", FoundBy.ADDRESS),
        ("75 mau", FoundBy.ADDRESS),
    ],
)
def test_a_request_is_found_by_whatever_is_said(
    session: Session, asked: ServiceRequest, typed: str, by: FoundBy
) -> None:
    make_errand(session)
    (hit,) = found(session, typed).requests
    assert (hit.request.id, hit.by) == (asked.id, by)
    assert hit.visit is not None


def test_a_dossier_and_an_envelope_lead_to_their_request(session: Session) -> None:
    dossier = make_dossier(session, code="H21.23.563-261120-00003")
    (hit,) = found(session, "h21.23.563-261120-00003").requests
    assert hit.request.id == dossier.request_id


def test_whoever_books_for_another_is_found_too(session: Session) -> None:
    request = make_request(session, channel=Channel.HELPER, helper_name="Trưởng thôn Mẫu", helper_phone="0900077123")
    assert [hit.request.id for hit in found(session, "truong thon").requests] == [request.id]
    assert [hit.request.id for hit in found(session, "77123").requests] == [request.id]


def test_nothing_of_other_offices_is_found(session: Session, asked: ServiceRequest) -> None:
    errand = session.query(Errand).filter_by(request_id=asked.id).one()
    for typed in ("wqmxgc", "8106", "dang minh", "duong mau"):
        assert found(session, typed, {errand.office_id}).requests
        assert not found(session, typed, {errand.office_id + 1})


def test_offices_and_couriers_are_found_by_their_names(session: UnitOfWork) -> None:
    day = make_day(session, offices=2, errands=4, couriers=1)
    plan = make_plan(session)
    office = day.offices[0]
    office.name, other = "Bưu cục Diên Hồng", make_office(session, name="Bưu cục Ia Krái")
    courier = session.query(Courier).filter_by(office_id=office.id).first()
    assert courier is not None
    courier.name = "Hồ Thị Thử"
    make_courier(session, office=other, name="Hồ Văn Khác")
    session.flush()
    hits = found(session, "dien hong")
    assert [one.id for one in hits.offices] == [office.id]
    hits = found(session, "ho thi")
    assert [(one.courier.id, one.route_id) for one in hits.couriers] == [(courier.id, None)]
    session.execute(text("update plan_office set published = true where plan_id = :plan"), {"plan": plan.id})
    route = next(route for route in plan.routes if route.courier_id == courier.id)
    assert found(session, "ho thi").couriers[0].route_id == route.id
    assert not found(session, "ho thi", {other.id}).couriers


def test_words_that_very_many_have_are_found_among_the_newest(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "COMMON", 2)
    monkeypatch.setattr(lookup, "NEWEST", 3)
    for n in range(5):
        name, place = make_applicant(session, name="Lê Văn Đông"), make_place(session, address="Thôn Mẫu 9")
        request = make_request(
            session, reference=f"TN-DONG{n}", applicant=name, place=place, created_at=NOW + timedelta(days=n),
            channel=Channel.HELPER, helper_name="Trưởng thôn Chín",
        )  # fmt: skip
        make_errand(session, request=request)
    for typed in ("van dong", "thon mau", "thon chin"):
        hits = found(session, typed).requests
        assert [hit.request.reference for hit in hits] == ["TN-DONG4", "TN-DONG3", "TN-DONG2"]
        assert not found(session, typed, {0})


def test_of_many_the_newest_are_shown_and_that_there_are_more(session: Session) -> None:
    for _ in range(10):
        make_request(session, applicant=make_applicant(session, name="Lê Văn Đông Đúc"))
    hits = found(session, "dong duc")
    assert (len(hits.requests), hits.more) == (8, True)
    assert not found(session, "khong co ai")


@pytest.mark.parametrize("typed", ["'", "%%%", "\\", "a & b", "x:*", "!!", "((", "một | hai", "\x00ab"])
def test_whatever_is_typed_breaks_nothing(session: Session, typed: str) -> None:
    found(session, typed)
