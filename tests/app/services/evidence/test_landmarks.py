"""Landmarks come from doors where a courier stood, are offered in their commune, and go with whoever gave them."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from app.domain.erasing import ErasePerson
from app.domain.errand import ErrandState
from app.models import Applicant, Errand, Landmark, LandmarkShare
from app.queries.reference.landmarks import landmark_said
from app.services import retention
from app.services.evidence import landmarks
from app.services.evidence.erasure import erase_person
from app.unit_of_work import UnitOfWork
from app.worker.run import REGULAR
from app.worker.tasks import TASKS
from tests.factories import World, make_world
from tests.factories.custody import AT_THE_DOOR, Road, collected, make_road

TONIGHT = AT_THE_DOOR + timedelta(hours=9)
SAID = ("gần nhà văn hóa thôn, cổng xanh", "sau NHÀ VĂN HÓA THÔN", "nha van hoa thon, nha ong Tu")


def stand_at(session: UnitOfWork, world: World, number: int, landmark: str) -> Road:
    """A collection is done at this door; the phone knows where it is."""
    road = make_road(session, world)
    road.request.place.landmark = landmark
    road.request.applicant.phone = f"0900000{number:03d}"
    session.flush()
    fix = (world.unit.lon + number / 1_000, world.unit.lat)
    collected(session, road, fix=fix)
    session.flush()
    return road


def learnt(session: UnitOfWork) -> list[Landmark]:
    session.expire_all()
    return list(session.scalars(select(Landmark)))


def make_street(session: UnitOfWork) -> tuple[World, list[Road]]:
    world = make_world(session)
    roads = [stand_at(session, world, number, said) for number, said in enumerate(SAID)]
    landmarks.learn(session, TONIGHT)
    return world, roads


def test_three_doors_teach_a_landmark_and_two_do_not(session: UnitOfWork) -> None:
    world = make_world(session)
    for number, said in enumerate(SAID[:2]):
        stand_at(session, world, number, said)
    landmarks.learn(session, TONIGHT)
    assert learnt(session) == []
    stand_at(session, world, 2, SAID[2])
    landmarks.learn(session, TONIGHT)
    landmarks.learn(session, TONIGHT)
    (landmark,) = learnt(session)
    assert (landmark.words, landmark.doors, landmark.unit_code) == ("nha van hoa thon", 3, world.unit.code)
    assert (landmark.lon, landmark.lat) == (round(world.unit.lon + 0.001, 3), round(world.unit.lat, 3))


def test_it_is_learnt_each_night_before_positions_come_to_their_end() -> None:
    minute, hour, *_ = REGULAR["learn_landmarks"].split()
    ends, same_hour, *_ = REGULAR["keep_time_limits"].split()
    assert (hour, int(minute) < int(ends)) == (same_hour, True)
    assert "learn_landmarks" in TASKS


def test_it_is_found_in_its_commune_and_in_no_other(session: UnitOfWork) -> None:
    world, _ = make_street(session)
    found = landmark_said(session, world.unit.code, "nhà số 5, cạnh Nhà văn hóa thôn")
    assert found is not None
    assert found.said == "nhà văn hóa thôn"
    assert landmark_said(session, world.unit.code, "gần chợ") is None
    assert landmark_said(session, make_world(session).unit.code, SAID[0]) is None


def test_the_same_words_far_apart_are_offered_nowhere(session: UnitOfWork) -> None:
    world, _ = make_street(session)
    (one,) = learnt(session)
    there = {"lon": one.lon + 0.1, "lat": one.lat, "doors": 3, "seen_on": one.seen_on}
    session.add(Landmark(unit_code=one.unit_code, words=one.words, said=one.said, **there))
    session.flush()
    assert landmark_said(session, world.unit.code, SAID[0]) is None


def test_whoever_is_erased_takes_the_share_along(session: UnitOfWork) -> None:
    _, roads = make_street(session)
    gone = roads[0]
    session.execute(update(Errand).values(state=ErrandState.DONE, closed_at=TONIGHT))
    erase_person(
        session, ErasePerson((gone.request.applicant_id,), "staff:1", TONIGHT + timedelta(days=40), "Đơn số 1")
    )
    assert learnt(session) == []
    assert len(session.scalars(select(LandmarkShare)).all()) == 2
    landmarks.learn(session, TONIGHT)  # what is left teaches nothing anew
    assert learnt(session) == []


def test_shares_end_with_their_persons_by_night(session: UnitOfWork) -> None:
    _, roads = make_street(session)
    mine = [road.request.applicant_id for road in roads]
    session.execute(update(Applicant).where(Applicant.id.in_(mine)).values(erased_at=TONIGHT))
    retention.keep_time_limits(session, TONIGHT)
    assert (learnt(session), session.scalars(select(LandmarkShare)).all()) == ([], [])
