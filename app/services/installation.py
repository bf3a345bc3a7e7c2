"""The installation's own memory: its epoch, which secrets are in use, and whose signatures under digests are believed.

docs/decisions/sign-in.md: a new secret is appended everywhere, then promoted; start refuses only when one in use is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import uuid4

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from app.config import SECRETS, Keys, SecretList, SecretPlace, fingerprint
from app.models import Device, DigestKey, Epoch, KnownSecret, SignInSession
from app.models.device import RECEIPT_ROLL
from app.models.parcel import PARCEL_ROLL
from app.queries.custody import signatures

LOCK: Final = 7_203_452_027
RESTORED: Final = "restored"
SKIPPED: Final = 10_000  # two hundred blocks: more than a province draws in the days between two backups


def begin_epoch(session: Session, now: datetime) -> Epoch:
    """The database came back from a copy: phones that hear it send again what they still hold.

    Whoever was signed in when the copy was taken may have been shut out since: everybody signs in anew.
    """
    epoch = Epoch(id=uuid4(), began_at=now, cause=RESTORED)
    session.add(epoch)
    session.execute(delete(SignInSession))
    session.execute(update(Device).values(access_hash=None, access_until=None))
    for roll in (RECEIPT_ROLL, PARCEL_ROLL):  # numbers that phones were given since the copy was taken are on paper
        session.execute(text(f"select setval('{roll.name}', last_value + {SKIPPED}) from {roll.name}"))  # noqa: S608 - names of our own sequences
    session.flush()
    return epoch


def epoch_of(session: Session) -> str:
    """The newest; a phone that knows another one learns from it that what it was told is forgotten here."""
    newest = select(Epoch.id).order_by(Epoch.began_at.desc(), Epoch.id).limit(1)
    return str(session.scalar(newest) or "")


def register_secrets(session: Session, lists: Mapping[str, SecretList], now: datetime) -> list[str]:
    """Note what this process was given; what it lacks comes back as sentences, and then nothing was noted."""
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))  # web and workers start at the same moment
    known = list(session.scalars(select(KnownSecret).with_for_update()))
    missing = [sentence for place in SECRETS for sentence in _missing(place, lists[place.kind], known)]
    if not missing:
        for place in SECRETS:
            _note(session, place.kind, lists[place.kind], [row for row in known if row.kind == place.kind], now)
        session.flush()
    return missing


def _missing(place: SecretPlace, given: SecretList, known: Sequence[KnownSecret]) -> list[str]:
    here = {fingerprint(place.kind, value) for value in (given.current, *given.others)}
    return [
        f"{place.variable} lacks the key {row.fingerprint}, which "
        + ("this installation works with" if row.current else "something written with it still needs")
        + ": put it (back) into the list, on every machine."
        for row in known
        if row.kind == place.kind and row.fingerprint not in here and needed(row)
    ]


def needed(row: KnownSecret) -> bool:
    """Whatever was once written with, until `tannha rotate` has found that nothing needs it."""
    return row.current or (row.retired_at is not None and row.released_at is None)


def _note(session: Session, kind: str, given: SecretList, known: Sequence[KnownSecret], now: datetime) -> None:
    rows = {row.fingerprint: row for row in known}
    for value in (given.current, *given.others):
        mark = fingerprint(kind, value)
        if mark not in rows:
            rows[mark] = KnownSecret(kind=kind, fingerprint=mark, seen_at=now, current=False)
            session.add(rows[mark])
    for mark, row in rows.items():
        promoted = mark == fingerprint(kind, given.current)
        if row.current and not promoted:
            row.retired_at = now
        if promoted and not row.current:
            row.retired_at = row.released_at = None
        row.current = promoted


def register_digest_keys(session: Session, keys: Keys) -> None:
    """Keep every public key of ours, and vouch with today's for each that is believed: the private half may go then."""
    believed = signatures.believed_keys(session, keys)
    rows = {row.id: row for row in session.scalars(select(DigestKey).with_for_update())}
    today = signatures.key_id(keys)
    for name, public in believed.items():
        row = rows.get(name)
        if row is None:
            row = DigestKey(id=name, public_key=public.hex())
            session.add(row)
        if today not in (name, row.endorsed_by):
            row.endorsed_by, row.endorsement = today, signatures.sign(signatures.endorsed(public), keys)
    session.flush()
