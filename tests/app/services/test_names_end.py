"""Names end: six years later nothing of a person is left in any column; each period is held to the day, in bounded batches."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from app.config import Settings
from app.database import Database, connect
from app.domain.errand import ErrandState
from app.domain.errors import DomainError
from app.domain.personal_data import COLUMNS, FIVE_YEARS, RULES, TWO_YEARS, by_table, rules_with
from app.jobs import defer
from app.models import Applicant, AuditEvent, Incident, Message, ServiceRequest, SignInCode
from app.queries.custody.verification import verify
from app.services import audit, retention
from app.services.evidence import person_rows
from app.services.retention import TimeLimits, keep_time_limits
from app.services.staff.accounts import close_account
from app.unit_of_work import UnitOfWork
from app.worker.context import WorkerContext
from app.worker.keeping import keep
from tests.factories import KEYS, NOW, make_courier, make_dossier, make_errand, make_request, make_staff
from tests.factories.everywhere import (
    NAME,
    PHONE,
    WORDS,
    Household,
    found_in_database,
    found_in_files,
    make_household,
    named_in_neighbours_note,
    over,
)

SECOND = timedelta(seconds=1)
STAFF = "Nhân Viên Thử Nghỉ"


@pytest.fixture
def household(session: UnitOfWork) -> Household:
    return make_household(session)


def run(session: UnitOfWork, at: datetime) -> None:
    keep_time_limits(session, at)
    session.flush()
    session.expire_all()


def test_six_years_later_nothing_of_anybody_is_left(session: UnitOfWork, household: Household) -> None:
    named_in_neighbours_note(session, household)
    account = make_staff(session, name=STAFF, username="thu.nghi", identity="https://sso.example|thu-7788")
    courier = make_courier(session, staff_account_id=account.id, name=STAFF, phone="0900555141")
    close_account(session, account, "staff:1", NOW)
    session.add(SignInCode(phone_mac=f"{uuid4()}", code_mac="x", expires_at=NOW, sent_times=[NOW]))
    session.flush()
    words = (*WORDS, STAFF, "0900555141", "thu-7788", "thu.nghi")
    assert found_in_database(session.connection(), words) != []

    run(session, over(6 * 365 + 2))

    assert found_in_database(session.connection(), words) == []
    left = {
        table: session.scalar(text(f"select count(*) from {table}"))
        for table in ("sign_in_code", "operation_payload", "handover_code")
    }
    assert set(left.values()) == {0}
    assert courier.id
    assert [fault for fault in verify(session, KEYS).broken if fault.parcel is not None] == []


def test_a_person_is_kept_two_years_after_the_last_request_closed(session: UnitOfWork) -> None:
    request = make_request(session)
    errand = make_errand(session, request, state=ErrandState.CANCELLED, closed_at=NOW)
    assert errand.closed_at is not None
    run(session, over(TWO_YEARS))
    assert request.applicant.name is not None
    run(session, over(TWO_YEARS) + SECOND)
    assert [request.applicant.name, request.applicant.phone, request.place.address] == [None] * 3
    assert (request.place.lon, request.place.lat) == (request.place.unit.lon, request.place.unit.lat)


def test_a_person_with_something_under_way_is_kept(session: UnitOfWork) -> None:
    request = make_request(session)
    make_errand(session, request, state=ErrandState.HELD)
    run(session, over(6 * 365))
    assert request.applicant.name is not None


def test_a_dossier_in_the_making_keeps_its_person_but_not_for_ever(session: UnitOfWork) -> None:
    request = make_request(session)
    dossier = make_dossier(session, request, state=4)
    make_errand(session, request, dossiers=[dossier], state=ErrandState.DONE, closed_at=NOW)
    run(session, over(TWO_YEARS + 30))
    assert request.applicant.name is not None
    run(session, over(FIVE_YEARS + 1))
    assert request.applicant.name is None


def test_a_message_is_kept_ninety_days(session: UnitOfWork) -> None:
    message = Message(
        trigger="thu", template="booked", template_version=1, language="vi", channel="sms", recipient=PHONE,
        body="Chào ông/bà", state="sent", created_at=NOW,
    )  # fmt: skip
    session.add(message)
    run(session, over(90))
    assert message.recipient == PHONE
    run(session, over(90) + SECOND)
    assert [message.recipient, message.body, message.state] == [None, "", "sent"]


def test_names_are_struck_out_of_an_incident_after_two_years_and_the_rest_after_five(
    session: UnitOfWork, household: Household
) -> None:
    incident = session.scalars(select(Incident).where(Incident.note.contains(NAME))).one()
    run(session, over(TWO_YEARS))
    assert NAME in incident.note
    run(session, over(TWO_YEARS) + SECOND)
    assert NAME not in incident.note
    assert PHONE not in incident.note
    assert "bị ướt" in incident.note
    assert NAME not in (incident.resolution or "")
    run(session, over(FIVE_YEARS) + SECOND)
    assert (incident.note, incident.resolution) == ("", None)


def _real(session: UnitOfWork) -> datetime:
    """By the server's clock."""
    moment: datetime = session.scalars(select(func.now())).one()
    return moment


