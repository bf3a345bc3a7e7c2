"""What happens between two transactions, on real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from uuid import UUID

from sqlalchemy import func, select, text

from app.clock import local_day
from app.database import Database
from app.domain.commands import BookVisit
from app.domain.entitlement import DecideEntitlement
from app.domain.errors import DomainError
from app.domain.identity import parse_phone
from app.domain.slot import TWO_HOURS
from app.models import Dossier, Entitlement, Errand, ServiceRequest, Slot
from app.services import idempotency
from app.services.booking import entitlements, errands, pickups, slots
from app.services.booking.book import book
from app.services.desks.results import result_ready
from app.services.visits.failures import record_failure
from tests.crash.servers import until
from tests.factories import KEYS, NOW, World, make_partner, make_slot, make_world, wish, wish_for_result
from tests.factories.counter import number
from tests.factories.custody import AT_THE_DOOR, accepted, failing, make_road, packing, result_out


def at_once(*calls: Callable[[], str]) -> list[str]:
    """Run the calls together; what each returns or, for a refusal, its code."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], str]) -> str:
        barrier.wait(timeout=10)
        try:
            return call()
        except DomainError as error:
            return error.code

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls))


def booking(database: Database, command: BookVisit) -> Callable[[], str]:
    def call() -> str:
        with database.transaction() as session:
            return str(book(session, command, KEYS).id)

    return call


def confirming(database: Database, world: World, dossier_id: UUID) -> Callable[[], str]:
    def call() -> str:
        with database.transaction() as session:
            return entitlements.decide(session, DecideEntitlement(dossier_id, world.desk.id, "staff:1", NOW)).state

    return call


def small_world(database: Database, capacity: int) -> World:
    with database.transaction() as session:
        world = make_world(session)
        world.slot.capacity = capacity
        return world


def errands_in(database: Database, world: World) -> int:
    with database.transaction() as session:
        found = session.scalar(
            select(func.count()).select_from(Errand).join(Slot).where(Slot.unit_code == world.unit.code)
        )
        return found or 0


def test_of_two_bookings_for_the_last_place_one_wins(committed: Database) -> None:
    world = small_world(committed, capacity=1)
    results = at_once(*(booking(committed, wish(world)) for _ in range(2)))
    assert results.count("slot_full") == 1
    assert errands_in(committed, world) == 1


def test_eight_bookings_for_three_places_fill_them_exactly(committed: Database) -> None:
    world = small_world(committed, capacity=3)
    results = at_once(*(booking(committed, wish(world)) for _ in range(8)))
    assert results.count("slot_full") == 5
    assert errands_in(committed, world) == 3


def test_a_half_day_and_its_two_hours_do_not_sell_one_place_twice(committed: Database) -> None:
    world = small_world(committed, capacity=1)
    with committed.transaction() as session:
        early = make_slot(session, world.unit, times=TWO_HOURS[0], capacity=1)
    wishes = [wish(world, slot_id=slot_id) for slot_id in (world.slot.id, early.id) * 2]
    assert at_once(*(booking(committed, one) for one in wishes)).count("slot_full") == 3
    assert errands_in(committed, world) == 1


def test_one_external_ref_sent_twice_at_once_is_one_booking(committed: Database) -> None:
    world = small_world(committed, capacity=14)
    with committed.transaction() as session:
        partner = make_partner(session, key=f"key of {world.unit.code}")
    command = wish(world, partner_id=partner.id, external_ref="DON-7")
    one, two, three = at_once(*(booking(committed, command) for _ in range(3)))
    assert one == two == three
    with committed.transaction() as session:
        assert (
            str(session.scalars(select(ServiceRequest.id).where(ServiceRequest.partner_id == partner.id)).one()) == one
        )


def test_one_external_ref_for_two_wishes_at_once_refuses_one(committed: Database) -> None:
    world = small_world(committed, capacity=14)
    with committed.transaction() as session:
        partner = make_partner(session, key=f"key of {world.unit.code}")
    command = wish(world, partner_id=partner.id, external_ref="DON-7")
    other = replace(command, applicant=replace(command.applicant, phone=parse_phone("0900999999")))
    assert at_once(booking(committed, command), booking(committed, other)).count("external_ref_taken") == 1


def test_of_two_people_asking_for_one_result_one_is_confirmed_however_fast_two_clerks_are(committed: Database) -> None:
    world = small_world(committed, capacity=14)
    code = f"H21.65-260914-{number() % 10_000:04d}"
    asked = at_once(*(booking(committed, wish_for_result(world, code)) for _ in range(2)))
    assert "refused" not in asked
    with committed.transaction() as session:
        theirs = select(Entitlement.dossier_id).where(Entitlement.asked_code == code)
        first, second = session.scalars(theirs).all()
    answers = at_once(confirming(committed, world, first), confirming(committed, world, second))
    assert sorted(answers) == ["entitlement_decided", "proved"]


