"""Orders at a postal carrier on loopback, and what its feed tells, taken by the time of the event."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.database import Database
from app.domain.custody import Holder
from app.domain.errand import ErrandKind, ErrandState
from app.domain.tariff import ChargeKind
from app.models import Attempt, CarrierOrder, Charge, Dossier, Errand, FeedCursor, InboxMessage, OutboxMessage, Parcel
from app.services.booking import errands
from app.services.outbox import changes, orders, queue
from app.unit_of_work import UnitOfWork
from app.worker.context import WorkerContext
from app.worker.outbox import tell
from app.worker.outbox_handlers import HANDLERS
from app.worker.poll_carrier import poll, take
from tests.app.worker.joined import carrier_at, joined
from tests.factories import NOW, make_dossier, make_errand, make_request
from tests.factories.links import forget_links
from tests.factories.planning import make_parcel
from tests.fakes.partner import Partner, Reply, told
from tests.fakes.postal import SECRET, FakeHcc

CODE = "H21.65-261130-0021"


@dataclass
class Road:
    """A joined installation, its carrier, and one errand of a dossier with a code."""

    context: WorkerContext
    hcc: FakeHcc
    partner: Partner
    errand_id: UUID

    def run(self) -> list[str | None]:
        """Send everything whose turn it is."""
        said: list[str | None] = []
        while True:
            with self.context.database.transaction() as session:
                waiting = select(OutboxMessage.id).where(OutboxMessage.state == "queued").order_by(OutboxMessage.number)
                ids = session.scalars(waiting).all()
            states = [tell(self.context, one, HANDLERS) for one in ids]
            said += [state for state in states if state]
            if not any(states):
                return said

    def change(self, what: Any) -> Any:
        with self.context.database.transaction() as session:
            return what(session, session.get_one(Errand, self.errand_id))

    def follow(self) -> None:
        self.change(lambda session, errand: changes.errand_changed(session, errand, NOW))

    def order(self) -> CarrierOrder:
        with self.context.database.transaction() as session:
            return session.scalars(select(CarrierOrder).order_by(CarrierOrder.attempt.desc())).first() or CarrierOrder()

    def errand(self) -> Errand:
        with self.context.database.transaction() as session:
            return session.get_one(Errand, self.errand_id)

    def dossier(self, what: Callable[[Dossier], Any]) -> Any:
        with self.context.database.transaction() as session:
            return what(session.scalars(select(Dossier).where(Dossier.code == CODE)).one())

    def read(self) -> dict[str, int]:
        poll(self.context)
        return take(self.context)

    def inbox_messages(self) -> list[tuple[str, str | None]]:
        with self.context.database.transaction() as session:
            return [(row.state, row.reason) for row in session.scalars(select(InboxMessage).order_by(InboxMessage.id))]

    def parcel(self) -> Parcel | None:
        with self.context.database.transaction() as session:
            return session.scalars(select(Parcel).where(Parcel.errand_id == self.errand_id)).one_or_none()


def lay(committed: Database, folder: Path, partner: Partner, hcc: FakeHcc, more: str = "", **given: Any) -> Road:
    with committed.transaction() as session:
        forget_links(session)
        session.execute(text("update dossier set code = null"))
        request = make_request(session)
        errand = make_errand(session, request, dossiers=[make_dossier(session, request, code=CODE)], **given)
        errand_id = errand.id
    return Road(joined(folder, committed, carrier_at(folder, partner.url, more), SECRET), hcc, partner, errand_id)


@pytest.fixture
def hcc() -> FakeHcc:
    return FakeHcc()


@pytest.fixture
def partner(hcc: FakeHcc, committed: Database) -> Iterator[Partner]:
    with Partner(hcc.answer) as partner:
        yield partner
    with committed.transaction() as session:
        forget_links(session)


@pytest.fixture
def own(committed: Database, tmp_path: Path, partner: Partner, hcc: FakeHcc) -> Road:
    """Our own couriers drive; the order is for accounting."""
    return lay(committed, tmp_path, partner, hcc)


@pytest.fixture
def theirs(committed: Database, tmp_path: Path, partner: Partner, hcc: FakeHcc) -> Road:
    """The carrier collects."""
    return lay(committed, tmp_path, partner, hcc, executed_by="carrier")


@pytest.fixture
def home(committed: Database, tmp_path: Path, partner: Partner, hcc: FakeHcc) -> Road:
    """The carrier brings a result that lies packed at the desk."""
    road = lay(
        committed, tmp_path, partner, hcc, executed_by="carrier", kind=ErrandKind.DELIVER, state=ErrandState.REQUESTED
    )
    road.change(_pack)
    return road


def _pack(session: Session, errand: Errand) -> None:
    make_parcel(session, errand, errand_id=errand.id, holder=Holder.DESK, holder_id=str(errand.dossiers[0].desk_id))
    errand.dossiers[0].state = 9


# -- orders


def test_an_arranged_errand_is_ordered_once_under_its_own_number(own: Road) -> None:
    own.follow()
    own.follow()
    assert own.run() == ["sent"]
    assert list(own.hcc.orders) == [f"{CODE}-TG01"]
    assert (own.order().state, own.order().executed_by) == ("placed", "own")


def test_a_dossier_without_a_code_is_ordered_when_the_code_is_known(own: Road) -> None:
    def uncode(session: Session, errand: Errand) -> None:
        errand.dossiers[0].code = None

    def code(session: UnitOfWork, errand: Errand) -> None:
        errand.dossiers[0].code = CODE
        orders.follow_dossier(session, errand.dossiers[0], NOW)

    own.change(uncode)
    own.follow()
    assert own.run() == []
    own.change(code)
    assert own.run() == ["sent"]


def test_the_money_goes_in_its_parts_and_no_name_of_a_procedure(own: Road) -> None:
    def charge(session: Session, errand: Errand) -> None:
        for kind, amount in ((ChargeKind.POSTAGE, 26_000), (ChargeKind.STATE_FEE, 8_000)):
            row = Charge(request_id=errand.request_id, dossier_id=errand.dossiers[0].id, errand_id=errand.id)
            row.kind, row.amount, row.basis = kind, amount, "thử"
            session.add(row)

    own.change(charge)
    own.follow()
    own.run()
    body = own.hcc.orders[f"{CODE}-TG01"]
    assert body["CODAmount"] == 34_000
    assert "phí, lệ phí 8000 đ, cước 26000 đ" in body["Description"]
    assert own.dossier(lambda dossier: dossier.procedure.name) not in str(body)


def test_an_answer_that_was_lost_is_no_second_order(own: Road) -> None:
    own.follow()
    own.hcc.orders[f"{CODE}-TG01"] = {}  # it arrived, and its answer did not
    assert own.run() == ["sent"]
    assert own.order().state == "placed"


def test_a_cancelled_errand_calls_its_order_off_after_it_was_placed(own: Road) -> None:
    own.follow()
    own.run()
    own.change(lambda session, errand: errands.close(session, errand, ErrandState.CANCELLED, NOW))
    assert own.run() == ["sent"]
    assert own.hcc.cancelled == {f"{CODE}-TG01"}
    assert own.order().state == "cancelled"


def test_what_was_never_sent_needs_no_calling_off(own: Road) -> None:
    own.follow()
    own.change(lambda session, errand: errands.close(session, errand, ErrandState.CANCELLED, NOW))
    own.run()
    assert (own.hcc.orders, own.order().state) == ({}, "cancelled")


def test_a_done_errand_closes_its_order_for_accounting(own: Road) -> None:
    own.follow()
    own.run()

    def finish(session: UnitOfWork, errand: Errand) -> None:
        errand.state = ErrandState.UNDER_WAY
        errands.close(session, errand, ErrandState.DONE, NOW)

    own.change(finish)
    assert own.order().state == "closed"


def test_a_refused_cancellation_leaves_the_order_standing(own: Road) -> None:
    own.follow()
    own.run()
    own.hcc.orders.clear()
    own.change(lambda session, errand: errands.close(session, errand, ErrandState.CANCELLED, NOW))
    assert own.run() == ["refused"]
    assert own.order().state == "placed"


def test_an_answer_nobody_can_read_is_no_refusal_and_is_sent_again(own: Road) -> None:
    own.follow()
    own.hcc.tokens.add("x")
    own.partner.faults = [told({"access_token": "x", "token_type": "Bearer", "expires_in": 1}), Reply(200, b"OK")]
    assert own.run() == ["parked"]
    assert own.order().state == "wanted"
    with own.context.database.transaction() as session:
        parked = session.scalars(select(OutboxMessage)).one()
        queue.replay(session, parked.id, "staff:1", NOW)
    assert own.run() == ["sent"]
    assert own.order().state == "placed"


def test_a_refused_order_waits_for_a_person_and_goes_under_the_same_number(own: Road) -> None:
    own.follow()
    own.hcc.cancelled.add(f"{CODE}-TG01")
    assert own.run() == ["refused"]
    own.follow()
    assert own.order().state == "refused"
    own.hcc.cancelled.clear()
    with own.context.database.transaction() as session:
        queue.replay(session, session.scalars(select(OutboxMessage.id)).one(), "staff:1", NOW)
    assert own.run() == ["sent"]
    assert (own.order().number, own.order().state) == (f"{CODE}-TG01", "placed")


def test_waybills_of_a_pool_are_used_once_each(
    committed: Database, tmp_path: Path, partner: Partner, hcc: FakeHcc
) -> None:
    road = lay(committed, tmp_path, partner, hcc, 'waybills = [["RT473124829VN", "RT473124829VN"]]')
    road.follow()
    assert road.run() == ["sent"]
    assert hcc.orders[f"{CODE}-TG01"]["ItemCode"] == "RT473124829VN"
    assert road.order().item_code == "RT473124829VN"


# -- what they tell


def test_the_feed_is_read_on_from_its_cursor_and_no_line_twice(own: Road) -> None:
    own.follow()
    own.run()
    last = own.hcc.tell(f"{CODE}-TG01", "10")
    assert own.read() == {"taken": 1}
    assert own.read() == {}
    with own.context.database.transaction() as session:
        assert session.get_one(FeedCursor, ("vnpost", "GL01")).cursor == last


def test_a_code_in_no_table_waits_for_a_person_and_is_not_dropped(own: Road) -> None:
    own.follow()
    own.run()
    own.hcc.tell(f"{CODE}-TG01", "999")
    assert own.read() == {"parked": 1}
    assert own.inbox_messages() == [("parked", "code_unmapped")]


def test_an_order_nobody_knows_and_a_line_nobody_reads_wait_for_a_person(own: Road) -> None:
    own.hcc.tell("H21.65-261130-9999-TG01", "10")
    own.hcc.feed.append({"_id": {"$oid": f"{99:024x}"}, "OrderNumber": "x"})
    own.read()
    reasons = own.inbox_messages()
    assert ("parked", "order_unknown") in reasons
    assert all(state == "parked" for state, _ in reasons)
    assert len(reasons) == 2


def test_events_count_by_their_own_time_and_a_final_state_is_never_moved_back(own: Road) -> None:
    own.follow()
    own.run()
    own.hcc.tell(f"{CODE}-TG01", "70", EventTime="2026-11-30T09:00:00")
    own.hcc.tell(f"{CODE}-TG01", "10", EventTime="2026-11-30T08:00:00")
    own.read()
    own.hcc.tell(f"{CODE}-TG01", "30", EventTime="2026-11-30T10:00:00")
    own.read()
    order = own.order()
    assert (order.milestone, order.milestone_final) == ("delivered", True)
    assert ("taken", "after_final") in own.inbox_messages()


def test_the_end_counts_even_told_by_a_clock_that_is_behind(home: Road) -> None:
    home.follow()
    home.run()
    home.hcc.tell(f"{CODE}-KQ01", "10", EventTime="2026-11-30T08:07:00")
    home.read()
    home.hcc.tell(f"{CODE}-KQ01", "70", EventTime="2026-11-30T08:01:00")
    home.read()
    parcel = home.parcel()
    assert parcel is not None
    assert (parcel.holder, home.order().milestone, home.errand().state) == (
        Holder.CITIZEN,
        "delivered",
        ErrandState.DONE,
    )


def test_a_feed_that_cannot_be_read_leaves_the_cursor(own: Road) -> None:
    own.hcc.tell(f"{CODE}-TG01", "10")
    own.partner.faults = [told({"access_token": "x", "token_type": "Bearer", "expires_in": 1}), Reply(200, b"<html>")]
    own.hcc.tokens.add("x")
    assert own.read() == {}
    with own.context.database.transaction() as session:
        assert session.get(FeedCursor, ("vnpost", "GL01")) is None


# -- the carrier executes


def test_the_carriers_pickup_is_custody_and_its_arrival_ends_the_collection(theirs: Road) -> None:
    theirs.follow()
    theirs.run()
    theirs.hcc.tell(f"{CODE}-TG01", "10", EventTime="2026-11-30T08:00:00", ItemCode="RT473124829VN")
    theirs.read()
    parcel = theirs.parcel()
    assert parcel is not None
    assert (parcel.code, parcel.holder, parcel.holder_id) == ("RT473124829VN", Holder.CARRIER, "vnpost")
    assert theirs.errand().state is ErrandState.UNDER_WAY
    theirs.hcc.tell(f"{CODE}-TG01", "70", EventTime="2026-11-30T10:00:00")
    theirs.read()
    arrived = theirs.parcel()
    assert arrived is not None
    assert (arrived.holder, arrived.gap, theirs.errand().state) == (Holder.DESK, False, ErrandState.DONE)
    assert theirs.order().state == "closed"


def test_a_result_is_ordered_when_it_is_packed_and_their_proof_of_delivery_is_state_10(home: Road) -> None:
    home.follow()
    home.run()
    assert list(home.hcc.orders) == [f"{CODE}-KQ01"]
    for code, hour in (("10", 8), ("50", 9), ("70", 10)):
        home.hcc.tell(f"{CODE}-KQ01", code, EventTime=f"2026-11-30T{hour:02d}:00:00")
    home.read()
    parcel, errand = home.parcel(), home.errand()
    assert parcel is not None
    assert (parcel.holder, errand.state) == (Holder.CITIZEN, ErrandState.DONE)
    with home.context.database.transaction() as session:
        dossier = session.scalars(select(Dossier).where(Dossier.code == CODE)).one()
        attempt = session.scalars(select(Attempt).where(Attempt.errand_id == errand.id)).one()
    assert (dossier.state, attempt.evidence["proof"]) == (10, "carrier_delivered")


def test_a_failed_try_of_theirs_stays_nine_and_a_return_brings_it_back_to_the_desk(home: Road) -> None:
    home.follow()
    home.run()
    for code, hour in (("10", 8), ("60", 9), ("80", 10)):
        home.hcc.tell(f"{CODE}-KQ01", code, EventTime=f"2026-11-30T{hour:02d}:00:00")
    home.read()
    parcel = home.parcel()
    assert parcel is not None
    assert (parcel.holder, home.errand().state) == (Holder.DESK, ErrandState.RETURNED)
    assert home.dossier(lambda dossier: dossier.state) == 9


def test_the_same_event_told_again_changes_nothing(home: Road) -> None:
    home.follow()
    home.run()
    home.hcc.tell(f"{CODE}-KQ01", "70", EventTime="2026-11-30T10:00:00")
    home.read()
    before = home.parcel()
    with home.context.database.transaction() as session:
        session.execute(text("update inbox_message set state = 'stored'"))
        session.execute(text("update carrier_order set milestone = null, milestone_at = null, milestone_final = false"))
    take(home.context)
    after = home.parcel()
    assert before is not None
    assert after is not None
    assert before.event_no == after.event_no


def test_an_errand_the_carrier_gives_up_goes_to_our_own_couriers(theirs: Road) -> None:
    theirs.follow()
    theirs.run()
    theirs.hcc.tell(f"{CODE}-TG01", "90", EventTime="2026-11-30T08:00:00")
    theirs.read()
    assert (theirs.errand().executed_by, theirs.order().state) == ("own", "cancelled")
