import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import DomainError
from app.models import Partner, StoredAnswer
from app.services.idempotency import begin, finish
from app.texts import explain
from tests.factories import NOW, make_partner

KEY = "4f7c0c4e-key-of-a-post"


@pytest.fixture
def partner(session: Session) -> Partner:
    return make_partner(session)


def refused(session: Session, partner: Partner, key: str, payload: object) -> str:
    with pytest.raises(DomainError) as refusal:
        begin(session, partner.id, key, payload, NOW)
    assert explain(refusal.value)
    return refusal.value.code


def test_the_first_time_the_work_is_done(session: Session, partner: Partner) -> None:
    assert begin(session, partner.id, KEY, {"a": 1}, NOW) is None


def test_a_repeated_post_gets_the_stored_answer(session: Session, partner: Partner) -> None:
    begin(session, partner.id, KEY, {"a": 1, "b": 2}, NOW)
    finish(session, partner.id, KEY, 201, {"id": "7"})
    stored = begin(session, partner.id, KEY, {"b": 2, "a": 1}, NOW)
    assert stored is not None
    assert (stored.status, stored.body) == (201, {"id": "7"})


def test_another_payload_under_the_same_key_is_refused(session: Session, partner: Partner) -> None:
    begin(session, partner.id, KEY, {"a": 1}, NOW)
    assert refused(session, partner, KEY, {"a": 2}) == "idempotency_key_reused"


def test_a_post_without_a_key_is_refused(session: Session, partner: Partner) -> None:
    assert refused(session, partner, "", {}) == "idempotency_key_missing"


@pytest.mark.parametrize("key", ["short", "x" * 201])
def test_a_key_has_a_decent_length(session: Session, partner: Partner, key: str) -> None:
    assert refused(session, partner, key, {}) == "idempotency_key_malformed"


def test_two_partners_may_choose_the_same_key(session: Session, partner: Partner) -> None:
    begin(session, partner.id, KEY, {"a": 1}, NOW)
    assert begin(session, make_partner(session, "another key").id, KEY, {"a": 2}, NOW) is None


def test_work_that_failed_leaves_no_key_behind(session: Session, partner: Partner) -> None:
    work = session.begin_nested()
    begin(session, partner.id, KEY, {"a": 1}, NOW)
    work.rollback()
    assert session.scalars(select(StoredAnswer)).all() == []
