"""Erase a person and leave the chain standing (Law 91/2025): everything in the table of personal data goes but what law keeps.

A person is whom a person has ticked: requests of one telephone or of one name are proposed (`app.queries.tracking.lookalikes`),
never joined by themselves. Each subject is a row of `erasure`, which is listed beside the backups and done again after a restore.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.domain.erasing import ErasePerson
from app.domain.errand import OPEN
from app.domain.errors import DomainError
from app.domain.identity import Channel, PhoneProof
from app.domain.personal_data import Holds, PersonalColumn, by_table
from app.jobs import defer
from app.models import Applicant, Erasure, Errand, Message, ServiceRequest
from app.services import audit
from app.services.evidence import emptying, files, free_texts, landmarks, names, person_rows
from app.unit_of_work import UnitOfWork

APPLICANT, HELPER, TEXT = "applicant", "helper", "text"


def erase_person(work: UnitOfWork, command: ErasePerson) -> int:
    """Empty everything personal of these applicants, once; the audit keeps who did it, when, and on which legal basis.

    Returns how many subjects were erased anew. Raises `legal_basis_missing`, `erasure_needs_choice`, `not_found`,
    `errands_open` and `helper_still_needed` while something is still under way, `text_unknown`, `text_redaction_missing`.
    """
    if not command.legal_basis.strip():
        raise DomainError("legal_basis_missing", kind="invalid", field="legal_basis")
    if not (command.applicants or command.helped or command.texts):
        raise DomainError("erasure_needs_choice", kind="invalid", field="applicants")
    fresh = _not_yet(work, command)
    names.check_basis(work, command)
    _check_closed(work, command.applicants)
    helped = _helped(work, command.helped)
    redacted = free_texts.check(work, command)
    empty_applicants(work, fresh, command.now)
    empty_helpers(work, [request.id for request in helped])
    free_texts.decide(work, redacted)
    return _write_down(work, command, fresh)


def empty_applicants(work: UnitOfWork, applicant_ids: Sequence[UUID], now: datetime, *, words: bool = True) -> None:
    """Every column of theirs that comes to an end; safe to repeat. `words` False: what a person has decided on stays."""
    if not applicant_ids:
        return
    who = person_rows.these(tuple(applicant_ids))
    units = landmarks.units_of(work, person_rows.OWN["landmark_share"](who))
    names.forget_what_names(work, names.words_of(work, applicant_ids))
    last = ("incident", "place", "service_request", "applicant")  # what others are found by goes last
    for table, columns in sorted(by_table().items(), key=lambda one: last.index(one[0]) if one[0] in last else -1):
        theirs = tuple(one for one in columns if words or one.holds is not Holds.WORDS or one.rule == "person")
        if table in person_rows.OWN and theirs:
            _empty_table(work, table, theirs, person_rows.OWN[table](who), now)
    mine = update(ServiceRequest).where(ServiceRequest.applicant_id.in_(applicant_ids))
    until = func.least(ServiceRequest.tracking_until, now)
    work.execute(mine.values(channel=Channel.NONE, tracking_until=until))
    landmarks.gather(work, units)
    work.expire_all()


def _empty_table(
    work: UnitOfWork, table: str, columns: tuple[PersonalColumn, ...], mine: ColumnElement[bool], now: datetime
) -> None:
    if table == "stored_file":
        files.delete(work, mine, now)
    elif emptying.deletes(columns[0]):
        emptying.delete_rows(work, table, mine, None)
    else:
        emptying.empty(work, columns, mine, now, None)


def erase_again(work: UnitOfWork, now: datetime) -> int:
    """What a phone or a partner told of an erased person since."""
    ids = work.scalars(select(Erasure.subject_id).where(Erasure.kind == APPLICANT)).all()
    empty_applicants(work, [UUID(one) for one in ids], now, words=False)
    return 0


def _not_yet(work: UnitOfWork, command: ErasePerson) -> list[UUID]:
    """Locked in the order of their ids; those that were erased before are left out."""
    wanted = select(Applicant.id).where(Applicant.id.in_(command.applicants)).order_by(Applicant.id).with_for_update()
    found = work.scalars(wanted).all()
    if len(found) != len(set(command.applicants)):
        raise DomainError("not_found", kind="not_found", field="applicant")
    done = set(work.scalars(select(Erasure.subject_id).where(Erasure.kind == APPLICANT)))
    return [one for one in found if str(one) not in done]


def _check_closed(work: UnitOfWork, applicant_ids: Sequence[UUID]) -> None:
    theirs = person_rows.requests_of(person_rows.these(tuple(applicant_ids)))
    mine = select(Errand.state).where(Errand.request_id.in_(theirs)).order_by(Errand.id).with_for_update()
    still_open = sum(state in OPEN for state in work.scalars(mine))
    if still_open:
        raise DomainError("errands_open", open=still_open)


def _helped(work: UnitOfWork, request_ids: Sequence[UUID]) -> Sequence[ServiceRequest]:
    wanted = select(ServiceRequest).where(ServiceRequest.id.in_(request_ids)).order_by(ServiceRequest.id)
    requests = work.scalars(wanted.with_for_update(of=ServiceRequest)).all()
    if len(requests) != len(set(request_ids)):
        raise DomainError("not_found", kind="not_found", field="helped")
    busy = select(Errand.request_id).where(Errand.request_id.in_(request_ids), Errand.state.in_(OPEN))
    needed = set(work.scalars(busy))
    for request in requests:
        if request.id in needed:
            raise DomainError("helper_still_needed", reference=request.reference)
    return requests


def empty_helpers(work: UnitOfWork, request_ids: Sequence[UUID]) -> None:
    """Who helped with these requests, and what was told to that telephone; the applicants stay."""
    by_helper = select(ServiceRequest.id).where(
        ServiceRequest.id.in_(request_ids), ServiceRequest.channel == Channel.HELPER
    )
    told = update(Message).where(Message.request_id.in_(by_helper)).values(recipient=None, body="", params=None)
    named = update(ServiceRequest).where(ServiceRequest.id.in_(request_ids), ServiceRequest.helper_name.is_not(None))
    gone = {"channel": Channel.NONE, "helper_name": None, "helper_phone": None, "phone_proof": PhoneProof.NONE}
    for change in (told, named.values(**gone)):  # the telephone that was proved was the helper's
        work.execute(change.execution_options(synchronize_session=False))
    work.expire_all()


def _write_down(work: UnitOfWork, command: ErasePerson, fresh: Sequence[UUID]) -> int:
    subjects = [
        *((APPLICANT, str(one), "erase", "applicant") for one in fresh),
        *((HELPER, str(one), "erase_helper", "service_request") for one in command.helped),
        *((TEXT, one.key, "erase_text", one.table) for one in command.texts),
    ]
    basis = command.legal_basis.strip()
    for kind, subject_id, action, object_kind in subjects:
        row = {"kind": kind, "subject_id": subject_id, "at": command.now, "by": command.by, "legal_basis": basis}
        work.execute(insert(Erasure).values(row).on_conflict_do_nothing())
        audited = subject_id.rpartition(".")[2] if kind == TEXT else subject_id
        audit.record(work, command.by, action, object_kind, audited, command.now, legal_basis=basis)
    if subjects:
        defer(work, "list_erasures", {})
    return len(subjects)
