"""The memory behind a dossier's state: the last word by the time of the act, and never back from a final one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.dossier import FINAL, DossierState
from app.models import Dossier, DossierStep
from app.services.desks import dossier_steps
from app.unit_of_work import UnitOfWork
from tests.factories import NOW, make_dossier

MINUTE = timedelta(minutes=1)


def learn(session: UnitOfWork, dossier: Dossier, state: int, *, after: timedelta = timedelta()) -> DossierStep:
    step = dossier_steps.learn(session, dossier, state, by="one_stop", at=NOW + after, now=NOW + timedelta(hours=1))
    session.flush()
    return step


def known(session: Session, dossier: Dossier) -> list[int]:
    mine = select(DossierStep.state).where(DossierStep.dossier_id == dossier.id)
    return list(session.scalars(mine.order_by(DossierStep.id)))


def test_a_step_that_we_learn_moves_the_dossier(session: UnitOfWork) -> None:
    dossier = make_dossier(session)
    assert learn(session, dossier, DossierState.ACCEPTED).told_by_them
    assert dossier.state == DossierState.ACCEPTED


def test_the_same_step_told_again_is_the_one_that_stands(session: UnitOfWork) -> None:
    dossier = make_dossier(session)
    first, second = (learn(session, dossier, DossierState.ACCEPTED) for _ in range(2))
    assert first is second
    assert known(session, dossier) == [2]


def test_an_older_step_is_kept_as_history_and_moves_nothing(session: UnitOfWork) -> None:
    dossier = make_dossier(session)
    learn(session, dossier, DossierState.IN_PROCESS, after=MINUTE)
    for _ in range(2):
        learn(session, dossier, DossierState.ACCEPTED)
    assert dossier.state == DossierState.IN_PROCESS
    assert known(session, dossier) == [4, 2]


@pytest.mark.parametrize("final", sorted(FINAL))
def test_a_final_state_is_never_moved_back(session: UnitOfWork, final: DossierState) -> None:
    dossier = make_dossier(session)
    learn(session, dossier, final)
    learn(session, dossier, DossierState.IN_PROCESS, after=MINUTE)
    assert dossier.state == final
    assert known(session, dossier) == [final, 4]
