"""What the one-stop exchange is told of our dossiers."""

from __future__ import annotations

from datetime import datetime

from app.models import Dossier, DossierStep
from app.services.outbox import links, queue
from app.unit_of_work import UnitOfWork


def tell(work: UnitOfWork, dossier: Dossier, step: DossierStep, now: datetime, *, anew: str = "") -> None:
    """Promise a step's draft; a dossier without a code is unknown there, and what they told us they know.

    `anew`: told a second time, under another number.
    """
    if dossier.code is None or step.told_by_them or not links.enabled(work, links.ONE_STOP):
        return
    body = {"dossier_id": str(dossier.id), "step_id": step.id}
    draft = queue.OutboxDraft(links.ONE_STOP, "step", str(dossier.id), f"step:{step.id}{anew}", body)
    queue.promise(work, draft, now)
