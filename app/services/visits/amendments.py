"""Put right what was recorded at a door: a new row with its reason beside the old one, which stays as it was written.

Nothing moves by it: no envelope, no errand, no message. What follows from another outcome is for a person to do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sqlalchemy import select

from app.domain.amendment import Amend, AmendableField, check_amendment
from app.domain.errors import DomainError
from app.domain.outcome import DONE
from app.domain.wording import tidy
from app.models import Amendment, OutcomeCode
from app.services import audit
from app.services.booking import errands
from app.services.custody import chains
from app.services.visits.delivery import RELATIONS
from app.unit_of_work import UnitOfWork

EVIDENCE: Final = "amendment"
_LAST4: Final = re.compile(r"[0-9A-Za-z]{4}")


def amend(work: UnitOfWork, command: Amend) -> Amendment:
    """Write it down, once an operation.

    Raises `not_found`, `amendment_not_allowed`, `amendment_empty`, `amendment_reason_missing`, `relation_unknown`,
    `id_needed` or `outcome_unknown`.
    """
    check_amendment(command)
    errand = errands.lock(work, command.errand_id)
    stored = work.scalars(select(Amendment).where(Amendment.operation_id == command.operation_id)).one_or_none()
    if stored is not None:
        return stored
    changes = {field: tidy(text) for field, text in command.changes.items() if tidy(text)}
    _check_words(work, changes)
    kept: dict[str, object] = {"why": tidy(command.why), **{field.value: text for field, text in changes.items()}}
    amendment = Amendment(
        errand=errand,
        amends=command.amends,
        operation_id=command.operation_id,
        fields=sorted(field.value for field in changes),
        commitment=chains.remember(work, EVIDENCE, kept, errand.request.applicant_id),
        late=command.late,
        by=command.by,
        occurred_at=command.occurred_at,
        received_at=command.now,
    )
    work.add(amendment)
    audit.record(
        work, command.by, "amend_act", "errand", errand.id, command.now, amends=command.amends, fields=amendment.fields
    )
    return amendment


def _check_words(work: UnitOfWork, changes: Mapping[AmendableField, str]) -> None:
    relation = changes.get(AmendableField.RECEIVER_RELATION)
    if relation is not None and relation not in RELATIONS:
        raise DomainError("relation_unknown", kind="invalid", field="receiver_relation")
    last4 = changes.get(AmendableField.ID_LAST4)
    if last4 is not None and _LAST4.fullmatch(last4) is None:
        raise DomainError("id_needed", kind="invalid", field="id_last4")
    outcome = changes.get(AmendableField.OUTCOME)
    if outcome is not None:
        known = select(OutcomeCode.code).where(
            OutcomeCode.code == outcome, OutcomeCode.current, OutcomeCode.code != DONE
        )
        if work.scalar(known) is None:
            raise DomainError("outcome_unknown", kind="invalid", field="outcome", outcome=outcome)