def test_audit_is_forgotten_after_five_years_by_the_servers_own_clock_alone(session: UnitOfWork) -> None:
    real = _real(session)
    old = audit.record(session, "staff:1", "thu", "thu", "old", real - timedelta(days=FIVE_YEARS + 2))
    new = audit.record(session, "staff:1", "thu", "thu", "new", real - timedelta(days=FIVE_YEARS - 30))
    session.flush()
    kept = select(AuditEvent.id).where(AuditEvent.id.in_((old.id, new.id)))
    keep_time_limits(session, real + timedelta(days=3650))  # a shifted clock shortens nothing
    assert session.scalars(kept).all() == [new.id]


def test_the_application_can_forget_no_audit_that_is_younger(session: UnitOfWork) -> None:
    young = audit.record(session, "staff:1", "thu", "thu", "young", _real(session))
    session.flush()
    session.execute(select(func.forget_audit(_real(session) + timedelta(days=9), 10)))
    assert session.get(AuditEvent, young.id, populate_existing=True) is not None
    with pytest.raises(Exception, match="permission denied"), session.begin_nested():
        session.execute(text("delete from audit_event"))


def test_finished_jobs_go_with_their_arguments_and_waiting_ones_stay(session: UnitOfWork) -> None:
    done, waiting = (defer(session, "deliver_message", {"message_id": str(uuid4())}) for _ in range(2))
    session.execute(text("update procrastinate_jobs set status = 'succeeded' where id = :id"), {"id": done})
    session.execute(text("update procrastinate_events set at = :at"), {"at": NOW})
    run(session, over(30))
    ids = text("select id from procrastinate_jobs where task_name = 'deliver_message' order by id")
    assert session.scalars(ids).all() == [done, waiting]
    run(session, over(31))
    assert session.scalars(ids).all() == [waiting]


def test_a_second_run_ends_nothing(session: UnitOfWork, household: Household) -> None:
    first = keep_time_limits(session, over(6 * 365 + 2))
    assert first["applicant"] >= len(household.requests)
    assert sum(keep_time_limits(session, over(6 * 365 + 2)).values()) == 0


def test_a_batch_ends_no_more_rows_than_asked_and_the_next_goes_on(session: UnitOfWork) -> None:
    for _ in range(5):
        make_errand(session, make_request(session), state=ErrandState.CANCELLED, closed_at=NOW)
    (step,) = (one for one in retention.steps() if one.name == "applicant")
    limits = TimeLimits(over(TWO_YEARS + 1), RULES)
    assert [step.take(session, limits, 2) for _ in range(4)] == [2, 2, 1, 0]


def test_a_row_that_somebody_holds_is_left_for_the_next_night_and_nobody_waits(
    new_installation: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    database = connect(new_installation)
    with database.transaction() as session:
        requests = [make_request(session) for _ in range(2)]
        for request in requests:
            make_errand(session, request, state=ErrandState.CANCELLED, closed_at=NOW)
    work = WorkerContext(new_installation, database, _Clock(over(TWO_YEARS + 1)), KEYS)  # type: ignore[arg-type]  # a clock that can be moved
    with database.transaction() as holder:
        holder.get(Applicant, requests[0].applicant_id, with_for_update=True)
        night = threading.Thread(target=keep, args=(work,))
        night.start()
        night.join(30)
        assert not night.is_alive()
    assert _names(database) == [requests[0].applicant.name]
    with caplog.at_level("INFO", "tannha.retention"):
        keep(work)
    assert _names(database) == []
    assert "applicant: 1 ended" in caplog.text
    assert "Thử" not in caplog.text
    assert found_in_files(new_installation.var) == []
    database.engine.dispose()


class _Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    wall = now


def _names(database: Database) -> list[str | None]:
    with database.transaction() as session:
        return list(session.scalars(select(Applicant.name).where(Applicant.name.is_not(None))))


def test_every_table_with_an_end_is_ended_by_a_step_and_found_for_a_person() -> None:
    names = {step.name.split(".")[0] for step in retention.steps()}
    assert set(by_table()) - names == {"stored_file"}  # its step is called files
    tables = {one.table for one in COLUMNS}
    assert tables - set(person_rows.OWN) == set(person_rows.NOT_OF_CITIZENS)


def test_a_province_may_set_other_periods_and_the_audit_no_shorter_one(session: UnitOfWork) -> None:
    assert rules_with("message=60, person=365")["message"].days == 60
    for wrong in ("message", "message=0", "unknown=5", "audit=30", "chain=5", "message=²"):
        with pytest.raises(DomainError) as refusal:
            rules_with(wrong)
        assert refusal.value.code == "period_malformed"
    request = make_request(session)
    make_errand(session, request, state=ErrandState.CANCELLED, closed_at=NOW)
    keep_time_limits(session, over(31), "person=30")
    session.expire_all()
    assert request.applicant.name is None


def test_a_request_without_any_visit_counts_from_its_booking(session: UnitOfWork) -> None:
    request: ServiceRequest = make_request(session)
    run(session, over(TWO_YEARS))
    assert request.applicant.name is not None
    run(session, over(TWO_YEARS) + SECOND)
    assert request.applicant.name is None
