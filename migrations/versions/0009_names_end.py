"""names end: erasures, struck notes, closed accounts, and an audit that is forgotten after five years"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEPT = "interval '5 years'"
REFUSE_AUDIT = f"""
create or replace function refuse_audit_change() returns trigger language plpgsql as $body$
begin
    if tg_op = 'DELETE' and old.at < now() - {KEPT} then return old; end if;
    raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $body$
"""
FORGET_AUDIT = f"""
create or replace function forget_audit(before timestamptz, at_most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $body$
declare gone integer;
begin
    delete from public.audit_event where id in (
        select id from public.audit_event where at < least(before, now() - {KEPT}) order by at limit at_most
    );
    get diagnostics gone = row_count;
    return gone;
end $body$
"""  # noqa: S608 (a constant of this file)
# what somebody said of an unknown envelope stood in the audit, where no erasure reaches it: it goes to the scan
MOVE_NOTES = """
update stray_scan set note = said.detail->>'note' from audit_event said
where said.action = 'explain_stray' and said.object_id = stray_scan.id::text and said.detail ? 'note'
"""
FORGET_NOTES = "update audit_event set detail = detail - 'note' where action = 'explain_stray' and detail ? 'note'"
MOVE_BACK = """
update audit_event set detail = detail || jsonb_build_object('note', stray_scan.note) from stray_scan
where action = 'explain_stray' and object_id = stray_scan.id::text and stray_scan.note is not null
"""
CLOSED_AT = """
update staff_account set closed_at = coalesce((select max(at) from audit_event
    where action = 'close_account' and object_kind = 'staff_account' and object_id = staff_account.id::text), now())
where not active
"""


def upgrade() -> None:
    op.add_column("incident", sa.Column("names_struck_at", sa.DateTime(timezone=True)))
    op.add_column("stray_scan", sa.Column("note", sa.Text()))
    op.add_column("staff_account", sa.Column("closed_at", sa.DateTime(timezone=True)))
    op.create_index("ix_audit_event_at", "audit_event", ["at"])
    told = sa.text("recipient is not null or body <> ''")
    op.create_index("ix_message_told", "message", ["created_at"], postgresql_where=told)
    _make_erasure()
    op.execute(MOVE_NOTES)
    _on_audit(FORGET_NOTES)
    op.execute(CLOSED_AT)
    op.execute(REFUSE_AUDIT)
    _refuse_by("refuse_audit_change")
    op.execute(FORGET_AUDIT)
    op.execute("revoke all on function forget_audit(timestamptz, integer) from public")
    op.execute("grant execute on function forget_audit(timestamptz, integer) to tannha_app")


def downgrade() -> None:
    op.execute("drop function forget_audit(timestamptz, integer)")
    _refuse_by("refuse_change")
    op.execute("drop function refuse_audit_change()")
    _on_audit(MOVE_BACK)
    op.drop_table("erasure")
    op.drop_index("ix_message_told", "message")
    op.drop_index("ix_audit_event_at", "audit_event")
    op.drop_column("staff_account", "closed_at")
    op.drop_column("stray_scan", "note")
    op.drop_column("incident", "names_struck_at")


def _make_erasure() -> None:
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('applicant', 'helper', 'text')", name=op.f("ck_erasure_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("kind", "subject_id", name=op.f("uq_erasure_kind_subject_id")),
    )
    op.execute("grant select, insert on erasure to tannha_app")
    op.execute("grant usage on all sequences in schema public to tannha_app")
    op.execute(
        "create trigger erasure_no_change before update or delete on erasure for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger erasure_no_truncate before truncate on erasure for each statement execute function refuse_change()"
    )


def _refuse_by(function: str) -> None:
    op.execute("drop trigger audit_event_no_change on audit_event")
    op.execute(
        "create trigger audit_event_no_change before update or delete on audit_event for each row "
        f"execute function {function}()"
    )


def _on_audit(statement: str) -> None:
    """The one correction that the audit ever gets: personal words leave it."""
    op.execute("alter table audit_event disable trigger audit_event_no_change")
    op.execute(statement)
    op.execute("alter table audit_event enable trigger audit_event_no_change")
