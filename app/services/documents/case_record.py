"""The record of a lost or damaged paper (biên bản), to be signed by post, citizen and a witness; names are written by hand."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.domain.paper_case import CaseStep, due_at
from app.models import Dossier, Office, PaperCase, Parcel
from app.queries.custody.paper_cases import last_holder
from app.services.documents.typeset import typeset
from app.texts import say, spoken
from app.texts.documents import BRAND
from app.texts.voice import FAULTS, RECORD


def render(session: Session, case: PaperCase, language: str = "vi") -> bytes:
    parcel = session.scalars(
        select(Parcel)
        .where(Parcel.code == case.incident.parcel_code)
        .options(selectinload(Parcel.papers), joinedload(Parcel.dossier).joinedload(Dossier.request))
    ).one()
    holder = last_holder(session, parcel.code)
    words = {key: say(sentence, language) for key, sentence in RECORD.items() if "%" not in sentence}
    found = [one.note for one in case.steps if one.step is CaseStep.SEARCHED and one.note]
    values = {
        "parcel": parcel.code,
        "reference": parcel.dossier.request.reference,
        "office": session.get_one(Office, case.incident.office_id).name,
        "opened": spoken(case.opened_at, language),
        "holder": spoken(holder.holder, language) if holder is not None else "",
        "papers": "; ".join(paper.name for paper in parcel.papers),
        "what": case.incident.note,
        "found": "; ".join(found),
        "fault": say(FAULTS[case.fault], language) if case.fault is not None else "",
    }
    return typeset(
        "case_record",
        {
            "language": language,
            "words": words,
            "brand": say(BRAND, language),
            "facts": [[words[key], value] for key, value in values.items()],
            "law": say(RECORD["law"], language, until=due_at(case.opened_at, CaseStep.PAID).date()),
        },
    )
