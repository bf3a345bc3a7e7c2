"""Every job of `app.jobs.QUEUES` and what does it. A handler is given the `WorkerContext` first, then the job's arguments."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.clock import local_day
from app.config import SettingsError
from app.gateways import channels, file_store
from app.gateways.messages import low_credits
from app.models import Plan, Planning
from app.services import planning
from app.services.booking import errands
from app.services.custody import digests
from app.services.evidence import landmarks
from app.services.messaging import messages
from app.services.planning import calibrating
from app.services.visits import delivery
from app.watching import trail
from app.worker import ask_operators as asking
from app.worker import deliver_message as delivering
from app.worker import keeping, outbox, poll_carrier, poll_one_stop
from app.worker import reconcile as reconciling
from app.worker import store_file as storing
from app.worker import sync_procedures as syncing
from app.worker.carry_out import FAILED
from app.worker.context import WorkerContext
from app.worker.outbox_handlers import HANDLERS
from app.worker.plan_process import INTERRUPTED, settings_to_json

log = logging.getLogger(__name__)

STORE_PATIENCE_S = 30.0
SETTINGS_WAIT_S = 60.0
BESIDE_THE_SEARCH_S = 600.0  # loading, four minutes of a road server, explaining, saving: a longer plan hangs
SEARCHES = 2  # a road server that fails in mid-plan has the plan made anew on straight lines
BUSY = 8  # seconds are of CPU: on a busy machine a search takes so many times as long (`TimeParams.within`)


class PlanFailed(Exception):
    """The child that planned ended with an error; the order's row says which."""


class PlanInterrupted(PlanFailed):
    """The database went away under it: the plan is made again."""


async def plan_day(context: WorkerContext, planning_id: int) -> None:
    """Plan in a child process; stopping the worker ends the child, and the job is done again by the next worker."""
    longest_s = BESIDE_THE_SEARCH_S + SEARCHES * BUSY * await asyncio.to_thread(_search_s, context, planning_id)
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "app.worker.plan_process",
        str(planning_id),
        str(os.getpid()),
        stdin=asyncio.subprocess.PIPE,
        env={**os.environ, **trail.to_child(), "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
    )
    await communicate(child, settings_to_json(context.settings), longest_s)
    if child.returncode:
        await asyncio.to_thread(_note_failure, context, planning_id)
        kind = PlanInterrupted if child.returncode == INTERRUPTED else PlanFailed
        raise kind(f"planning {planning_id} ended with code {child.returncode}")


async def communicate(child: asyncio.subprocess.Process, given: bytes, longest_s: float) -> None:
    """Until it ends. A child that takes too long is killed, as it is when the worker stops."""
    try:
        async with asyncio.timeout(longest_s):
            await child.communicate(given)
    except TimeoutError:
        child.kill()
        await child.wait()
    except asyncio.CancelledError:
        child.kill()
        await child.wait()
        raise


def _search_s(context: WorkerContext, planning_id: int) -> int:
    with context.database.transaction() as session:
        order = session.get(Planning, planning_id)
        return order.seconds if order is not None else 0


def _note_failure(context: WorkerContext, planning_id: int) -> None:
    """A child that was killed, by want of memory, say, could not say so itself: else its order would run for ever."""
    with context.database.transaction() as session:
        planning.fail(session, planning_id, FAILED, context.clock.now())


def announce_plan(context: WorkerContext, plan_id: int) -> None:
    """Tell everybody whom the published plan visits; who was told in the evening is not told again."""
    now = context.clock.now()
    with context.database.transaction() as session:
        plan = session.get_one(Plan, plan_id)
        if plan.state == "published" and plan.day >= local_day(now):
            messages.tell_evening_before(session, plan.day, now, context.keys)


def deliver_message(context: WorkerContext, message_id: str) -> None:
    delivering.deliver_message(context.database, _senders(context), UUID(message_id), context.clock.now())


def _senders(context: WorkerContext) -> delivering.Senders:
    """Raises `NotYet` while the file of links can't be read: that is ours to mend, and no message is given up for it."""
    settings = context.settings
    try:
        return delivering.Senders(channels(settings), context.keys, settings.base_url, low_credits(settings))
    except SettingsError as error:
        log.warning("no message is sent: %s", error)
        raise outbox.NotYet(SETTINGS_WAIT_S) from None


def give_up_message(context: WorkerContext, error: BaseException, message_id: str) -> None:
    delivering.give_up(context.database, UUID(message_id), error)


def confirm_proof(context: WorkerContext, errand_id: str) -> None:
    with context.database.transaction() as session:
        delivery.ask_to_confirm(session, UUID(errand_id), context.clock.now())


