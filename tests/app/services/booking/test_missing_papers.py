"""A visit for the papers that a dossier lacks: which, at what price, into which envelope, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import local_day
from app.domain.agency import DeskAnswer
from app.domain.checklist import Tick
from app.domain.commands import CancelErrand, PaperTicked
from app.domain.dossier import DossierState
from app.domain.errand import ErrandKind, ErrandState
from app.domain.errors import DomainError
from app.domain.operation import OperationKind
from app.domain.parcel import PaperForm, ParcelPurpose
from app.domain.tariff import ChargeKind
from app.domain.wording import tidy
from app.models import Charge, Errand, Message, Parcel, ServiceRequest, Transfer
from app.queries.desks.papers import still_wanted
from app.queries.tracking.timeline import Story, timeline
from app.services.booking import errands, missing_papers, slots
from app.services.desks import refusals
from app.services.desks.accepting import Accepting, accept
from app.services.desks.counting import count_papers
from app.services.desks.dossier_steps import learn
from app.services.desks.handover import hand_over
from app.services.desks.transfers import papers_to_pack
from app.services.visits.collection import collect
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import label as next_label
from tests.app.services.sync.street import make_street, with_courier
from tests.app.services.sync.street import seal as next_seal
from tests.factories import make_world
from tests.factories import operations as say
from tests.factories.custody import (
    AT_THE_DOOR,
    TICKS,
    Road,
    at_desk,
    collected,
    collecting,
    counting,
    handing,
    make_road,
)

NOW = AT_THE_DOOR + timedelta(hours=7)
MISSING = PaperTicked(Tick.MISSING)
GIVEN = PaperTicked(Tick.IN_ENVELOPE, PaperForm.CERTIFIED, 2)


def in_part(session: UnitOfWork) -> Road:
    """Collected without paper 3, and taken in by the desk."""
    road = make_road(session)
    parcel = at_desk(session, road, papers={**TICKS, 3: MISSING}, taken_in_part=True)
    count_papers(session, counting(road, parcel))
    return road


def short(session: UnitOfWork, road: Road | None = None) -> Road:
    """Paper 3 was in the envelope, by the list that both signed; the desk did not find it."""
    road = road or make_road(session)
    count_papers(session, counting(road, at_desk(session, road), counts={1: 1, 3: 0}))
    return road


def asked_for(session: UnitOfWork) -> Road:
    """Everything came; then the desk asked for paper 1 once more."""
    road = make_road(session)
    count_papers(session, counting(road, at_desk(session, road)))
    ask_for(session, road, 1, NOW)
    return road


def ask_for(session: UnitOfWork, road: Road, line: int, at: datetime) -> None:
    said = DeskAnswer(
        dossier_id=road.dossier.id,
        desk_id=road.world.desk.id,
        reason=tidy("tờ khai chưa ký"),
        legal_basis=tidy("Điều 1"),
        by=road.by_clerk,
        now=at,
        lines=frozenset({line}),
    )
    refusals.ask_papers(session, said)


def a_slot(session: UnitOfWork, road: Road, now: datetime = NOW) -> int:
    return slots.open_slots(session, road.world.unit.code, now)[0].id


def fetch(session: UnitOfWork, road: Road) -> Errand:
    return missing_papers.fetch(session, road.dossier.id, a_slot(session, road), "staff:1", NOW)


def refused(session: UnitOfWork, road: Road) -> str:
    with pytest.raises(DomainError) as refusal:
        fetch(session, road)
    return refusal.value.code


def brought(session: UnitOfWork, road: Road, visit: Errand, papers: Mapping[int, PaperTicked]) -> Parcel:
    """Taken at the visit, and carried to the desk."""
    errands.advance(visit, ErrandState.PLANNED)
    then = NOW + timedelta(days=1)
    door = {"errand_id": visit.id, "cases": (), "occurred_at": then, "now": then, "taken_in_part": True}
    parcel = collect(session, collecting(road, papers=papers, **door))
    hand_over(session, handing(road, [parcel], road.courier, road.safe, now=then + timedelta(hours=1)))
    hand_over(session, handing(road, [parcel], road.safe, road.desk, now=then + timedelta(hours=2)))
    return parcel


def counted(session: UnitOfWork, road: Road, parcel: Parcel, **given: object) -> None:
    later = NOW + timedelta(days=1, hours=3)
    count_papers(session, counting(road, parcel, **{"dossier_code": None, "due_on": None, "now": later, **given}))


def wanted(session: Session, road: Road) -> list[int]:
    session.flush()
    return [paper.line for paper in still_wanted(session, road.dossier)]


def story(session: Session, road: Road) -> Story:
    session.flush()
    session.refresh(road.request)
    (one,) = timeline(session, road.request, NOW).stories
    return one


# -- what it is for


@pytest.mark.parametrize(("lacking", "lines"), [(in_part, [3]), (short, [3]), (asked_for, [1])])
def test_a_visit_is_booked_for_just_the_papers_that_are_wanted(
    session: UnitOfWork, lacking: object, lines: list[int]
) -> None:
    visit = fetch(session, lacking(session))  # type: ignore[operator]  # one of the functions above

    assert (visit.kind, visit.state, visit.only_lines) == (ErrandKind.COLLECT, ErrandState.SCHEDULED, lines)


def test_nothing_is_fetched_for_a_whole_dossier(session: UnitOfWork) -> None:
    road = make_road(session)
    count_papers(session, counting(road, at_desk(session, road)))

    assert refused(session, road) == "no_paper_missing"


def test_one_visit_at_a_time_comes_for_the_papers(session: UnitOfWork) -> None:
    road = short(session)
    fetch(session, road)

    assert refused(session, road) == "visit_stands"


def test_a_visit_that_was_called_off_may_be_booked_again(session: UnitOfWork) -> None:
    road = short(session)
    errands.cancel(session, CancelErrand(fetch(session, road).id, "staff:1", NOW))

    assert fetch(session, road).state is ErrandState.SCHEDULED


def test_calling_it_off_leaves_the_result_to_be_brought_home(session: UnitOfWork) -> None:
    road = short(session)
    errands.cancel(session, CancelErrand(fetch(session, road).id, "staff:1", NOW))

    assert road.delivery.state is ErrandState.REQUESTED


def test_the_link_lives_on_as_long_as_the_visit_stands(session: UnitOfWork) -> None:
    road = short(session)
    session.get_one(ServiceRequest, road.request.id).tracking_until = NOW + timedelta(days=30)
    fetch(session, road)

    assert road.request.tracking_until is None


# -- what it costs


def charges(session: UnitOfWork, visit: Errand) -> list[tuple[str, int | None, str]]:
    session.flush()
    mine = session.scalars(select(Charge).where(Charge.errand_id == visit.id))
    return [(charge.kind.value, charge.amount, charge.discount) for charge in mine]


def test_a_paper_that_the_citizen_did_not_have_costs_the_postage(session: UnitOfWork) -> None:
    assert charges(session, fetch(session, in_part(session))) == [("postage", 26_000, "none")]


def test_a_paper_that_was_given_and_never_came_is_fetched_at_the_posts_cost(session: UnitOfWork) -> None:
    assert charges(session, fetch(session, short(session))) == []


def test_a_reduction_of_the_postage_holds_for_this_visit_too(session: UnitOfWork) -> None:
    road = in_part(session)
    before = {"request_id": road.request.id, "dossier_id": road.dossier.id, "errand_id": road.collection.id}
    session.add(Charge(**before, kind=ChargeKind.POSTAGE, amount=13_000, basis="thử", discount="half"))
    session.flush()

    assert charges(session, fetch(session, road)) == [("postage", 13_000, "half")]


# -- at the door


def test_its_papers_go_into_an_envelope_of_their_own(session: UnitOfWork) -> None:
    road = short(session)
    parcel = brought(session, road, fetch(session, road), {3: GIVEN})

    assert (parcel.purpose, [paper.line for paper in parcel.papers]) == (ParcelPurpose.SUPPLEMENT, [3])


def test_no_case_is_asked_of_a_dossier_that_came_without_one(session: UnitOfWork) -> None:
    road = short(session)
    road.dossier.cases = []  # an agency's, which tells none

    assert brought(session, road, fetch(session, road), {3: GIVEN}).purpose is ParcelPurpose.SUPPLEMENT


def test_a_phone_of_before_that_shows_the_whole_list_is_understood(session: UnitOfWork) -> None:
    road = short(session, make_road(session, with_courier(session, make_world(session))))
    visit = fetch(session, road)
    street = make_street(session, replace(road, collection=visit))
    errands.advance(visit, ErrandState.PLANNED)
    papers = {"1": {"tick": "missing", "form": "original", "count": 1}, "3": say.PAPERS["3"]}
    payload = say.collected(road.dossier, next_label(), next_seal(), papers=papers, in_part=True)
    street.later(hours=1)  # of the day for which its route is published
    street.record(OperationKind.COLLECTED, payload, visit, files=say.proof_of_collection(street.phone.random))

    answer = street.one()

    assert (answer["reviews"], wanted(session, road)) == ([], [])


def test_a_second_envelope_at_the_same_visit_is_refused(session: UnitOfWork) -> None:
    road = short(session)
    visit = fetch(session, road)
    brought(session, road, visit, {3: GIVEN})

    with pytest.raises(DomainError) as refusal:
        collect(session, collecting(road, errand_id=visit.id, papers={3: GIVEN}))
    assert refusal.value.code == "dossier_already_collected"


# -- at the desk


def test_the_count_puts_both_envelopes_together_and_the_dossier_is_taken_in(session: UnitOfWork) -> None:
    road = short(session)
    counted(session, road, brought(session, road, fetch(session, road), {3: GIVEN}))

    assert (wanted(session, road), road.dossier.state) == ([], DossierState.ACCEPTED)


def test_a_dossier_that_was_taken_in_before_goes_on_where_it_stood(session: UnitOfWork) -> None:
    road = asked_for(session)
    given = {1: PaperTicked(Tick.IN_ENVELOPE, PaperForm.ORIGINAL, 1)}
    counted(session, road, brought(session, road, fetch(session, road), given))

    assert (wanted(session, road), road.dossier.state) == ([], DossierState.IN_PROCESS)


def test_what_is_short_again_is_wanted_again(session: UnitOfWork) -> None:
    road = short(session)
    counted(session, road, brought(session, road, fetch(session, road), {3: GIVEN}), counts={3: 0})

    assert (wanted(session, road), road.dossier.state) == ([3], DossierState.PAPERS_WANTED)


def test_the_count_that_makes_it_whole_says_the_new_due_date(session: UnitOfWork) -> None:
    road = asked_for(session)
    given = {1: PaperTicked(Tick.IN_ENVELOPE, PaperForm.ORIGINAL, 1)}
    parcel, anew = brought(session, road, fetch(session, road), given), local_day(NOW) + timedelta(days=9)
    counted(session, road, parcel, due_on=anew)

    told = session.scalars(select(Message).where(Message.trigger.endswith(f"due:{road.dossier.id}:{anew}"))).all()
    assert (road.dossier.due_on, [one.template for one in told]) == (anew, ["accepted_until"])


def test_papers_of_both_envelopes_travel_on_together(session: UnitOfWork) -> None:
    road = short(session)
    counted(session, road, brought(session, road, fetch(session, road), {3: GIVEN}))
    lines, _typed = papers_to_pack(session, Transfer(dossier_id=road.dossier.id), {})

    assert [paper.line for paper in lines] == [1, 3]


@pytest.mark.parametrize("hours", [1, 2])
def test_what_was_asked_for_before_everything_was_there_is_not_wanted_again(session: UnitOfWork, hours: int) -> None:
    road = asked_for(session)
    accept(session, Accepting(road.dossier.id, road.world.desk.id, None, None, road.by_clerk, NOW + timedelta(hours=1)))
    ask_for(session, road, 3, NOW + timedelta(hours=hours))

    assert wanted(session, road) == [3]


def test_what_was_asked_for_before_the_one_stop_side_moved_on_is_not_wanted_again(session: UnitOfWork) -> None:
    road = asked_for(session)
    moved = NOW + timedelta(hours=1)
    learn(session, road.dossier, DossierState.IN_PROCESS, by="one_stop", at=moved, now=moved)
    ask_for(session, road, 3, NOW + timedelta(hours=2))

    assert wanted(session, road) == [3]
    assert story(session, road).wanted == tuple(paper.name for paper in still_wanted(session, road.dossier))


# -- what is told


def test_the_page_names_what_is_wanted_until_nothing_is(session: UnitOfWork) -> None:
    road = short(session)
    before = story(session, road)
    visit = fetch(session, road)
    booked = story(session, road)
    parcel = brought(session, road, visit, {3: GIVEN})
    on_the_way = story(session, road)
    counted(session, road, parcel)
    after = story(session, road)

    stories = (before, booked, on_the_way, after)
    assert [(bool(one.wanted), one.fetchable) for one in stories] == [
        (True, True),
        (True, False),
        (False,) * 2,
        (False,) * 2,
    ]
    assert [step.key for step in after.steps if step.key.startswith("supplement")] == [
        "supplement_scheduled",
        "supplement_collected",
        "supplement_counted",
    ]


def test_what_was_wanted_at_a_count_stays_told_of_that_day(session: UnitOfWork) -> None:
    road = short(session)
    counted(session, road, brought(session, road, fetch(session, road), {3: GIVEN}), counts={3: 0})
    then = [step.text for step in story(session, road).steps if step.key == "still_wanted"]
    accept(session, Accepting(road.dossier.id, road.world.desk.id, None, None, road.by_clerk, NOW + timedelta(days=2)))
    ask_for(session, road, 1, NOW + timedelta(days=3))

    assert len(then) == 1
    assert [step.text for step in story(session, road).steps if step.key == "still_wanted"] == then


def test_what_was_whole_at_a_count_stays_told_as_whole(session: UnitOfWork) -> None:
    road = short(session)
    counted(session, road, brought(session, road, fetch(session, road), {3: GIVEN}))
    ask_for(session, road, 1, NOW + timedelta(days=3))

    told = [step.key for step in story(session, road).steps]
    assert ("supplement_counted" in told, "still_wanted" in told) == (True, False)


def test_while_its_envelope_travels_both_holders_are_named(session: UnitOfWork) -> None:
    road = short(session)
    visit = fetch(session, road)
    errands.advance(visit, ErrandState.PLANNED)
    then = NOW + timedelta(days=1)
    parcel = collect(session, collecting(road, errand_id=visit.id, papers={3: GIVEN}, occurred_at=then, now=then))
    told = story(session, road)

    assert road.world.desk.name in told.holder
    assert parcel.code in told.holder
    assert told.next_actor.startswith("Bưu tá: mang phong bì về")


def test_what_is_missing_may_be_fetched_before_the_first_envelope_is_counted(session: UnitOfWork) -> None:
    road = make_road(session)
    collected(session, road, papers={**TICKS, 3: MISSING}, taken_in_part=True)

    assert story(session, road).fetchable is True
