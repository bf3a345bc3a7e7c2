"""One signature for several errands of one household: it holds for the same person, at the same door, a moment later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from app.domain.errand import ProofKind
from app.domain.operation import FileKind
from app.models import Applicant, CustodyEvidence, Errand, FileUse, Operation, Stop, StopErrand
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import K, codes, deliver, make_street, with_courier
from tests.factories import make_world
from tests.factories import operations as say
from tests.factories.custody import Road, make_road, result_out
from tests.factories.route import make_route
from tests.factories.times import DAY
from tests.fakes.phone import Written

SIGNER = "Trần Thị Thử"


class Door:
    """Two results for two requests of one telephone, in the bag, at one door."""

    def __init__(self, session: UnitOfWork) -> None:
        world = with_courier(session, make_world(session))
        self.first, self.second = make_road(session, world), make_road(session, world)
        self.second.request.applicant = self.first.request.applicant
        for road in self.roads:
            road.delivery.proof = ProofKind.ID_CHECK
        self.street = make_street(session, self.first, [self.second])
        self.codes = [result_out(session, road).code for road in self.roads]
        self.street.later(days=2)
        errands = [road.delivery for road in self.roads]
        self.route = make_route(session, world.courier, DAY + timedelta(days=2), [errands])
        self.proof = say.proof_of_delivery(self.street.phone.random)

    @property
    def roads(self) -> tuple[Road, Road]:
        return self.first, self.second

    @property
    def signature(self) -> tuple[FileKind, bytes]:
        return self.proof[0]

    def sign_for_the_first(self, **given: Any) -> Written:
        return deliver(self.street, self.codes[0], files=self.proof, receiver_name=SIGNER, **given)

    def take_it_over(self, first: Written, **given: Any) -> Written:
        files = given.pop("files", [self.signature, say.proof_of_delivery(self.street.phone.random)[1]])
        said = {"receiver_name": SIGNER, "signed_with": first.op_id, **given}
        payload = say.delivered([self.codes[1]], **said)
        return self.street.record(K.DELIVERED, payload, self.second.delivery, files=files)


def stop_with(door: Door, *errands: Errand) -> None:
    """One more stop of today's route."""
    times = dict.fromkeys(("arrives_at", "starts_at", "leaves_at"), door.street.now)
    place = {"place_id": errands[0].place_id, "distance_m": 100, **times}
    door.street.session.add(Stop(route_id=door.route.id, sequence=9, errands=list(errands), **place))
    door.street.session.flush()


def at_stops_of_their_own(door: Door) -> None:
    """As if one telephone had two houses: no plan of the day joins them."""
    session = door.street.session
    session.execute(delete(StopErrand).where(StopErrand.errand_id == door.second.delivery.id))
    stop_with(door, door.second.delivery)


@pytest.fixture
def door(session: UnitOfWork) -> Door:
    return Door(session)


def test_one_signature_stands_for_both_errands_and_each_keeps_its_act(door: Door, session: UnitOfWork) -> None:
    first = door.sign_for_the_first()
    second = door.take_it_over(first)
    answers = door.street.send()
    assert [(one["result"], one["reviews"], one["errand"]["state"]) for one in answers] == [("applied", [], "done")] * 2
    shown = select(FileUse.operation_id).where(FileUse.kind == FileKind.CITIZEN_SIGNATURE)
    assert set(session.scalars(shown)) == {UUID(first.op_id), UUID(second.op_id)}
    assert len({session.get_one(Operation, UUID(one.op_id)).commitment for one in (first, second)}) == 2


def test_it_stands_when_the_first_act_came_home_before(door: Door) -> None:
    first = door.sign_for_the_first()
    door.street.send()
    door.take_it_over(first)
    answer = door.street.one()
    assert (answer["result"], answer["reviews"]) == ("applied", [])


def test_the_books_say_for_which_act_it_was_given(door: Door, session: UnitOfWork) -> None:
    first = door.sign_for_the_first()
    door.take_it_over(first)
    door.street.send()
    kept = session.scalars(select(CustodyEvidence.payload).where(CustodyEvidence.kind == "receiver")).all()
    assert [one["signed_with"] for one in kept if one and "signed_with" in one] == [first.op_id]


