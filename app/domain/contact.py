"""How a citizen can be reached, and which proof of hand-over that allows (docs/decisions/proof-of-handover.md)."""

from __future__ import annotations

from app.domain.commands import BookVisit
from app.domain.errand import ProofKind
from app.domain.errors import DomainError
from app.domain.faults import Faults
from app.domain.identity import Channel


def check_contact(command: BookVisit) -> None:
    """Every fault of name, telephone, helper, channel and proof at once.

    Raises what could not be read of the command, `name_missing`, `phone_missing`, `helper_name_missing`,
    `helper_phone_missing`, `channel_needs_staff`, `proof_needs_channel`, `slip_needs_staff`.
    """
    faults = Faults()
    if not command.applicant.name:
        faults.add(DomainError("name_missing", kind="invalid", field="applicant.name"))
    faults.found.extend((*command.applicant.faults, *command.faults))
    given = command.applicant.phone is not None or command.applicant.faults
    if not given and command.channel in {Channel.SMS, Channel.VOICE}:
        faults.add(DomainError("phone_missing", kind="invalid", field="applicant.phone"))
    _check_helper(faults, command)
    if command.channel is Channel.NONE and command.staff_id is None:
        faults.add(DomainError("channel_needs_staff", kind="invalid", field="channel"))
    if command.channel is Channel.NONE and command.proof is ProofKind.CODE:
        faults.add(DomainError("proof_needs_channel", kind="invalid", field="proof"))
    if command.proof is ProofKind.SLIP and command.staff_id is None:
        faults.add(DomainError("slip_needs_staff", kind="invalid", field="proof"))
    faults.refuse()


def _check_helper(faults: Faults, command: BookVisit) -> None:
    if command.channel is not Channel.HELPER:
        return
    if not command.helper_name:
        faults.add(DomainError("helper_name_missing", kind="invalid", field="helper_name"))
    if command.helper_phone is None and not command.faults:
        faults.add(DomainError("helper_phone_missing", kind="invalid", field="helper_phone"))
