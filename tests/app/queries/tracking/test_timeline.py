"""The timeline: every step, one holder, one next actor, nobody named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.domain.checklist import Tick
from app.domain.commands import PaperTicked
from app.domain.custody import Act, EventKind
from app.domain.errand import ErrandState
from app.domain.parcel import PaperForm
from app.queries.tracking.timeline import Story, timeline
from app.services.custody import chains
from app.services.desks.counting import count_papers
from app.services.desks.handover import hand_over
from app.services.desks.results import result_ready
from app.services.visits.collection import collect
from app.services.visits.delivery import deliver
from app.services.visits.failures import record_failure
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, NOW, make_paper, make_procedure
from tests.factories.custody import (
    AT_THE_DOOR,
    TICKS,
    Road,
    accepted,
    at_desk,
    collected,
    collecting,
    counting,
    delivered,
    delivering,
    failing,
    handing,
    make_outcome,
    make_road,
    next_operation,
    packing,
    result_out,
)


def story(session: Session, road: Road, language: str | None = None) -> Story:
    session.flush()
    session.refresh(road.request)
    (one,) = timeline(session, road.request, NOW, language).stories
    return one


def nothing(session: Session, road: Road) -> None:
    """Booked, nothing more."""


def to_office(session: UnitOfWork, road: Road) -> None:
    hand_over(session, handing(road, [collected(session, road)], road.courier, road.safe))


def packed(session: UnitOfWork, road: Road) -> None:
    accepted(session, road)
    result_ready(session, packing(road))


def at_office(session: UnitOfWork, road: Road) -> None:
    accepted(session, road)
    result = result_ready(session, packing(road))
    hand_over(session, handing(road, [result], road.desk, road.safe, now=AT_THE_DOOR + timedelta(days=1, hours=2)))


def short(session: UnitOfWork, road: Road) -> None:
    count_papers(session, counting(road, at_desk(session, road), counts={1: 0, 3: 2}))


def moved_away(session: UnitOfWork, road: Road) -> None:
    result_out(session, road)
    make_outcome(session, "MOVED", "informant")
    record_failure(session, failing(road, outcome="MOVED", evidence={"informant": "x"}))


def fee_unpaid(session: UnitOfWork, road: Road) -> None:
    result_out(session, road)
    make_outcome(session, "FEE_UNPAID", "amount")
    record_failure(session, failing(road, outcome="FEE_UNPAID", evidence={"amount": "26000"}))


Walk = Callable[[Session, Road], object]


@pytest.mark.parametrize(
    ("walk", "last", "holder", "actor"),
    [
        (nothing, "collection_scheduled", "Ông/bà đang giữ", "Bưu tá: đến nhận hồ sơ Thứ Ba 01/12"),
        (collected, "collected", "Bưu tá của Bưu cục", "Bưu tá: mang phong bì về"),
        (to_office, "dossier_at_office", "Bưu cục Thử", "giao hồ sơ cho Bộ phận một cửa"),
        (at_desk, "handed_to_desk", "Bộ phận một cửa", "kiểm đếm và tiếp nhận"),
        (short, "papers_wanted", "Bộ phận một cửa", "Ông/bà: bổ sung"),
        (accepted, "accepted_until", "Bộ phận một cửa", "trước hết ngày 04/12/2026"),
        (packed, "result_ready", "đang giữ kết quả", "giao kết quả cho bưu cục"),
        (at_office, "delivery_scheduled", "Bưu cục Thử", "Bưu tá: mang kết quả đến nhà"),
        (result_out, "result_out", "Bưu tá của Bưu cục", "Bưu tá: mang kết quả đến nhà"),
        (moved_away, "held", "Bưu tá của Bưu cục", "trước hết ngày"),
        (fee_unpaid, "failed", "Bưu tá của Bưu cục", "Ông/bà: chọn ngày khác"),
        (delivered, "delivered_unconfirmed", "trong tay ông/bà", "báo ngay cho bưu cục"),
    ],
)
def test_at_every_moment_one_holder_and_one_next_actor(
    session: Session, walk: Walk, last: str, holder: str, actor: str
) -> None:
    road = make_road(session)
    walk(session, road)

    told = story(session, road)

    happened = [step.key for step in told.steps if step.state != "ahead"]
    assert last in happened[-2:]
    assert holder in told.holder
    assert actor in told.next_actor


def test_what_lies_ahead_is_shown_without_a_time(session: Session) -> None:
    told = story(session, make_road(session))

    ahead = [(step.key, step.at) for step in told.steps if step.state == "ahead"]
    assert ahead == [
        ("collected", None),
        ("dossier_at_office", None),
        ("handed_to_desk", None),
        ("accepted", None),
        ("result_ready", None),
        ("result_at_office", None),
        ("delivered", None),
    ]


def test_nobody_is_named(session: UnitOfWork) -> None:
    road = make_road(session)
    delivered(session, road)

    told = str(story(session, road))

    for name in (road.world.courier.name, road.world.clerk.name, "Trần Thị Thử", road.request.applicant.name or "!"):
        assert name not in told


def test_a_cancelled_visit_asks_nothing_of_anybody(session: Session) -> None:
    road = make_road(session)
    road.collection.state = road.delivery.state = ErrandState.CANCELLED

    told = story(session, road)

    assert told.steps[-1].key == "collection_cancelled"
    assert told.next_actor == "Yêu cầu đã hủy, không ai phải làm gì thêm."


def test_a_hole_in_the_story_is_said(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collect(session, collecting(road))
    late = Act(
        EventKind.HANDED_OVER,
        road.safe,
        road.desk,
        AT_THE_DOOR,
        AT_THE_DOOR,
        road.by_courier,
        next_operation(),
        late=True,
    )
    chains.append(session, parcel, late)

    told = story(session, road)

    assert told.gap
    assert told.holder == f"Bưu điện đang kiểm tra phong bì {parcel.code} hiện ở đâu."
    assert told.next_actor.startswith("Bưu điện:")


IN_PART = {"papers": {**TICKS, 3: PaperTicked(Tick.MISSING)}, "taken_in_part": True}


def test_what_was_taken_in_part_says_how_many_and_names_what_is_missing(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road, **IN_PART)
    name = next(paper.name for paper in road.dossier.procedure.papers if paper.line == 3)

    (step,) = [step for step in story(session, road).steps if step.key == "collected_in_part"]

    assert step.text == (
        f"Bưu tá đã nhận và niêm phong 1 trên 2 loại giấy tờ, mã bưu gửi {parcel.code}, còn thiếu: {name}"
    )


def test_what_was_taken_in_part_stays_visible_after_the_desk_has_accepted_it(session: UnitOfWork) -> None:
    road = make_road(session)
    accepted(session, road, **IN_PART)

    assert "collected_in_part" in [step.key for step in story(session, road).steps]


def test_originals_taken_at_the_return_are_a_step(session: UnitOfWork) -> None:
    procedure = make_procedure(session, [make_paper(1)], cases=[], originals_due=True)
    road = make_road(session, procedure=procedure)
    result_out(session, road, papers={1: PaperTicked(Tick.IN_ENVELOPE, PaperForm.COPY)}, cases=())
    parcel = collected(session, road, errand_id=road.delivery.id, papers={1: PaperTicked(Tick.IN_ENVELOPE)}, cases=())

    (step,) = [step for step in story(session, road).steps if step.key == "originals_collected"]

    assert parcel.code in step.text


def test_a_failed_try_is_a_step_with_its_reason(session: UnitOfWork) -> None:
    road = make_road(session)
    fee_unpaid(session, road)

    failed = next(step for step in story(session, road).steps if step.key == "failed")

    assert (failed.state, failed.text) == ("problem", "Lần đến thứ 1 chưa xong. Lý do thử FEE_UNPAID.")


def test_tries_are_told_in_the_order_they_came(session: UnitOfWork) -> None:
    road = make_road(session)
    result = result_out(session, road)
    record_failure(session, failing(road, now=AT_THE_DOOR + timedelta(days=2)))
    back = AT_THE_DOOR + timedelta(days=2, hours=4)
    hand_over(session, handing(road, [result], road.courier, road.safe, now=back))

    told = story(session, road)

    assert [step.key for step in told.steps[-6:]] == [
        "result_at_office",
        "result_out",
        "failed",
        "result_back",
        "delivery_scheduled",
        "delivered",
    ]
    times = [step.at for step in told.steps if step.at is not None]
    assert times == sorted(times)


def test_a_request_is_closed_with_its_last_errand(session: UnitOfWork) -> None:
    road = make_road(session)
    result_out(session, road)
    assert not timeline(session, road.request, NOW).closed

    deliver(session, delivering(road), KEYS)
    assert timeline(session, road.request, NOW).closed