def test_who_signed_as_sender_of_a_dossier_may_receive_a_result_by_the_same_signature(session: UnitOfWork) -> None:
    door = Door(session)
    street, sender = door.street, door.first.request.applicant.name
    stop_with(door, door.first.collection, door.second.delivery)
    files = say.proof_of_collection(street.phone.random)
    first = street.collect(files=files)
    payload = say.delivered([door.codes[1]], receiver_name=sender, signed_with=first.op_id)
    street.record(K.DELIVERED, payload, door.second.delivery, files=[files[1], files[0]])
    _, answer = street.send()
    assert "proof_missing" not in codes(answer)


def _another_receiver(door: Door, first: Written) -> None:
    door.take_it_over(first, receiver_name="Lê Văn Mẫu")


def _another_picture(door: Door, first: Written) -> None:
    door.take_it_over(first, files=say.proof_of_delivery(door.street.phone.random))


def _another_household(door: Door, first: Written) -> None:
    session = door.street.session
    door.second.request.applicant = Applicant(kind="person", name=SIGNER, phone="0900999999")
    session.flush()
    door.take_it_over(first)


def _hours_later(door: Door, first: Written) -> None:
    door.street.later(hours=2)
    door.take_it_over(first)


def _a_thumbprint(door: Door, first: Written) -> None:
    files = [door.signature, (FileKind.WITNESS_SIGNATURE, b"ky"), (FileKind.ENVELOPE, b"anh")]
    door.take_it_over(first, files=files, thumbprint=True, witness="Phạm Văn Mẫu")


def _another_door(door: Door, first: Written) -> None:
    at_stops_of_their_own(door)
    door.take_it_over(first)


def _passed_for_a_new_one(door: Door, first: Written) -> None:
    door.street.later(hours=2)
    door.take_it_over(first, signed_with=None)


def _an_act_that_nobody_knows(door: Door, first: Written) -> None:
    door.take_it_over(first, signed_with="018f0000-0000-7000-8000-000000000000")


@pytest.mark.parametrize(
    "take",
    [
        _another_receiver, _another_picture, _another_household, _another_door, _hours_later, _a_thumbprint,
        _passed_for_a_new_one, _an_act_that_nobody_knows,
    ],
)  # fmt: skip
def test_a_signature_that_is_not_this_receiver_s_is_a_missing_one(door: Door, take: Any) -> None:
    take(door, door.sign_for_the_first())
    _, answer = door.street.send()
    assert "proof_missing" in codes(answer)
    assert answer["problem"] is None


def lacks_a_signature(door: Door) -> bool:
    return "proof_missing" in codes(door.street.send()[-1])


@pytest.mark.parametrize("sent_before", [False, True])
def test_a_picture_that_an_act_has_shown_before_is_no_new_signature(door: Door, *, sent_before: bool) -> None:
    at_stops_of_their_own(door)
    first = door.sign_for_the_first()
    if sent_before:
        door.street.send()
    door.take_it_over(first, signed_with=None)
    assert lacks_a_signature(door)


@pytest.mark.parametrize("sent_before", [False, True])
def test_the_photograph_of_a_thumbprint_stands_for_no_other_act(door: Door, *, sent_before: bool) -> None:
    door.proof = [*door.proof, (FileKind.WITNESS_SIGNATURE, b"ky")]
    first = door.sign_for_the_first(thumbprint=True, witness="Phạm Văn Mẫu")
    if sent_before:
        door.street.send()
    door.take_it_over(first)
    assert lacks_a_signature(door)


def test_a_couriers_own_signature_is_no_citizens(door: Door) -> None:
    courier_s = (FileKind.COURIER_SIGNATURE, door.signature[1])
    door.proof = [*say.proof_of_delivery(door.street.phone.random), courier_s]
    first = door.sign_for_the_first()
    door.take_it_over(first, files=[(FileKind.CITIZEN_SIGNATURE, courier_s[1]), door.proof[1]])
    assert lacks_a_signature(door)


def test_a_signature_that_was_missing_for_the_first_is_missing_for_the_second(door: Door) -> None:
    door.proof = [door.signature]  # by papers, and no picture of the envelope: nobody knows what was signed for
    door.take_it_over(door.sign_for_the_first())
    first, second = door.street.send()
    assert ["proof_missing"] == codes(first) == codes(second)


def test_a_signature_is_taken_from_the_act_for_which_it_was_given_never_from_one_that_took_it(door: Door) -> None:
    first = door.sign_for_the_first()
    second = door.take_it_over(first)
    door.street.later(minutes=50)
    again = say.delivered([door.codes[1]], receiver_name=SIGNER, signed_with=second.op_id)
    door.street.record(K.DELIVERED, again, door.second.delivery, files=[door.signature])
    assert lacks_a_signature(door)
