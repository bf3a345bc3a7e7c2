"""The session of one transaction, with what that transaction remembers: the first argument of every service that writes.

A function that only reads says `Session`, which this is, too. What is remembered is asked by its attribute, wherever it changes
what is done; a session that remembers nothing is an ordinary one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy.orm import DeclarativeBase, Session

from app.domain.parcel import ParcelPurpose
from app.models import CustodyEvent, CustodyEvidence, Errand, HandoverCode, Parcel, Subscriber
from app.rows import insert_all

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Chain:
    """A locked parcel with its events so far: what the next event is checked against and chained to."""

    parcel: Parcel
    events: list[CustodyEvent]

    def answered(self, operation_id: str) -> CustodyEvent | None:
        """The event that this operation has already written."""
        return next((event for event in self.events if event.operation_id == operation_id), None)


@dataclass(frozen=True, slots=True)
class Prefetched:
    """What the database knows of a batch's errands and envelopes, kept in step by whoever writes; and what waits to be written.

    Only of a batch that is rolled back as a whole: else it would go on with rows that were never written.
    """

    errands: frozenset[UUID]  # locked; whatever is not known of these is not there
    envelopes: dict[tuple[UUID, ParcelPurpose], str]  # dossier and purpose → label
    attempts: dict[UUID, int]  # errand → the last number
    codes: dict[UUID, HandoverCode]  # errand → its code, locked
    chains: dict[UUID, Chain]  # parcel → its chain, locked
    waiting: list[DeclarativeBase] = field(default_factory=list)  # rows that the next flush writes

    def next_attempt(self, errand_id: UUID) -> int:
        self.attempts[errand_id] = self.attempts.get(errand_id, 0) + 1
        return self.attempts[errand_id]


@dataclass(frozen=True, slots=True)
class BatchMemory:
    """What the operations of one phone's batch have in common: looked up before the first, written after the last."""

    errands: Mapping[UUID, Errand]  # locked, with all that a visit needs
    open_elsewhere: Collection[UUID]  # requests of these errands that have others open, not among them
    labels: Collection[str]  # of envelopes that it may make
    scanned: set[str]  # labels that were scanned before anybody knew the envelope
    prefetched: Prefetched | None  # None: an operation may be rolled back by itself
    messages: list[dict[str, Any]] = field(default_factory=list)  # told, and promised at the end
    evidence: list[CustodyEvidence] = field(default_factory=list)  # remembered, and written at the end


class UnitOfWork(Session):
    """`app.database.Database.transaction` makes one, and commits it."""

    batch: BatchMemory | None = None
    enabled_links: frozenset[str] | None = None  # None: nobody has asked yet
    subscribers: Sequence[Subscriber] | None = None  # None: nobody has asked yet
    answers: dict[Hashable, Any] | None = None  # of `once`; None: it always asks
    jobs_muted: bool = False  # what a demonstration tells of the past was done in the past: nothing is promised

    @contextmanager
    def batch_of(self, memory: BatchMemory) -> Iterator[None]:
        """Within, the services find in `batch` what they would ask, and leave there what can be written at once."""
        self.batch = memory
        try:
            yield
            self.flush()
        finally:
            self.batch = None

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What happened within, or nothing of it: neither in the database nor of what a batch is to say and to keep."""
        batch = self.batch
        said, kept = (len(batch.messages), len(batch.evidence)) if batch is not None else (0, 0)
        try:
            with self.begin_nested():
                yield
        except BaseException:
            if batch is not None:
                del batch.messages[said:], batch.evidence[kept:]
            raise

    def once(self, ask: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`ask(work, …)`, or what it said before where nobody writes what it reads (`answers`)."""
        if self.answers is None:
            return ask(self, *args, **kwargs)
        question = (ask, args, *kwargs.items())
        if question not in self.answers:
            self.answers[question] = ask(self, *args, **kwargs)
        answer: T = self.answers[question]
        return answer

    @property
    def prefetched(self) -> Prefetched | None:
        """Inside a batch that is rolled back as a whole: what is used twice is found out when it is written."""
        return self.batch.prefetched if self.batch is not None else None

    def prefetched_of(self, errand_id: UUID) -> Prefetched | None:
        """What was read ahead, when this errand is of it."""
        prefetched = self.prefetched
        return prefetched if prefetched is not None and errand_id in prefetched.errands else None

    def add_later(self, row: DeclarativeBase) -> None:
        """`add` for a row that nobody changes any more: a batch writes those of one table in one statement.

        It stays outside the session; what others look up by its columns sets them itself.
        """
        if self.prefetched is None:
            self.add(row)
        else:
            self.prefetched.waiting.append(row)

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """What waits goes with every flush, so that whatever is asked of the database meanwhile finds it there."""
        super().flush(objects)
        if self.prefetched is not None and self.prefetched.waiting:
            rows = self.prefetched.waiting.copy()
            self.prefetched.waiting.clear()
            insert_all(self, rows)
