"""Doors that stayed shut, and the phone's clock and chain: what lacks its evidence is no invitation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.errand import ErrandState
from app.domain.operation import FileKind
from app.models import Attempt, FileUse, Incident
from tests.app.services.sync.street import (
    K,
    Street,
    bring_result,
    codes,
    looked,
    parcels,
)
from tests.factories import operations as say
from tests.factories.custody import (
    AT_THE_DOOR,
    make_outcome,
)

PICTURE = b"anh"


# -- not done


def test_a_photo_told_in_words_is_no_evidence_and_no_invitation(street: Street) -> None:
    street.record(
        K.NOT_DONE, say.not_done("ABSENT", {"gate_photo": "chụp rồi", "call": "08:30"}), street.road.collection
    )
    assert looked(street) == ["evidence_missing"]
    attempt = street.session.scalars(select(Attempt)).one()
    assert (attempt.outcome, attempt.counts) == ("ABSENT", False)
    assert street.road.collection.state is ErrandState.FAILED


def absent(street: Street) -> None:
    files = [(FileKind.GATE, PICTURE)]
    street.record(K.NOT_DONE, say.not_done("ABSENT", {"call": "08:30"}), street.road.collection, files=files)


def test_a_photo_of_the_gate_counts(street: Street) -> None:
    absent(street)
    assert street.one()["result"] == "applied"
    assert street.session.scalars(select(Attempt.counts)).all() == [True]


@pytest.mark.parametrize(("minutes", "result"), [(9, "needs_review"), (10, "applied")])
def test_two_calls_are_ten_minutes_apart(street: Street, minutes: int, result: str) -> None:
    make_outcome(street.session, "NO_CONTACT", "two_calls", counts=True)
    first, second = AT_THE_DOOR, AT_THE_DOOR + timedelta(minutes=minutes)
    calls = {"two_calls": "08:30, 08:40", "calls": [first.isoformat(), second.isoformat()]}
    street.record(K.NOT_DONE, say.not_done("NO_CONTACT", calls), street.road.collection)
    street.later(minutes=20)
    assert street.one()["result"] == result


@pytest.mark.parametrize(
    ("consent", "evidence", "result"),
    [(True, {}, "applied"), (False, {"note": "Tờ khai thiếu chữ ký"}, "applied"), (False, {}, "needs_review")],
)
def test_a_faulty_paper_is_photographed_with_consent_only(
    street: Street,
    consent: bool,
    evidence: dict[str, str],
    result: str,
) -> None:
    make_outcome(street.session, "PAPERS_WRONG", "paper", "photo")
    files = [(FileKind.FAULTY_PAPER, PICTURE)] if not evidence else []
    said = say.not_done("PAPERS_WRONG", {"paper": "1", **evidence}, consent=consent)
    street.record(K.NOT_DONE, said, street.road.collection, files=files)
    assert street.one()["result"] == result
    for use in street.session.scalars(select(FileUse)):
        assert use.desk_id == street.road.dossier.competent_desk_id
        assert use.keep_until == street.now + timedelta(days=30 if consent else 0)


def test_an_unknown_outcome_is_written_down(street: Street) -> None:
    street.record(K.NOT_DONE, say.not_done("LẠ"), street.road.collection)
    assert looked(street) == ["evidence_missing"]
    assert street.session.scalars(select(Attempt.outcome)).all() == ["LẠ"]


def test_a_broken_seal_opens_an_incident_by_itself(street: Street) -> None:
    make_outcome(street.session, "SEAL_BROKEN", "two_photos")
    code = bring_result(street)
    files = [(FileKind.SEAL, PICTURE), (FileKind.SEAL_OTHER_SIDE, PICTURE + b"2")]
    street.record(K.NOT_DONE, say.not_done("SEAL_BROKEN"), street.road.delivery, files=files)
    assert street.one()["result"] == "applied"
    assert street.session.scalars(select(Incident.parcel_code)).all() == [code]


def test_a_slot_chosen_at_the_door_that_is_gone_by_then_is_looked_at(street: Street) -> None:
    make_outcome(street.session, "RESCHEDULED", "asked_by", "channel")
    bring_result(street)
    said = say.not_done("RESCHEDULED", {"asked_by": "người nhà", "channel": "nói tại nhà", "slot": "999999999"})
    street.record(K.NOT_DONE, said, street.road.delivery)
    answer = street.one()
    assert (answer["result"], codes(answer)) == ("applied", ["slot_gone"])


# -- clocks and chains


def test_an_unmeasured_clock_makes_no_invitation(street: Street) -> None:
    street.phone.offset_ms = None
    absent(street)
    assert looked(street) == ["clock_unmeasured"]
    assert street.session.scalars(select(Attempt.counts)).all() == [False]


def test_a_clock_that_jumped_makes_no_invitation(street: Street) -> None:
    street.phone.skew = timedelta(minutes=-30)
    absent(street)
    assert looked(street) == ["clock_jumped"]
    assert street.session.scalars(select(Attempt.counts)).all() == [False]


def test_a_broken_chain_is_noticed_from_either_side(street: Street) -> None:
    first = street.collect()
    street.phone.head = "f" * 64
    street.record(K.STOP_ADDED, say.stop_added(first.payload["label"]))
    assert "chain_broken" in codes(street.send()[1])

    street.phone.head = "e" * 64
    third, fourth = street.collect(), street.record(K.STOP_ADDED, say.stop_added(first.payload["label"]))
    street.phone.head = "d" * 64
    assert "chain_broken" not in codes(street.send([fourth])[0])
    assert "chain_broken" in codes(street.send([third])[0])


def test_a_number_used_twice_is_noticed(street: Street) -> None:
    street.collect()
    street.send()
    street.phone.seq = 0
    street.record(K.STOP_ADDED, say.stop_added(parcels(street)[0].code))
    assert "seq_reused" in looked(street)