def sign_digests(context: WorkerContext, timestamp: int | None = None) -> None:  # noqa: ARG001  (procrastinate names the tick)
    """Sign where every office's chains stood at the end of yesterday; a digest also covers days that were missed."""
    now = context.clock.now()
    with context.database.transaction() as session:
        digests.sign_all(session, local_day(now) - timedelta(days=1), now, context.keys)


def carry_over(context: WorkerContext, timestamp: int | None = None) -> None:  # noqa: ARG001  (procrastinate names the tick)
    """Arrange anew what yesterday's couriers did not get to."""
    with context.database.transaction() as session:
        errands.carry_over(session, context.clock.now())


def learn_travel_times(context: WorkerContext, timestamp: int | None = None) -> None:  # noqa: ARG001  (procrastinate names the tick)
    """See how long yesterday's rides took; the plans to come reckon with it."""
    with context.database.transaction() as session:
        calibrating.learn(session, context.clock.now())


def learn_landmarks(context: WorkerContext, timestamp: int | None = None) -> None:  # noqa: ARG001  (procrastinate names the tick)
    """See what yesterday's doors add to the landmarks of their communes."""
    with context.database.transaction() as session:
        landmarks.learn(session, context.clock.now())


def store_file(context: WorkerContext, sha256: str) -> None:
    store = file_store(context.settings, patience_s=STORE_PATIENCE_S)
    storing.store_file(context.database, store, sha256, context.clock.now(), context.keys)


def delete_file(context: WorkerContext, sha256: str) -> None:
    storing.delete_file(file_store(context.settings, patience_s=STORE_PATIENCE_S), sha256)


def keep_time_limits(context: WorkerContext, timestamp: int | None = None) -> None:  # noqa: ARG001  (procrastinate names the tick)
    """Delete what was kept as long as it may be."""
    keeping.keep(context)


def list_erasures(context: WorkerContext) -> None:
    """Write down outside the database what was erased, so that no backup brings it back."""
    keeping.list_erasures(context)


def tell(context: WorkerContext, dispatch_id: str) -> None:
    """Send one message to an outside system, when its turn has come."""
    outbox.tell(context, UUID(dispatch_id), HANDLERS)


def ask_one_stop(context: WorkerContext, timestamp: int | None = None) -> None:  # noqa: ARG001  (procrastinate names the tick)
    """Hear what became of the open dossiers at the national exchange."""
    poll_one_stop.poll(context)


def ask_carriers(context: WorkerContext, timestamp: int | None = None) -> None:  # noqa: ARG001  (procrastinate names the tick)
    """Read what the postal carriers tell."""
    poll_carrier.poll(context)


def ask_operators(context: WorkerContext, timestamp: int | None = None) -> None:  # noqa: ARG001  (procrastinate names the tick)
    """Ask the operators what became of the messages that they took."""
    asking.ask(context)


def take_arrivals(context: WorkerContext, timestamp: int | None = None) -> None:  # noqa: ARG001  (procrastinate names the tick)
    """Act on what was told, by the time of the events."""
    poll_carrier.take(context)


def sync_procedures(context: WorkerContext, timestamp: int | None = None) -> None:  # noqa: ARG001  (procrastinate names the tick)
    """Take over published paper lists that changed."""
    syncing.sync(context)


def reconcile(context: WorkerContext, timestamp: int | None = None) -> None:  # noqa: ARG001  (procrastinate names the tick)
    """Compare us with both outside systems, every night."""
    reconciling.reconcile(context)


TASKS: Mapping[str, Callable[..., Any]] = {
    "plan_day": plan_day,
    "announce_plan": announce_plan,
    "deliver_message": deliver_message,
    "deliver_code": deliver_message,
    "confirm_proof": confirm_proof,
    "sign_digests": sign_digests,
    "carry_over": carry_over,
    "learn_travel_times": learn_travel_times,
    "learn_landmarks": learn_landmarks,
    "store_file": store_file,
    "delete_file": delete_file,
    "keep_time_limits": keep_time_limits,
    "list_erasures": list_erasures,
    "tell_one_stop": tell,
    "tell_carrier": tell,
    "tell_subscriber": tell,
    "poll_one_stop": ask_one_stop,
    "sync_procedures": sync_procedures,
    "reconcile": reconcile,
    "poll_carrier": ask_carriers,
    "take_arrivals": take_arrivals,
    "ask_operators": ask_operators,
}

# what is settled, with the error, when a job is not tried again
GIVING_UP: Mapping[str, Callable[..., None]] = {"deliver_message": give_up_message, "deliver_code": give_up_message}
