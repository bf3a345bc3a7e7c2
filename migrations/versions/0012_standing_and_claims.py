"""claims of phones without standing; visits that stood on a published route; phones under suspicion"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = (
    "run_started", "collected", "delivered", "not_done", "handed_over", "stop_added", "reordered", "pin_corrected",
    "incident", "run_ended",
)  # fmt: skip

STOP_FUNCTION = """
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
ERRAND_FUNCTION = """
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


def upgrade() -> None:
    _claims()
    op.create_table(
        "planned_before",
        sa.Column("errand_id", sa.Uuid(), nullable=False),
        sa.Column("courier_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("errand_id", "courier_id", "day", name="pk_planned_before"),
    )
    op.add_column("device", sa.Column("suspected_at", MOMENT, nullable=True))
    _add_filled("handover_code", sa.Column("strange_tries", sa.Integer(), nullable=True), "0")
    _add_filled("stray_scan", sa.Column("ended", sa.Boolean(), nullable=True), "false")
    op.execute(STOP_FUNCTION)
    op.execute(ERRAND_FUNCTION)
    op.execute(
        "create trigger stop_planned_before before delete or update of route_id on stop"
        " for each row execute function keep_planned_stop()"
    )
    op.execute(
        "create trigger stop_errand_planned_before before delete on stop_errand"
        " for each row execute function keep_planned_errand()"
    )
    op.execute("grant select, insert, update, delete on claim, planned_before to tannha_app")
    op.execute("grant usage on all sequences in schema public to tannha_app")


def _claims() -> None:
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("courier_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="operation_kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("errand_id", sa.Uuid(), nullable=True),
        sa.Column("parcel_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("elsewhere", sa.Boolean(), nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("(settled_at is null) = (confirmed is null)", name=op.f("ck_claim_settled")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_claim_{column}")
            for column, table in (
                ("operation_id", "operation"),
                ("device_id", "device"),
                ("courier_id", "courier"),
                ("office_id", "office"),
                ("errand_id", "errand"),
                ("parcel_id", "parcel"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name="pk_claim"),
        sa.UniqueConstraint("operation_id", "code", name="uq_claim_operation_id_code"),
    )
    op.create_index("ix_claim_open", "claim", ["office_id"], postgresql_where=sa.text("settled_at is null"))
    op.create_index("ix_claim_device_received", "claim", ["device_id", "received_at"])
    op.create_index("ix_claim_errand_id", "claim", ["errand_id"])
    op.create_index("ix_claim_parcel_id", "claim", ["parcel_id"])


def _add_filled(table: str, column: sa.Column[object], value: str) -> None:
    op.add_column(table, column)
    op.execute(f"update {table} set {column.name} = {value}")  # noqa: S608 (names that stand in this file)
    op.alter_column(table, column.name, nullable=False)


def downgrade() -> None:
    op.execute("drop trigger stop_errand_planned_before on stop_errand")
    op.execute("drop trigger stop_planned_before on stop")
    op.execute("drop function keep_planned_errand()")
    op.execute("drop function keep_planned_stop()")
    op.drop_column("stray_scan", "ended")
    op.drop_column("handover_code", "strange_tries")
    op.drop_column("device", "suspected_at")
    op.drop_table("planned_before")
    op.drop_table("claim")
