"""Whether an installation can work: each check is a name, a state, and a sentence with the way out.

`at_start` is what `serve` and `worker` look at before they begin; `tannha doctor` looks at all, and asks every system that is joined.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlsplit

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from app.cli.migrate import steps
from app.cli.secrets_in_use import check_secrets
from app.clock import make_clock
from app.config import Settings, SettingsError
from app.database import APP_ROLE, Database, connect
from app.domain.sending import PUSH
from app.gateways import channels, known_links, links_file, probes, push_key
from app.watching.figures import disk_free

State = Literal["ok", "warning", "fault"]

OLDEST_SERVER: Final = 15
LEAST_FREE: Final = 200 * 1024 * 1024  # bytes, as /healthz
GOOD_FREE: Final = 2 * 1024**3
CLOCKS_APART_S: Final = 2.0
WORKER_SILENT_S: Final = 60
MOST_NAMED: Final = 5
PRIVATE: Final = 0o077  # what others may not have


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    state: State
    sentence: str


class Finding(Exception):
    """A check that did not go well."""

    def __init__(self, state: State, sentence: str) -> None:
        super().__init__(sentence)
        self.state: State = state


def fault(sentence: str) -> Finding:
    return Finding("fault", sentence)


def warning(sentence: str) -> Finding:
    return Finding("warning", sentence)


Look = Callable[[Settings, Database], str]
"""Returns what is well. Raises Finding, or SettingsError: a fault, whose words are the way out."""


def look(name: str, check: Look, settings: Settings, database: Database) -> Check:
    """One check; what nobody expected of it is a fault, too, told by its kind."""
    try:
        return Check(name, "ok", check(settings, database))
    except Finding as finding:
        return Check(name, finding.state, str(finding))
    except SettingsError as error:
        return Check(name, "fault", str(error))
    except SQLAlchemyError as error:
        return Check(
            name, "fault", f"The database did not let us look ({type(error).__name__}): see the check “database”."
        )
    except Exception as error:  # noqa: BLE001 (one check must not hide all the others; its words may hold anything)
        return Check(name, "fault", f"Could not be looked at ({type(error).__name__}).")


def at_start(settings: Settings, database: Database) -> list[Check]:
    return [look(name, check, settings, database) for name, check in AT_START.items()]


def everything(settings: Settings) -> list[Check]:
    """All checks. Where the database does not answer, what needs it is left out."""
    try:
        database = connect(settings)
    except SettingsError as error:
        return [Check("database", "fault", str(error)), *_without_database(settings, None)]
    try:
        first = look("database", server, settings, database)
        if first.state == "fault":
            return [first, *_without_database(settings, database)]
        rest = {**AT_START, **ASKED, **OUTSIDE}
        return [first, *(look(name, check, settings, database) for name, check in rest.items() if name != "database")]
    finally:
        database.engine.dispose()


def _without_database(settings: Settings, database: Database | None) -> list[Check]:
    apart = database or Database(None)  # type: ignore[arg-type]  # these do not look at it
    alone = {"base URL": base_url, "proxies": proxies, "messages": messages, "disk": disk, **OUTSIDE}
    return [look(name, check, settings, apart) for name, check in alone.items()]


def server(_settings: Settings, database: Database) -> str:
    try:
        with database.engine.connect() as connection:
            number = int(connection.scalar(text("show server_version_num")) or 0)
            where = connection.engine.url
    except SQLAlchemyError as error:
        raise fault(
            f"The database does not answer ({type(error).__name__}): start it, correct DATABASE_URL, or make the role "
            f"{APP_ROLE} with `tannha migrate`."
        ) from None
    major = number // 10_000
    if major < OLDEST_SERVER:
        raise fault(
            f"PostgreSQL {major} is too old: {OLDEST_SERVER} is the oldest that works, 18 the one we test with."
        )
    return f"PostgreSQL {major}.{number % 10_000} on {where.host or 'a socket'}, database {where.database}."


def role(settings: Settings, database: Database) -> str:
    """Works as the role that owns nothing: else a fault of the program could rewrite custody."""
    with database.engine.connect() as connection:
        me, login, mighty = connection.execute(
            text("select current_user, session_user, (select rolsuper from pg_roles where rolname = session_user)")
        ).one()
        may = connection.scalar(
            text(
                "select coalesce(bool_or(has_table_privilege(current_user, oid, 'update')), false) from pg_class "
                "where relname in ('custody_event', 'custody_digest', 'audit_event') and relkind = 'r'"
            )
        )
        owns = connection.scalar(
            text(
                "select pg_has_role(session_user, relowner, 'member') from pg_class "
                "where oid = to_regclass('custody_event')"
            )
        )
    if may:
        raise fault(
            f"The role {me} may change evidence: run `tannha migrate` as the owner, which takes that right away."
        )
    if settings.production and mighty:
        raise warning(f"The role {login} is a superuser: give the application one that is only a member of {APP_ROLE}.")
    if settings.production and owns:
        raise warning(
            "The role that owns the tables also serves: name it in TANNHA_OWNER_DATABASE_URL for `tannha migrate` and "
            f"`tannha backup`, and give DATABASE_URL one that is only a member of {APP_ROLE}."
        )
    return f"Works as {me}, which may add evidence and change none."


def schema(_settings: Settings, database: Database) -> str:
    with database.engine.connect() as connection:
        if not _has_table(connection, "alembic_version"):
            raise fault("The database has no tables yet: run `tannha migrate`.")
        found = connection.scalar(text("select version_num from alembic_version"))
    if found is None:
        raise fault("The schema's version is not written down: a migration was broken off; run `tannha migrate`.")
    known = steps()
    if found not in known:
        raise warning(
            f"The schema ({found}) is of a newer version than this program ({known[0]}): fine while you upgrade, "
            "then install that version here, too."
        )
    behind = known.index(str(found))
    if behind:
        raise fault(f"The schema is {behind} step(s) behind ({found}): run `tannha migrate` first.")
    return f"Up to date ({found})."


def extensions(_settings: Settings, database: Database) -> str:
    """None is needed; what an administrator added is no concern of ours, and neither dumped nor restored."""
    with database.engine.connect() as connection:
        found = connection.scalars(text("select extname from pg_extension where extname <> 'plpgsql' order by 1")).all()
    return f"None is needed; there are {', '.join(found)}." if found else "None is needed, none is there."


def secrets(settings: Settings, database: Database) -> str:
    check_secrets(database, settings)
    return "Every key that something here was written with is given."


def base_url(settings: Settings, _database: Database) -> str:
    address = urlsplit(settings.base_url)
    if address.scheme not in {"http", "https"} or not address.hostname or address.path.strip("/") or address.query:
        raise fault(f"TANNHA_BASE_URL={settings.base_url!r} is no address such as https://tannha.example.vn.")
    if settings.production and address.scheme != "https":
        raise fault("TANNHA_BASE_URL must begin with https:// in production: cookies are for HTTPS alone.")
    if settings.production and address.hostname in {"localhost", "127.0.0.1", "::1"}:
        raise fault("TANNHA_BASE_URL is this machine: citizens' links would lead nowhere. Write the public name.")
    return f"Links begin with {settings.base_url}/."


def proxies(settings: Settings, _database: Database) -> str:
    if settings.production and settings.proxies == 0:
        raise warning(
            "TANNHA_PROXIES=0: behind a proxy everybody has its address, and strangers' wrong tries count against all. "
            "Write how many proxies of yours a request passes."
        )
    if settings.proxies == 0:
        return "None is trusted: a request comes from whoever connects."
    return f"{settings.proxies} tell(s) whose a request is."


def clock(settings: Settings, database: Database) -> str:
    with database.engine.connect() as connection:
        theirs: datetime = connection.execute(text("select clock_timestamp()")).scalar_one()
    ours = make_clock(settings)
    apart = abs((ours.wall() - theirs).total_seconds())
    if apart > CLOCKS_APART_S:
        raise fault(f"This machine and the database are {apart:.0f} s apart: keep both on NTP.")
    if ours.shifted:
        return "A demonstration's: it does not stand at the time of the wall."
    return f"{ours.now():%d/%m/%Y %H:%M} in Gia Lai, {apart:.1f} s from the database's."


def messages(settings: Settings, _database: Database) -> str:
    names = [one.name for one in channels(settings)]
    if PUSH in names and push_key(settings) is None:
        raise fault("messages.push: its secret holds no key that can be read: `tannha messages push-key` makes one.")
    return f"Carried by {', then '.join(names)}."


def disk(settings: Settings, _database: Database) -> str:
    free = disk_free(settings.var)
    if settings.private.exists() and settings.private.stat().st_mode & PRIVATE:
        raise fault(f"{settings.private} is open to others: chmod 700 it.")
    if not os.access(next(path for path in (settings.var, *settings.var.parents) if path.exists()), os.W_OK):
        raise fault(f"{settings.var} can't be written to: give it to the user that runs this.")
    told = f"{free / 1024**3:.1f} GB are free in {settings.var}"
    if free < LEAST_FREE:
        raise fault(f"{told}: make room, 200 MB are the least.")
    if free < GOOD_FREE:
        raise warning(f"{told}: make room soon.")
    return f"{told}."


def workers(settings: Settings, database: Database) -> str:
    del settings
    silent = text("select extract(epoch from now() - max(last_heartbeat)) from procrastinate_workers")
    with database.engine.connect() as connection:
        seconds = connection.scalar(silent)
    if seconds is None or seconds > WORKER_SILENT_S:
        raise warning("No worker is at work: no message is sent and no plan is made. Start `tannha worker`.")
    return f"Heard {seconds:.0f} s ago."


def accounts(settings: Settings, database: Database) -> str:
    del settings
    with database.engine.connect() as connection:
        admins = connection.scalar(text("select count(*) from staff_account where role = 'admin' and active"))
    if not admins:
        raise warning("Nobody can administer: tannha account create NAME --role admin --name …")
    return f"{admins} can administer."


def units_served(settings: Settings, database: Database) -> str:
    """Of those in service: nobody can book where no office is open."""
    del settings
    unserved = text(
        "select name from unit where in_service_from <= current_date and not exists (select from office where "
        "office.unit_code = unit.code and office.kind = 'commune' and office.closed_at is null) order by name"
    )
    with database.engine.connect() as connection:
        names = connection.scalars(unserved).all()
    if names:
        some = ", ".join(names[:MOST_NAMED]) + (", …" if len(names) > MOST_NAMED else "")
        raise warning(
            f"No open post office serves {len(names)} unit(s) in service: {some}. Nobody there can book: open one, "
            "or tell of one with `tannha places import`."
        )
    return "Every unit in service has an open post office."


def telephones(settings: Settings, database: Database) -> str:
    """Pages and messages that say to call name the office's number, else the help line."""
    silent = text(
        "select count(*) from office where kind = 'commune' and closed_at is null and coalesce(phone, '') = '' "
        "and unit_code in (select code from unit where in_service_from <= current_date)"
    )
    with database.engine.connect() as connection:
        count = connection.scalar(silent)
    if settings.help_line is None:
        raise warning(
            f"TANNHA_HELP_LINE is not set, and {count} office(s) in service have no telephone: citizens who are told to "
            "call find no number. Set it, and tell the numbers with `tannha places import`."
        )
    if count:
        raise warning(
            f"{count} office(s) in service have no telephone: their citizens call the help line. Tell the numbers with "
            "`tannha places import`."
        )
    return "Every office in service has a telephone, and there is a help line."