def test_the_same_key_sent_twice_at_once_does_the_work_once(committed: Database) -> None:
    with committed.transaction() as session:
        partner = make_partner(session, key="key of the race")
    done = Barrier(2)

    def post() -> str:
        try:
            with committed.transaction() as session:
                stored = idempotency.begin(session, partner.id, "key-of-one-post", {"a": 1}, NOW)
                done.wait(timeout=10)  # neither has committed: the second can't have waited for the first
                idempotency.finish(session, partner.id, "key-of-one-post", 201, {"id": "1"})
                return "repeated" if stored else "worked"
        except DomainError:
            done.wait(timeout=10)
            raise

    assert at_once(post, post) == ["idempotency_in_flight", "worked"]


def waits_for_a_lock(database: Database) -> bool:
    with database.transaction() as session:
        return bool(session.scalar(text("select count(*) from pg_locks where not granted")))


def test_whoever_finds_the_first_slot_taken_meanwhile_gets_the_next(committed: Database) -> None:
    """An envelope that stands at the office must not be refused because somebody booked the last place a moment before."""
    world = small_world(committed, capacity=2)  # its collection has the other
    with committed.transaction() as session:
        make_slot(session, world.unit, world.slot.day + timedelta(days=1))
        road = make_road(session, world)
        road.delivery.dossiers[0].result_ready_at = NOW
        delivery = road.delivery.id

    def arrive() -> int | None:
        with committed.transaction() as session:
            slot = errands.schedule_next(session, session.get_one(Errand, delivery), NOW)
            return slot.id if slot is not None else None

    with ThreadPoolExecutor(1) as pool:
        with committed.transaction() as session:
            book(session, wish(world), KEYS)
            session.flush()
            arriving = pool.submit(arrive)
            until(lambda: waits_for_a_lock(committed), 20)
        assert arriving.result(timeout=20) not in {None, world.slot.id}


def test_a_second_invitation_finds_its_slot_taken_meanwhile_and_takes_the_next(committed: Database) -> None:
    """A door that stayed shut is not to be reported twice because somebody chose that slot a moment before."""
    friday = AT_THE_DOOR + timedelta(days=3)
    tuesday = local_day(friday) + timedelta(days=4)  # the second working day after
    with committed.transaction() as session:
        road = make_road(session, make_world(session))
        result_out(session, road)
        unit = road.world.unit.code
        invited = next(slot for slot in slots.open_slots(session, unit, friday) if slot.day == tuesday)
        session.get_one(Slot, invited.id).capacity = 1
        delivery, shut = road.delivery.id, failing(road, now=friday)

    def report() -> int | None:
        with committed.transaction() as session:
            record_failure(session, shut)
            return session.get_one(Errand, delivery).slot_id

    with ThreadPoolExecutor(1) as pool:
        with committed.transaction() as session:
            slots.hold_slot(session, invited.id, "another's form", friday)
            session.flush()
            reporting = pool.submit(report)
            until(lambda: waits_for_a_lock(committed), 20)
        again = reporting.result(timeout=20)
    assert again != invited.id
    with committed.transaction() as session:
        assert session.get_one(Slot, again).day >= tuesday


def test_a_desk_that_packs_a_result_waits_for_the_errand_before_it_holds_the_dossier(committed: Database) -> None:
    """The agency's software locks the errands first: the other way round the two would wait for each other."""
    with committed.transaction() as session:
        road = make_road(session, make_world(session))
        accepted(session, road)
        dossier, packed = road.dossier.id, packing(road)

    def pack() -> str:
        with committed.transaction() as session:
            return result_ready(session, packed).code

    with ThreadPoolExecutor(1) as pool:
        with committed.transaction() as session:
            pickups.hold(session, dossier)
            packing_now = pool.submit(pack)
            until(lambda: waits_for_a_lock(committed), 20)
            session.get_one(Dossier, dossier, with_for_update={"nowait": True, "of": Dossier})
        assert packing_now.result(timeout=20)


def test_two_first_looks_at_a_commune_make_one_set_of_slots(committed: Database) -> None:
    with committed.transaction() as session:
        world = make_world(session)

    def look() -> str:
        with committed.transaction() as session:
            return str(len(slots.open_slots(session, world.unit.code, NOW)))

    assert at_once(look, look, look) == ["10", "10", "10"]
