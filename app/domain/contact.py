"""How a citizen can be reached, and which proof of hand-over that allows (docs/decisions/proof-of-handover.md)."""

from __future__ import annotations

from app.domain.commands import BookVisit
from app.domain.errand import ProofKind
from app.domain.errors import DomainError
from app.domain.faults import Faults
from app.domain.identity import BY_CITIZEN, BY_STAFF, Channel, PhoneProof, is_landline
from app.domain.wording import names_somebody


def check_contact(command: BookVisit) -> None:
    """Every fault of name, telephone, helper, channel and proof at once.

    Raises what could not be read of the command, `name_missing`, `name_unreadable`, `phone_missing`, `phone_unproved`,
    `helper_name_missing`, `helper_phone_missing`, `helper_needs_mobile`, `channel_needs_staff`,
    `proof_needs_channel`, `slip_needs_staff`.
    """
    faults = Faults()
    if not command.applicant.name:
        faults.add(DomainError("name_missing", kind="invalid", field="applicant.name"))
    elif not names_somebody(command.applicant.name):
        faults.add(DomainError("name_unreadable", kind="invalid", field="applicant.name"))
    faults.found.extend((*command.applicant.faults, *command.faults))
    given = command.applicant.phone is not None or command.applicant.faults
    if not given and command.channel in {Channel.SMS, Channel.VOICE}:
        faults.add(DomainError("phone_missing", kind="invalid", field="applicant.phone"))
    _check_helper(faults, command)
    _check_proof(faults, command)
    if command.channel is Channel.NONE and command.staff_id is None:
        faults.add(DomainError("channel_needs_staff", kind="invalid", field="channel"))
    if command.channel is Channel.NONE and command.proof is ProofKind.CODE:
        faults.add(DomainError("proof_needs_channel", kind="invalid", field="proof"))
    if command.proof is ProofKind.SLIP and command.staff_id is None:
        faults.add(DomainError("slip_needs_staff", kind="invalid", field="proof"))
    faults.refuse()


def proof_of(command: BookVisit) -> PhoneProof:
    """A partner's key and the staff's own name stand for a number that nobody typed a code for, and say so."""
    if command.partner_id is not None:
        return PhoneProof.PARTNER
    if command.staff_id is not None:
        return command.phone_proof if command.phone_proof in BY_STAFF else PhoneProof.COUNTER
    return command.phone_proof


def _check_proof(faults: Faults, command: BookVisit) -> None:
    """A citizen's own booking names a telephone that was proved; nobody else's is written to."""
    anybody = command.partner_id is None and command.staff_id is None
    if anybody and command.reached is not None and proof_of(command) not in BY_CITIZEN:
        field = "helper_phone" if command.channel is Channel.HELPER else "applicant.phone"
        faults.add(DomainError("phone_unproved", kind="invalid", field=field))


def channel_of(command: BookVisit) -> Channel:
    """Nothing can be written to a landline: whoever has one is called."""
    phone = command.applicant.phone
    return (
        Channel.VOICE
        if command.channel is Channel.SMS and phone is not None and is_landline(phone)
        else command.channel
    )


def _check_helper(faults: Faults, command: BookVisit) -> None:
    if command.channel is not Channel.HELPER:
        return
    if not command.helper_name:
        faults.add(DomainError("helper_name_missing", kind="invalid", field="helper_name"))
    if command.helper_phone is None and not command.faults:
        faults.add(DomainError("helper_phone_missing", kind="invalid", field="helper_phone"))
    if command.helper_phone is not None and is_landline(command.helper_phone):
        faults.add(DomainError("helper_needs_mobile", kind="invalid", field="helper_phone"))
