from __future__ import annotations

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.custody import Holder, Party
from app.domain.parcel import PaperForm, PaperState, ParcelPurpose
from app.models import CustodyEvidence, Paper, Parcel, Seal
from app.rows import insert_all
from app.services.custody import sealing
from app.unit_of_work import UnitOfWork
from tests.factories.custody import AT_THE_DOOR, make_road, next_seal


@pytest.fixture
def parcel(session: UnitOfWork) -> Parcel:
    dossier = make_road(session).dossier
    made = sealing.make_parcel(session, dossier, ParcelPurpose.DOSSIER, None, Party(Holder.CITIZEN), AT_THE_DOOR)
    session.flush()
    return made


def test_rows_of_several_tables_are_written_in_a_statement_each_whatever_their_order(
    session: Session, parcel: Parcel
) -> None:
    papers = [
        Paper(
            parcel_id=parcel.id,
            line=line,
            name="Đơn “mẫu”",
            form=PaperForm.ORIGINAL,
            count=2,
            state=PaperState.IN_PARCEL,
        )
        for line in range(1, 40)
    ]
    number = next_seal()
    seen: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *said: seen.append(said[2]))
    insert_all(session, [*papers, Seal(number=number, parcel_id=parcel.id, applied_at=AT_THE_DOOR)])
    assert len(seen) == 2
    kept = session.scalars(select(Paper).where(Paper.parcel_id == parcel.id).order_by(Paper.line)).all()
    assert [(one.line, one.name, one.form, one.count) for one in kept[:1]] == [(1, "Đơn “mẫu”", PaperForm.ORIGINAL, 2)]
    assert len(kept) == 39
    seal = session.get_one(Seal, number)
    assert (seal.applied_at, seal.broken_at) == (AT_THE_DOOR, None)


def test_an_empty_list_writes_nothing(session: Session) -> None:
    seen: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *said: seen.append(said[2]))
    insert_all(session, [])
    assert seen == []


def test_what_a_constraint_forbids_is_an_error_as_ever(session: Session, parcel: Parcel) -> None:
    paper = Paper(parcel_id=parcel.id, line=1, name="x", form=PaperForm.COPY, count=0, state=PaperState.IN_PARCEL)
    with pytest.raises(IntegrityError), session.begin_nested():
        insert_all(session, [paper])


def test_letters_bytes_and_what_is_left_out_arrive_as_by_any_other_way(session: Session) -> None:
    payload = {"note": "Nhà “số 1” \\ ' \n", "deep": [1, None, {"x": True}]}
    insert_all(session, [CustodyEvidence(commitment="c" * 64, kind="position", salt="s", payload=payload)])
    kept = session.get_one(CustodyEvidence, "c" * 64)
    assert (kept.payload, kept.applicant_id, kept.erased_at) == (payload, None, None)
