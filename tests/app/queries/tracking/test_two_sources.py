"""The one-stop system's word and the post's stand side by side, each with who told it and when."""

from __future__ import annotations

from datetime import timedelta

from app.domain.custody import EventKind, Holder
from app.domain.dossier import DossierState
from app.models import CarrierOrder, DossierStep, OneStopLine
from app.queries.tracking.timeline import timeline
from app.queries.tracking.two_sources import OneStopWord, PostWord, ToldBy, TwoSources
from app.texts.two_sources import POST, TOLD_BY
from app.unit_of_work import UnitOfWork
from tests.factories import NOW
from tests.factories.custody import AT_THE_DOOR, Road, at_desk, collected, make_road
from tests.factories.links import make_link

CODE = "H21.65-261120-0078"


def sides(session: UnitOfWork, road: Road) -> TwoSources:
    session.flush()
    session.refresh(road.request)
    (story,) = timeline(session, road.request, NOW).stories
    return story.sources


def test_nothing_is_said_for_a_side_that_has_said_nothing(session: UnitOfWork) -> None:
    assert sides(session, make_road(session)) == TwoSources(None, None)


def test_the_post_tells_its_newest_act_with_the_envelope_and_who_told_it(session: UnitOfWork) -> None:
    road = make_road(session)
    parcel = collected(session, road)
    assert sides(session, road).post == PostWord("sealed", AT_THE_DOOR, ToldBy.COURIER, parcel.code)
    other = make_road(session, road.world)
    there = at_desk(session, other)
    at = AT_THE_DOOR + timedelta(hours=5)
    assert sides(session, other).post == PostWord("desk", at, ToldBy.DESK, there.code)


def test_what_the_exchange_says_stands_beside_what_we_have(session: UnitOfWork) -> None:
    road = make_road(session, code=CODE, state=DossierState.ACCEPTED)
    road.dossier.seen_state, road.dossier.seen_at = DossierState.FINISHED, NOW
    assert sides(session, road).one_stop == OneStopWord(DossierState.FINISHED, NOW, ToldBy.EXCHANGE)


def test_the_newest_word_of_theirs_is_the_one_that_counts(session: UnitOfWork) -> None:
    road = make_road(session, code=CODE)
    road.dossier.seen_state, road.dossier.seen_at = DossierState.ACCEPTED, NOW - timedelta(hours=3)
    for hours, state in ((2, DossierState.IN_PROCESS), (1, DossierState.FINISHED)):
        told_at = NOW - timedelta(hours=hours)
        given = {"desk_id": road.dossier.desk_id, "day": told_at.date() - timedelta(days=hours), "by": "staff:1"}
        session.add(OneStopLine(code=CODE, state=state, told_at=told_at, **given))
    word = sides(session, road).one_stop
    assert word == OneStopWord(DossierState.FINISHED, NOW - timedelta(hours=1), ToldBy.FILE)


def test_a_clerks_entry_is_not_given_out_as_the_one_stop_systems(session: UnitOfWork) -> None:
    road = make_road(session, code=CODE)
    given = {"dossier_id": road.dossier.id, "state": DossierState.ACCEPTED, "by": "staff:1"}
    session.add(DossierStep(at=NOW, recorded_at=NOW, **given))
    assert sides(session, road).one_stop == OneStopWord(DossierState.ACCEPTED, NOW, ToldBy.CLERK)


def test_where_they_hold_no_such_dossier_that_is_said(session: UnitOfWork) -> None:
    road = make_road(session, code=CODE)
    road.dossier.seen_state, road.dossier.seen_at = None, NOW
    assert sides(session, road).one_stop == OneStopWord(None, NOW, ToldBy.EXCHANGE)


def test_a_carriers_own_event_is_told_as_the_carriers(session: UnitOfWork) -> None:
    road = make_road(session, code=CODE)
    session.add(
        CarrierOrder(
            number=f"{CODE}-KQ01", link=make_link(session).name, customer_code="x", purpose="KQ", attempt=1,
            executed_by="carrier", dossier_id=road.dossier.id, state="placed", item_code="RT000000000VN", weight_g=100,
            milestone="in_transit", milestone_at=NOW, created_at=NOW,
        )
    )  # fmt: skip
    assert sides(session, road).post == PostWord("in_transit", NOW, ToldBy.CARRIER, "RT000000000VN", milestone=True)


def test_every_act_and_every_source_has_its_words() -> None:
    assert set(POST) == {*Holder, *EventKind} - {EventKind.HANDED_OVER}
    assert set(TOLD_BY) == set(ToldBy)