def backups(settings: Settings, _database: Database) -> str:
    if settings.production and settings.backup_recipient is None:
        raise warning("TANNHA_BACKUP_RECIPIENT is not set: `tannha backup` refuses to write an unencrypted one.")
    return "Encrypted to the named key." if settings.backup_recipient else "Not encrypted, as in a demonstration."


def search(_settings: Settings, _database: Database) -> str:
    from routing.engines.pipeline import MODULES, available  # noqa: PLC0415  what solves is loaded for who asks for it

    named = ", ".join(name for name in sorted(MODULES) if available(name))
    if not available("sisr"):
        raise warning(f"Plans are made by {named}. The compiled search is not built: make setup, with a C++ compiler.")
    return f"Plans are made by {named}."


def links(settings: Settings, _database: Database) -> str:
    links_file(settings)
    names = sorted(known_links(settings))
    return f"Joined: {', '.join(names)}." if names else "Nothing is joined."


def _has_table(connection: Connection, name: str) -> bool:
    return connection.scalar(text("select to_regclass(:name) is not null"), {"name": name}) is True


def _outside(probe: Callable[[Settings], str]) -> Look:
    def check(settings: Settings, _database: Database) -> str:
        try:
            return probe(settings)
        except probes.NotWell as found:
            raise (fault if found.needed else warning)(str(found)) from None

    return check


