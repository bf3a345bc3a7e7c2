"""Triggers, grants, indexes of words as metadata DDL: `create_all` and migrations agree (docs/decisions/repository-layout.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from sqlalchemy import DDL, MetaData, Table, event

from app.models.base import Base

BOOKS = (
    "cash_count", "cash_hand_in", "fee_remittance", "day_book_event", "surprise_count", "first_scan", "safe_count",
    "money_confirmation",
)  # fmt: skip
APPEND_ONLY = (
    "custody_event", "custody_digest", "audit_event", "erasure", "device_key", "amendment", "countersignature", "renumbering",
    *BOOKS,
)  # fmt: skip
ROLE = "tannha_app"

REFUSE_FUNCTION = """
create or replace function refuse_change() returns trigger language plpgsql as $body$
begin
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $body$
"""


# the audit's own period: the server's clock is asked, so that no shifted one, and no caller, makes it shorter
AUDIT_KEPT = "interval '5 years'"
REFUSE_AUDIT_FUNCTION = f"""
create or replace function refuse_audit_change() returns trigger language plpgsql as $body$
begin
    if tg_op = 'DELETE' and old.at < now() - {AUDIT_KEPT} then return old; end if;
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $body$
"""
FORGET_AUDIT_FUNCTION = f"""
create or replace function forget_audit(before timestamptz, at_most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
declare gone integer;
begin
    delete from public.audit_event where id in (
        select id from public.audit_event where at < least(before, now() - {AUDIT_KEPT}) order by at limit at_most
    );
    get diagnostics gone = row_count;
    return gone;
end $body$
"""  # noqa: S608 (a constant of this file)
FORGET_AUDIT_RIGHTS = (
    "revoke all on function forget_audit(timestamptz, integer) from public",
    f"grant execute on function forget_audit(timestamptz, integer) to {ROLE}",
)


def refusing(table: str) -> str:
    """The function that refuses to change rows of this table."""
    return "refuse_audit_change" if table == "audit_event" else "refuse_change"


def guard_statements(table: str) -> list[str]:
    return [
        f"create trigger {table}_no_change before update or delete on {table} for each row execute function {refusing(table)}()",
        f"create trigger {table}_no_truncate before truncate on {table} for each statement execute function refuse_change()",
    ]


# whoever takes a visit off a published route: the phone of that route may not hear of it before it has been there
PLANNED_BEFORE_STOP = """
create or replace function keep_planned_stop() returns trigger language plpgsql as $body$
begin
    insert into planned_before (errand_id, courier_id, day)
        select stop_errand.errand_id, route.courier_id, plan.day
        from stop_errand, route join plan on plan.id = route.plan_id
        where stop_errand.stop_id = old.id and route.id = old.route_id and plan.state <> 'draft'
        on conflict do nothing;
    if tg_op = 'DELETE' then return old; end if;
    return new;
end $body$
"""
PLANNED_BEFORE_ERRAND = """
create or replace function keep_planned_errand() returns trigger language plpgsql as $body$
begin
    insert into planned_before (errand_id, courier_id, day)
        select old.errand_id, route.courier_id, plan.day
        from stop join route on route.id = stop.route_id join plan on plan.id = route.plan_id
        where stop.id = old.stop_id and plan.state <> 'draft'
        on conflict do nothing;
    return old;
end $body$
"""
PLANNED_BEFORE_TRIGGERS = {
    "stop": "create trigger stop_planned_before before delete or update of route_id on stop"
    " for each row execute function keep_planned_stop()",
    "stop_errand": "create trigger stop_errand_planned_before before delete on stop_errand"
    " for each row execute function keep_planned_errand()",
}


# what an act was signed with, and who carried it here, is written with the act
KEEP_SIGNATURE = (
    "create trigger operation_signature_stays before update of signature, carried_by on operation "
    "for each row when (old.signature is distinct from new.signature or old.carried_by is distinct from new.carried_by) "
    "execute function refuse_change()"
)
ROLE_STATEMENT = f"""
do $body$ begin
    -- roles belong to the whole server: two databases migrated at once may both find it missing
    begin
        if not exists (select from pg_roles where rolname = '{ROLE}') then create role {ROLE} nologin; end if;
    exception when duplicate_object or unique_violation then null;
    end;
    if not pg_has_role(current_user, '{ROLE}', 'member') then execute format('grant {ROLE} to %I', current_user); end if;
end $body$
"""


# as `app.domain.wording.folded` does, of Vietnamese letters: without extensions, which not every server has
_LETTERS = {
    "a": "àáâãăạảấầẩẫậắằẳẵặ", "e": "èéêẹẻẽếềểễệ", "i": "ìíĩỉị", "o": "òóôõơọỏốồổỗộớờởỡợ", "u": "ùúũưụủứừửữự", "y": "ỳýỵỷỹ", "d": "đ",
}  # fmt: skip
_FROM = "".join(marked + marked.upper() for marked in _LETTERS.values()) + "/.,-_()"
_TO = "".join(plain * 2 * len(marked) for plain, marked in _LETTERS.items()) + " " * 7
FOLDED_WORDS = f"""
create or replace function folded_words(said text) returns tsvector language sql immutable parallel safe as $body$
    select to_tsvector('simple'::regconfig, translate(said, '{_FROM}', '{_TO}'))
$body$
"""
LOOKED_UP = {
    "ix_applicant_words": "applicant using gin (folded_words(name))",
    "ix_applicant_phone_end": "applicant (reverse(phone) text_pattern_ops)",
    "ix_request_helper_words": "service_request using gin (folded_words(helper_name)) where helper_name is not null",
    "ix_request_helper_phone_end": "service_request (reverse(helper_phone) text_pattern_ops) where helper_phone is not null",
    "ix_request_reference_begins": "service_request (reference text_pattern_ops)",
    "ix_service_request_place_id": "service_request (place_id)",
    "ix_place_words": "place using gin (folded_words(coalesce(address, '') || ' ' || coalesce(landmark, '')))",
}


def grant_statements() -> list[str]:
    """The application's role owns nothing; evidence tables it may only read and add to."""
    tables = sorted(Base.metadata.tables)
    changeable = ", ".join(f'"{table}"' for table in tables if table not in APPEND_ONLY)
    return [
        f"grant usage on schema public to {ROLE}",
        f"grant select, insert, update, delete on {changeable} to {ROLE}",
        f"grant select, insert on {', '.join(APPEND_ONLY)} to {ROLE}",
        f"grant usage on all sequences in schema public to {ROLE}",
    ]


def _say(moment: str, target: MetaData | Table, statement: str) -> None:
    make = cast("Callable[[str], DDL]", DDL)  # untyped in SQLAlchemy 2.1
    event.listen(target, moment, make(statement.replace("%", "%%")))


_say("before_create", Base.metadata, REFUSE_FUNCTION)
_say("before_create", Base.metadata, REFUSE_AUDIT_FUNCTION)
_say("before_create", Base.metadata, PLANNED_BEFORE_STOP)
_say("before_create", Base.metadata, PLANNED_BEFORE_ERRAND)
_say("before_create", Base.metadata, ROLE_STATEMENT)
_say("before_create", Base.metadata, FOLDED_WORDS)
for name, on in LOOKED_UP.items():
    _say("after_create", Base.metadata.tables[on.split()[0]], f"create index {name} on {on}")
for _table in APPEND_ONLY:
    for _statement in guard_statements(_table):
        _say("after_create", Base.metadata.tables[_table], _statement)
for _name, _statement in PLANNED_BEFORE_TRIGGERS.items():
    _say("after_create", Base.metadata.tables[_name], _statement)
_say("after_create", Base.metadata.tables["operation"], KEEP_SIGNATURE)
for _statement in grant_statements():
    _say("after_create", Base.metadata, _statement)
for _statement in (FORGET_AUDIT_FUNCTION, *FORGET_AUDIT_RIGHTS):
    _say("after_create", Base.metadata, _statement)
