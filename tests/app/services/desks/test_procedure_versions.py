"""Published lists that changed become versions; what they don't publish stays ours."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import AuditEvent, Procedure
from app.services.desks.procedure_versions import Published, PublishedPaper, learn
from tests.factories import NOW
from tests.factories.procedure import make_procedure


def as_published(procedure: Procedure) -> Published:
    papers = tuple(PublishedPaper(paper.name, paper.originals, paper.copies) for paper in procedure.papers)
    return Published(procedure.code, procedure.post_allowed, (papers,))


def current(session: Session, code: str) -> Procedure:
    session.flush()
    return session.scalars(select(Procedure).where(Procedure.code == code, Procedure.current)).one()


def test_the_same_list_makes_no_version(session: Session) -> None:
    procedure = make_procedure(session)
    assert learn(session, as_published(procedure), NOW) == "same"
    assert current(session, procedure.code).id == procedure.id


def test_a_changed_count_is_a_new_version_that_keeps_our_marks(session: Session) -> None:
    procedure = make_procedure(session)
    told = as_published(procedure)
    first = replace(told.cases[0][0], originals=(told.cases[0][0].originals or 0) + 1)
    assert learn(session, replace(told, cases=((first, *told.cases[0][1:]),)), NOW) == "new_version"
    fresh = current(session, procedure.code)
    assert (fresh.version, fresh.source, fresh.cases) == (procedure.version + 1, "LayThuTuc", procedure.cases)
    assert fresh.papers[0].originals == first.originals
    assert [paper.case_keys for paper in fresh.papers] == [paper.case_keys for paper in procedure.papers]


def test_a_new_paper_must_be_handed_in_until_somebody_says_otherwise(session: Session) -> None:
    procedure = make_procedure(session)
    told = as_published(procedure)
    papers = (*told.cases[0], PublishedPaper("Giấy tờ mới", 1, None))
    assert learn(session, replace(told, cases=(papers,)), NOW) == "new_version"
    added = current(session, procedure.code).papers[-1]
    assert (added.name, added.mode, added.need, added.originals) == ("Giấy tờ mới", "submit", "always", 1)


def test_the_post_is_forbidden_as_soon_as_it_is_published_so(session: Session) -> None:
    procedure = make_procedure(session)
    assert learn(session, replace(as_published(procedure), post_allowed=False), NOW) == "new_version"
    assert not current(session, procedure.code).carried


def test_an_empty_list_and_cases_that_fit_none_of_ours_change_nothing(session: Session) -> None:
    procedure = make_procedure(session)
    for cases in ((), ((),), ((PublishedPaper("A", 1, None),), (PublishedPaper("B", 1, None),))):
        assert learn(session, Published(procedure.code, post_allowed=True, cases=cases), NOW) == "differs"
    assert current(session, procedure.code).id == procedure.id
    acts = session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == procedure.code)).all()
    assert set(acts) == {"procedure.differs"}


def test_a_procedure_that_we_do_not_carry_is_none_of_ours(session: Session) -> None:
    assert learn(session, Published("9.999999", post_allowed=True, cases=()), NOW) == "unknown"
