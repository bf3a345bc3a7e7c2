"""An act at a door is put right: a row with its reason beside it; label, seal, holder and the act itself stay."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.domain.custody import Holder
from app.domain.errand import ErrandState
from app.models import Amendment, Attempt, Claim, CustodyEvent, CustodyEvidence, Parcel, Route
from app.services.visits import runs
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import K, Street, bring_result, codes, deliver, make_street, with_courier
from tests.app.services.sync.test_claims import confirm
from tests.factories import make_world
from tests.factories import operations as say
from tests.factories.custody import make_road
from tests.fakes.phone import Written


def amend(street: Street, act: Written, **changes: str) -> Written:
    return street.record(K.AMENDED, say.amended(act.op_id, **changes), street.road.collection)


def amendments(session: Session) -> list[Amendment]:
    return list(session.scalars(select(Amendment).order_by(Amendment.id)))


def kept(session: Session, amendment: Amendment) -> dict[str, object]:
    evidence = session.get_one(CustodyEvidence, amendment.commitment)
    assert evidence.payload is not None
    return evidence.payload


def test_an_amendment_stands_beside_the_act_and_moves_nothing(street: Street, session: UnitOfWork) -> None:
    act = street.collect()
    street.send()
    events = session.scalars(select(CustodyEvent.hash)).all()
    amend(street, act, note="Có thêm một bản sao trong phong bì.")
    answer = street.one()
    assert (answer["result"], answer["reviews"]) == ("applied", [])
    (amendment,) = amendments(session)
    assert (amendment.amends, amendment.by, amendment.late) == (act.op_id, f"courier:{street.device.courier_id}", False)
    assert kept(session, amendment) == {"why": "nghe nhầm", "note": "Có thêm một bản sao trong phong bì."}
    assert session.scalars(select(CustodyEvent.hash)).all() == events
    assert street.road.collection.state is ErrandState.DONE


def test_it_may_come_in_one_batch_with_the_act(street: Street, session: UnitOfWork) -> None:
    amend(street, street.collect(), note="Thử.")
    _, answer = street.send()
    assert (answer["result"], answer["reviews"]) == ("applied", [])
    assert len(amendments(session)) == 1


def test_the_same_amendment_twice_is_one(street: Street, session: UnitOfWork) -> None:
    act = street.collect()
    written = amend(street, act, note="Thử.")
    street.send()
    (answer,) = street.send([written])
    assert answer["result"] == "duplicate"
    assert len(amendments(session)) == 1


def test_who_received_is_put_right_and_the_first_word_stays(street: Street, session: UnitOfWork) -> None:
    code = bring_result(street)
    act = deliver(street, code, receiver_name="Trần Thị Thử")
    street.record(
        K.AMENDED, say.amended(act.op_id, receiver_name="Lê Thị Mẫu", receiver_relation="family"), street.road.delivery
    )
    street.send()
    (amendment,) = amendments(session)
    assert amendment.fields == ["receiver_name", "receiver_relation"]
    names = [
        row.payload["name"]
        for row in session.scalars(select(CustodyEvidence))
        if row.kind == "receiver" and row.payload
    ]
    assert names == ["Trần Thị Thử"]


def test_the_database_lets_nobody_change_it(street: Street, session: UnitOfWork) -> None:
    amend(street, street.collect(), note="Thử.")
    street.send()
    for statement in ("update amendment set late = true", "delete from amendment", "truncate amendment"):
        with pytest.raises(ProgrammingError, match="InsufficientPrivilege"), session.begin_nested():
            session.execute(text(statement))


def test_after_the_run_has_ended_it_is_kept_and_looked_at(street: Street, session: UnitOfWork) -> None:
    act = street.collect()
    route = _route(session, street)
    runs.start_run(session, route, street.device.courier_id, street.now)
    street.send()
    street.later(hours=1)
    street.record(K.RUN_ENDED, say.run_ended(route, bag=[_label(session)]))
    street.later(hours=1)
    amend(street, act, note="Thử.")
    answer = street.send()[-1]
    assert (answer["result"], codes(answer)) == ("applied", ["amended_late"])
    assert [one.late for one in amendments(session)] == [True]


def test_after_the_envelope_was_handed_over_it_is_kept_and_looked_at(street: Street, session: UnitOfWork) -> None:
    act = street.collect()
    street.send()
    street.later(hours=1)
    street.record(K.HANDED_OVER, say.handed_over([_label(session)], street.road.courier, street.road.safe))
    street.send()
    street.later(hours=1)
    amend(street, act, note="Thử.")
    assert codes(street.one()) == ["amended_late"]


def test_before_the_hand_over_it_is_in_time_however_late_it_comes(street: Street, session: UnitOfWork) -> None:
    act = street.collect()
    street.send()
    street.later(minutes=10)
    amended = amend(street, act, note="Thử.")
    street.later(minutes=10)
    handed = street.record(K.HANDED_OVER, say.handed_over([_label(session)], street.road.courier, street.road.safe))
    answers = street.send([amended, handed])
    assert [codes(answer) for answer in answers] == [[], []]


def test_another_reason_moves_no_appointment_and_is_looked_at(street: Street, session: UnitOfWork) -> None:
    act = street.record(K.NOT_DONE, say.not_done("WEATHER"), street.road.collection)
    street.send()
    revision = street.road.collection.revision
    amend(street, act, outcome="ABSENT")
    answer = street.one()
    assert (answer["result"], codes(answer)) == ("applied", ["amended_outcome"])
    (attempt,) = session.scalars(select(Attempt)).all()
    assert (attempt.outcome, street.road.collection.revision) == ("WEATHER", revision)


def test_words_about_an_act_that_nobody_knows_wait_for_a_person(street: Street, session: UnitOfWork) -> None:
    street.record(K.AMENDED, say.amended("0193a000-0000-7000-8000-000000000000", note="Thử."), street.road.collection)
    answer = street.one()
    assert (answer["result"], codes(answer)) == ("needs_review", ["amended_unknown"])
    assert amendments(session) == []


@pytest.mark.parametrize("changes", [{"receiver_name": "Lê Thị Mẫu"}, {"seal": "TNSEAL000001"}])
def test_neither_seal_nor_what_the_act_never_told_can_be_amended(
    street: Street, session: UnitOfWork, changes: dict[str, str]
) -> None:
    act = street.collect()
    street.send()
    amend(street, act, **changes)
    answer = street.one()
    assert (answer["result"], answer["problem"]["code"]) == ("rejected", "operation_malformed")
    assert amendments(session) == []


def test_another_courier_s_words_are_a_claim_until_the_office_confirms_them(
    street: Street, session: UnitOfWork
) -> None:
    world = make_world(session)
    stranger = make_street(session, make_road(session, with_courier(session, world)))
    act = street.collect()
    street.send()
    stranger.later(hours=1)
    stranger.record(K.AMENDED, say.amended(act.op_id, note="Thử."), street.road.collection)
    answer = stranger.one()
    assert (answer["result"], "claim" in codes(answer)) == ("needs_review", True)
    assert amendments(session) == []
    assert session.scalars(select(Claim.office_id)).all() == [street.road.world.office.id]

    confirm(stranger, street.road.world.office.id)
    (amendment,) = amendments(session)
    assert amendment.by == f"courier:{stranger.device.courier_id}+staff:77"


def test_words_about_a_claimed_act_belong_to_the_claim(street: Street, session: UnitOfWork) -> None:
    victim = make_road(session, with_courier(session, make_world(session)))
    files = say.proof_of_collection(street.phone.random)
    act = street.record(
        K.COLLECTED, say.collected(victim.dossier, "RT600000014VN", "TNSEAL900001"), victim.collection, files=files
    )
    street.record(K.AMENDED, say.amended(act.op_id, note="Thử."), victim.collection)
    assert ["claim" in codes(answer) for answer in street.send()] == [True, True]
    assert amendments(session) == []


def _label(session: Session) -> str:
    return session.scalars(select(Parcel.code).where(Parcel.holder == Holder.COURIER)).one()


def _route(session: Session, street: Street) -> int:
    return session.scalars(select(Route.id).where(Route.courier_id == street.device.courier_id)).one()
