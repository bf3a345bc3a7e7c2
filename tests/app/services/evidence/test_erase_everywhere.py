"""One person with five requests, a helper's call and an incident note is erased: nothing is found that law does not keep."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from app.domain.erasing import ErasePerson, TextDecision
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.identity import Channel, PhoneProof
from app.models import AuditEvent, Erasure, Incident, ServiceRequest
from app.queries.custody.verification import verify
from app.queries.tracking.lookalikes import lookalikes
from app.services.booking.entitlements import proved_phone
from app.services.evidence import erasure_list
from app.services.evidence.erasure import empty_helpers, erase_again, erase_person
from app.services.evidence.free_texts import texts_of
from app.services.retention import keep_time_limits
from app.unit_of_work import UnitOfWork
from tests.factories import KEYS, make_errand, make_request
from tests.factories.everywhere import (
    NAME,
    OVER,
    PHONE,
    WORDS,
    Household,
    found_in_database,
    make_household,
    named_in_neighbours_note,
)

BASIS = "Đơn đề nghị xóa dữ liệu số 1"


@pytest.fixture
def household(session: UnitOfWork) -> Household:
    return make_household(session)


def command(household: Household) -> ErasePerson:
    return ErasePerson(household.applicants, "staff:1", OVER, BASIS, helped=(household.helped.id,))


def test_the_person_is_found_everywhere_before(session: UnitOfWork, household: Household) -> None:
    assert {one.split(".")[0] for one in found_in_database(session.connection())} >= {
        "applicant", "place", "service_request", "message", "incident", "operation", "operation_payload", "outbox_message",
        "inbox_message", "dossier", "errand",
    }  # fmt: skip


def test_an_erased_person_is_found_nowhere_but_at_the_neighbour_of_the_same_telephone(
    session: UnitOfWork, household: Household
) -> None:
    named_in_neighbours_note(session, household)
    texts = tuple(
        TextDecision(one.table, one.column, one.row)
        for one in texts_of(session, household.applicants)
        if not one.linked
    )
    erase_person(session, replace(command(household), texts=texts))
    session.flush()

    assert found_in_database(session.connection()) == ["applicant.phone"]
    session.refresh(household.neighbour.applicant)
    assert household.neighbour.applicant.phone == PHONE
    household.neighbour.applicant.phone = None
    session.flush()
    assert found_in_database(session.connection()) == []
    session.expire_all()
    report = verify(session, KEYS)
    assert [fault for fault in report.broken if fault.parcel is not None] == []
    assert report.erased != []


def test_a_request_alone_leaves_its_lookalikes_which_are_proposed_with_what_matches(
    session: UnitOfWork, household: Household
) -> None:
    first = household.requests[0]
    found = {(one.request.id, one.as_helper): one for one in lookalikes(session, first)}

    for request in household.requests:
        assert {"phone", "name"} <= set(found[request.id, False].matches)
    assert found[household.neighbour.id, False].matches == ("phone",)  # proposed, and for a person to leave alone
    assert found[household.helped.id, True].matches == ("helper_phone", "helper_name")
    erase_person(session, ErasePerson((first.applicant_id,), "staff:1", OVER, BASIS))
    session.flush()
    session.refresh(household.requests[1].applicant)
    assert household.requests[1].applicant.name == NAME


def test_a_similar_name_is_proposed_and_another_one_is_not(session: UnitOfWork, household: Household) -> None:
    first, second, third = household.requests[:3]
    for request, name in ((second, "Ro Cham Thử Nghiệm"), (third, "Kpă Người Khác")):
        request.applicant.name, request.applicant.phone = name, None
    session.flush()
    found = {one.request.id: one for one in lookalikes(session, first) if not one.as_helper}
    assert found[second.id].matches[0] == "name"
    assert third.id not in found


def test_a_redacted_text_keeps_what_happened_also_after_the_next_night(
    session: UnitOfWork, household: Household
) -> None:
    note = session.scalars(select(Incident).where(Incident.note.contains(NAME))).one()
    decision = TextDecision("incident", "note", str(note.id), "Phong bì bị ướt")
    erase_person(session, replace(command(household), texts=(decision,)))
    session.flush()
    erase_again(session, OVER)
    session.refresh(note)
    assert (note.note, note.resolution) == ("Phong bì bị ướt", None)


def test_a_text_that_names_nobody_of_these_is_not_touched(session: UnitOfWork, household: Household) -> None:
    other = named_in_neighbours_note(session, household)
    other.note = "Không tên ai"
    session.flush()
    decision = TextDecision("incident", "note", str(other.id))
    assert refused(session, replace(command(household), texts=(decision,))) == "text_unknown"
    forged = TextDecision("staff_account", "password_hash", "1")
    assert refused(session, replace(command(household), texts=(forged,))) == "text_unknown"


def refused(session: UnitOfWork, erase: ErasePerson) -> str:
    with pytest.raises(DomainError) as refusal:
        erase_person(session, erase)
    return refusal.value.code


def test_open_requests_block(session: UnitOfWork, household: Household) -> None:
    make_errand(session, household.requests[2], state=ErrandState.SCHEDULED, slot=None)
    assert refused(session, command(household)) == "errands_open"


def test_a_helper_who_is_still_needed_stays(session: UnitOfWork, household: Household) -> None:
    make_errand(session, household.helped, state=ErrandState.SCHEDULED, slot=None)
    assert refused(session, command(household)) == "helper_still_needed"


def test_once_the_helper_is_erased_the_applicants_own_telephone_was_proved_by_nobody(session: UnitOfWork) -> None:
    """The code was typed by whoever helped; what stood beside it nobody has tried."""
    request = make_request(session, channel=Channel.HELPER, helper_name="Siu Giúp Thử", helper_phone="0900777142")
    request.phone_proof = PhoneProof.CODE
    session.flush()
    assert proved_phone(request) is None
    empty_helpers(session, [request.id])
    assert (request.channel, request.applicant.phone is not None) == (Channel.NONE, True)
    assert proved_phone(request) is None


def test_a_legal_basis_that_names_the_person_is_refused(session: UnitOfWork, household: Household) -> None:
    assert refused(session, replace(command(household), legal_basis=f"Đơn của {NAME}")) == "legal_basis_names_person"


def test_what_arrives_late_about_an_erased_person_goes_the_next_night(
    session: UnitOfWork, household: Household
) -> None:
    erase_person(session, command(household))
    session.flush()
    session.execute(
        text("update place set landmark = :word where id = :id"),
        {"word": WORDS[3], "id": household.requests[0].place_id},
    )
    household.requests[0].dossiers[0].result_title = f"Bản sao cho {NAME}"
    session.flush()
    keep_time_limits(session, OVER)
    session.flush()
    assert found_in_database(session.connection()) == ["applicant.phone"]


def test_each_subject_is_audited_with_its_basis_and_listed_by_id(session: UnitOfWork, household: Household) -> None:
    erase_person(session, command(household))
    session.flush()
    events = session.scalars(select(AuditEvent).where(AuditEvent.action.in_(("erase", "erase_helper")))).all()
    assert {event.object_id for event in events} == {*map(str, household.applicants), str(household.helped.id)}
    assert {tuple(event.detail.items()) for event in events} == {(("legal_basis", BASIS),)}
    lines = erasure_list.lines_of(session)
    assert {one.subject_id for one in lines} == {event.object_id for event in events}
    assert (
        session.scalars(text("select task_name from procrastinate_jobs where task_name = 'list_erasures'")).all() != []
    )


def test_whose_time_was_over_can_still_be_erased(session: UnitOfWork, household: Household) -> None:
    request: ServiceRequest = household.requests[0]
    request.applicant.name = request.applicant.phone = None
    request.applicant.erased_at = OVER
    session.flush()
    assert erase_person(session, ErasePerson((request.applicant_id,), "staff:1", OVER, BASIS)) == 1
    assert session.scalars(select(Erasure.subject_id)).all() == [str(request.applicant_id)]
