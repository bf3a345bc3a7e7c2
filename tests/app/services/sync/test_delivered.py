"""A delivery that the office sees otherwise: it stands, a person looks, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.domain.custody import Holder, Party
from app.domain.errand import ErrandState, ProofKind
from app.domain.identity import ApplicantKind
from app.domain.parcel import ParcelPurpose
from app.models import CustodyGap, NamedReceiver, StrayScan
from app.services.custody.sealing import make_parcel
from app.services.desks.results import result_ready
from app.services.messaging import handover_codes
from app.unit_of_work import UnitOfWork
from tests.app.services.sync.street import (
    K,
    Street,
    bring_result,
    codes,
    deliver,
    label,
    looked,
    make_parcel_in_bag,
    make_street,
)
from tests.factories import KEYS, make_paper, make_procedure
from tests.factories import operations as say
from tests.factories.custody import (
    accepted,
    collected,
    make_road,
    packing,
)
from tests.factories.route import make_route
from tests.factories.times import DAY

PICTURE = b"anh"


# -- at a delivery


def test_the_code_confirms_a_delivery_days_after_its_day(street: Street) -> None:
    code_of = bring_result(street)
    code = handover_codes.issue(street.session, street.road.delivery, ProofKind.CODE, street.now, KEYS)
    deliver(street, code_of, code=code)
    street.later(days=3)
    answer = street.one()
    assert (answer["result"], answer["reviews"]) == ("applied", [])


def test_a_wrong_code_stands_applied_and_is_looked_at(street: Street) -> None:
    code_of = bring_result(street)
    handover_codes.issue(street.session, street.road.delivery, ProofKind.CODE, street.now, KEYS)
    deliver(street, code_of, code="x")
    answer = street.one()
    assert (answer["result"], codes(answer)) == ("applied", ["code_not_confirmed"])
    assert street.road.delivery.state is ErrandState.DONE


@pytest.mark.parametrize(("last4", "reviews"), [("0042", []), ("0043", ["receiver_not_named"])])
def test_a_receiver_whom_nobody_named_is_looked_at(street: Street, last4: str, reviews: list[str]) -> None:
    code_of = bring_result(street)
    named = {"name": "Siu Thử Nhận", "relation": "family", "id_last4": "0042", "named_by": "x"}
    street.session.add(NamedReceiver(request_id=street.road.request.id, named_at=street.now, **named))
    street.session.flush()
    street.session.expire(street.road.request)
    code = handover_codes.issue(street.session, street.road.delivery, ProofKind.CODE, street.now, KEYS)
    given = {"receiver_name": "Siu Thử Nhận", "receiver_relation": "family", "id_kind": "can_cuoc", "id_last4": last4}
    deliver(street, code_of, code=code, **given)
    answer = street.one()
    assert (answer["result"], codes(answer)) == ("applied", reviews)


@pytest.mark.parametrize(("tries", "reviews"), [(3, []), (4, ["code_tried_often"])])
def test_more_than_three_codes_tried_on_the_phone_are_looked_at(street: Street, tries: int, reviews: list[str]) -> None:
    code_of = bring_result(street)
    code = handover_codes.issue(street.session, street.road.delivery, ProofKind.CODE, street.now, KEYS)
    deliver(street, code_of, code=code, code_tries=tries)
    answer = street.one()
    assert (answer["result"], codes(answer)) == ("applied", reviews)
    (attempt,) = street.road.delivery.attempts
    assert attempt.evidence["code_tries"] == tries


def test_a_result_delivered_twice_is_looked_at(street: Street) -> None:
    code = bring_result(street)
    deliver(street, code)
    deliver(street, code)
    first, second = street.send()
    assert "already_delivered" in codes(second)
    assert "not_the_holder" in codes(second)
    assert first["errand"]["state"] == second["errand"]["state"] == "done"


def test_a_failed_try_and_then_a_delivery_is_done(street: Street) -> None:
    code = bring_result(street)
    street.record(K.NOT_DONE, say.not_done(), street.road.delivery)
    deliver(street, code)
    _, second = street.send()
    assert second["errand"]["state"] == "done"


def test_a_closed_errand_s_late_try_is_written_beside_it(street: Street) -> None:
    code = bring_result(street)
    street.road.delivery.state = ErrandState.RETURNED
    street.session.flush()
    deliver(street, code)
    assert looked(street) == ["already_closed", "code_not_confirmed"]
    assert street.road.delivery.state is ErrandState.RETURNED


def test_a_delivery_of_what_another_holds_opens_a_gap_that_a_late_fact_closes(
    street: Street, session: UnitOfWork
) -> None:
    accepted(session, street.road)
    parcel = result_ready(session, packing(street.road))
    street.later(days=2)
    make_route(session, street.road.world.courier, DAY + timedelta(days=2), [[street.road.delivery]])
    deliver(street, parcel.code)
    assert "not_the_holder" in looked(street)
    assert (parcel.holder, parcel.gap) == (Holder.CITIZEN, True)
    assert session.scalars(select(CustodyGap.closed_at)).all() == [None]


def test_an_unknown_envelope_is_kept_and_adopted_once_it_is_known(street: Street, session: UnitOfWork) -> None:
    code = bring_result(street)
    stranger = label()
    deliver(street, code, stranger)
    assert "parcel_unknown" in looked(street)
    scan = session.scalars(select(StrayScan)).one()
    assert (scan.code, scan.taker) == (stranger, Holder.CITIZEN)

    road = make_road(session, street.road.world)
    parcel = collected(session, road, parcel_code=stranger)
    assert (parcel.event_no, scan.settled_by) == (2, "chain")


def test_an_envelope_left_in_the_bag_keeps_the_errand_open(street: Street, session: UnitOfWork) -> None:
    code = bring_result(street)
    here = Party(Holder.COURIER, str(street.device.courier_id))
    other = make_parcel(session, street.road.dossier, ParcelPurpose.RESULT, None, here, street.now)
    other.errand_id = street.road.delivery.id
    session.flush()
    deliver(street, code)
    assert "parcels_left" in looked(street)
    assert street.road.delivery.state is not ErrandState.DONE


@pytest.mark.parametrize(
    ("said", "reviews"),
    [
        ({"receiver_name": "Trần Thị Thử", "receiver_role": "Kế toán"}, []),
        ({"receiver_name": "Trần Thị Thử"}, ["receiver_unnamed"]),  # as an earlier app tells it
        ({"receiver_name": "hợp tác xã THỬ", "receiver_role": "Kế toán"}, ["receiver_unnamed"]),
        ({"receiver_name": "Trần Thị Thử", "receiver_relation": "authorised"}, []),
    ],
)
def test_an_organisation_that_received_by_nobody_s_hand_is_looked_at_and_has_its_result(
    street: Street, said: dict[str, str], reviews: list[str]
) -> None:
    applicant = street.road.request.applicant
    applicant.kind, applicant.name = ApplicantKind.ORGANISATION, "Hợp tác xã Thử"
    street.road.delivery.proof = ProofKind.ID_CHECK
    deliver(street, bring_result(street), **said)
    answer = street.one()
    assert (answer["result"], codes(answer)) == ("applied", reviews)
    assert street.road.delivery.state is ErrandState.DONE


def test_a_delivery_without_signature_or_receiver_lacks_proof(street: Street) -> None:
    deliver(street, bring_result(street), files=[], receiver_name="")
    assert looked(street) == ["proof_missing", "code_not_confirmed"]


def test_a_result_given_before_the_originals_is_looked_at(session: UnitOfWork) -> None:
    originals = make_procedure(session, originals_due=True, papers=[make_paper(1, name="Giấy chứng nhận thử")])
    street = make_street(session, None)
    street.road.dossier.procedure, street.road.dossier.procedure_id = originals, originals.id
    street.road.dossier.cases = []
    session.flush()
    code = label()
    parcel = make_parcel_in_bag(street, code)
    make_route(session, street.road.world.courier, DAY + timedelta(days=2), [[street.road.delivery]])
    street.later(days=2)
    street.road.delivery.state = ErrandState.PLANNED
    session.flush()
    deliver(street, parcel.code)
    assert "papers_due_not_collected" in looked(street)
    assert street.road.delivery.state is ErrandState.DONE