AT_START: Final[dict[str, Look]] = {
    "database": server,
    "schema": schema,
    "role": role,
    "secrets": secrets,
    "base URL": base_url,
    "messages": messages,
    "disk": disk,
}
ASKED: Final[dict[str, Look]] = {
    "extensions": extensions,
    "proxies": proxies,
    "clock": clock,
    "links": links,
    "workers": workers,
    "accounts": accounts,
    "units served": units_served,
    "telephones": telephones,
    "backups": backups,
    "search": search,
}
OUTSIDE: Final[dict[str, Look]] = {
    "files": _outside(probes.files),
    "public address": _outside(probes.public_address),
    "road server": _outside(probes.roads),
    "geocoder": _outside(probes.geocoder_answers),
    "recorded sound": _outside(probes.recorded_sound),
}


def worst(checks: Sequence[Check]) -> State:
    states = {check.state for check in checks}
    return "fault" if "fault" in states else "warning" if "warning" in states else "ok"


def refuse_to_start(checks: Sequence[Check]) -> None:
    """Raises SettingsError with every fault."""
    faults = [check.sentence for check in checks if check.state == "fault"]
    if faults:
        raise SettingsError(" ".join(faults))


def warnings(checks: Sequence[Check]) -> Iterator[Check]:
    return (check for check in checks if check.state == "warning")
