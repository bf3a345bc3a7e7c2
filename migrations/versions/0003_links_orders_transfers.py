"""links, dispatches, orders, refusals, transfers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHANGEABLE = """
    arrival,
    carrier_order,
    dispatch,
    dossier_step,
    feed_cursor,
    link,
    refusal,
    round,
    round_call,
    subscriber,
    transfer,
    waybill_use
"""


def upgrade() -> None:
    op.create_table(
        "arrival",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.CheckConstraint("state in ('stored', 'taken', 'ignored', 'parked')", name=op.f("ck_arrival_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival")),
        sa.UniqueConstraint("link", "event_id", name=op.f("uq_arrival_link_event_id")),
    )
    op.create_index(op.f("ix_arrival_subject"), "arrival", ["subject"], unique=False)
    op.create_index(
        "ix_arrival_waiting",
        "arrival",
        ["link", "id"],
        unique=False,
        postgresql_where=sa.text("state in ('stored', 'parked')"),
    )
    op.create_table(
        "dispatch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "state in ('queued', 'sent', 'refused', 'parked', 'late', 'withdrawn')", name=op.f("ck_dispatch_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatch")),
        sa.UniqueConstraint("number", name=op.f("uq_dispatch_number")),
        sa.UniqueConstraint("trigger", name=op.f("uq_dispatch_trigger")),
    )
    op.create_index(op.f("ix_dispatch_created_at"), "dispatch", ["created_at"], unique=False)
    op.create_index("ix_dispatch_subject", "dispatch", ["subject"], unique=False)
    op.create_index(
        "ix_dispatch_waiting",
        "dispatch",
        ["link", "subject", "number"],
        unique=False,
        postgresql_where=sa.text("state in ('queued', 'refused', 'parked', 'late')"),
    )
    op.create_table(
        "link",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("rate_per_minute", sa.Integer(), nullable=True),
        sa.Column("tokens", sa.Double(), nullable=False),
        sa.Column("tokens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_fault_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_fault", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_link")),
    )
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("weekdays", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("code", name=op.f("uq_round_code")),
    )
    op.create_table(
        "feed_cursor",
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("customer_code", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["link"], ["link.name"], name=op.f("fk_feed_cursor_link")),
        sa.PrimaryKeyConstraint("link", "customer_code", name=op.f("pk_feed_cursor")),
    )
    op.create_table(
        "round_call",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "holder",
            sa.Enum(
                "citizen",
                "courier",
                "office_safe",
                "bag",
                "desk",
                "carrier",
                "lost",
                name="call_holder",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("holder_id", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_call_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round_call")),
        sa.UniqueConstraint("round_id", "position", name=op.f("uq_round_call_round_id_position")),
    )
    op.create_table(
        "waybill_use",
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("next_index", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["link"], ["link.name"], name=op.f("fk_waybill_use_link")),
        sa.PrimaryKeyConstraint("link", name=op.f("pk_waybill_use")),
    )
    op.create_table(
        "subscriber",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("former_secret", sa.Text(), nullable=True),
        sa.Column("former_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_subscriber_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriber")),
    )
    op.create_index(op.f("ix_subscriber_partner_id"), "subscriber", ["partner_id"], unique=False)
    op.create_table(
        "dossier_step",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("sub_state", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("told_by_them", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_dossier_step_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_step")),
    )
    op.create_index(op.f("ix_dossier_step_dossier_id"), "dossier_step", ["dossier_id"], unique=False)
    op.create_table(
        "refusal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("blocked_by", sa.Text(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state in ('refusal_requested', 'refused', 'refusal_blocked')", name=op.f("ck_refusal_state")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_refusal_dossier_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["partner.id"], name=op.f("fk_refusal_partner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusal")),
    )
    op.create_index(op.f("ix_refusal_dossier_id"), "refusal", ["dossier_id"], unique=False)
    op.create_index(
        "ux_refusal_open",
        "refusal",
        ["dossier_id"],
        unique=True,
        postgresql_where=sa.text("state in ('refusal_requested', 'refused')"),
    )
    op.create_table(
        "carrier_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("customer_code", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("executed_by", sa.Text(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("errand_id", sa.Uuid(), nullable=True),
        sa.Column("parcel_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("item_code", sa.Text(), nullable=True),
        sa.Column("carrier_id", sa.Text(), nullable=True),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("state_fee", sa.Integer(), nullable=False),
        sa.Column("postage", sa.Integer(), nullable=False),
        sa.Column("remittance", sa.Integer(), nullable=False),
        sa.Column("milestone", sa.Text(), nullable=True),
        sa.Column("milestone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("milestone_final", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("executed_by in ('own', 'carrier')", name=op.f("ck_carrier_order_executed_by")),
        sa.CheckConstraint(
            "state in ('wanted', 'placed', 'cancel_wanted', 'cancel_waiting', 'cancelled', 'refused', 'closed')",
            name=op.f("ck_carrier_order_state"),
        ),
        sa.CheckConstraint("least(state_fee, postage, remittance) >= 0", name=op.f("ck_carrier_order_money")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_carrier_order_dossier_id")),
        sa.ForeignKeyConstraint(["errand_id"], ["errand.id"], name=op.f("fk_carrier_order_errand_id")),
        sa.ForeignKeyConstraint(["link"], ["link.name"], name=op.f("fk_carrier_order_link")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_carrier_order_parcel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_order")),
        sa.UniqueConstraint("number", name=op.f("uq_carrier_order_number")),
    )
    op.create_index(op.f("ix_carrier_order_dossier_id"), "carrier_order", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_carrier_order_errand_id"), "carrier_order", ["errand_id"], unique=False)
    op.create_index(op.f("ix_carrier_order_link"), "carrier_order", ["link"], unique=False)
    op.create_index(op.f("ix_carrier_order_state"), "carrier_order", ["state"], unique=False)
    op.create_table(
        "transfer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_desk_id", sa.Integer(), nullable=False),
        sa.Column("to_desk_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=True),
        sa.Column("bag_id", sa.Uuid(), nullable=True),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind in ('boundary_free', 'vertical', 'result_back')", name=op.f("ck_transfer_kind")),
        sa.CheckConstraint(
            "state in ('wanted', 'packed', 'under_way', 'arrived', 'cancelled')", name=op.f("ck_transfer_state")
        ),
        sa.ForeignKeyConstraint(["bag_id"], ["bag.id"], name=op.f("fk_transfer_bag_id")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_transfer_dossier_id")),
        sa.ForeignKeyConstraint(["from_desk_id"], ["desk.id"], name=op.f("fk_transfer_from_desk_id")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_transfer_parcel_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_transfer_round_id")),
        sa.ForeignKeyConstraint(["to_desk_id"], ["desk.id"], name=op.f("fk_transfer_to_desk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
    )
    op.create_index(op.f("ix_transfer_dossier_id"), "transfer", ["dossier_id"], unique=False)
    op.create_index(op.f("ix_transfer_from_desk_id"), "transfer", ["from_desk_id"], unique=False)
    op.create_index(op.f("ix_transfer_to_desk_id"), "transfer", ["to_desk_id"], unique=False)
    op.create_index(
        "ux_transfer_open",
        "transfer",
        ["dossier_id"],
        unique=True,
        postgresql_where=sa.text("state in ('wanted', 'packed', 'under_way')"),
    )
    op.add_column("dossier", sa.Column("sub_state", sa.Integer(), nullable=True))
    op.add_column("dossier", sa.Column("channel", sa.Text(), nullable=False, server_default="3"))
    op.alter_column("dossier", "channel", server_default=None)
    op.add_column("dossier", sa.Column("return_form", sa.Text(), nullable=False, server_default="1"))
    op.alter_column("dossier", "return_form", server_default=None)
    op.add_column("dossier", sa.Column("partner_id", sa.Integer(), nullable=True))
    op.add_column("dossier", sa.Column("sent_on_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("dossier", sa.Column("seen_state", sa.Integer(), nullable=True))
    op.add_column("dossier", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_dossier_partner_id"), "dossier", "partner", ["partner_id"], ["id"])
    op.add_column("office", sa.Column("executed_by", sa.Text(), nullable=False, server_default="own"))
    op.alter_column("office", "executed_by", server_default=None)
    op.add_column("partner", sa.Column("desk_id", sa.Integer(), nullable=True))
    op.add_column("partner", sa.Column("next_key_hash", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f("uq_partner_next_key_hash"), "partner", ["next_key_hash"])
    op.create_foreign_key(op.f("fk_partner_desk_id"), "partner", "desk", ["desk_id"], ["id"])
    op.add_column("staff_account", sa.Column("identity", sa.Text(), nullable=True))
    op.create_unique_constraint(op.f("uq_staff_account_identity"), "staff_account", ["identity"])
    op.drop_constraint(op.f("ck_parcel_parcel_purpose"), "parcel", type_="check")
    op.create_check_constraint(
        op.f("ck_parcel_parcel_purpose"),
        "parcel",
        "purpose in ('dossier', 'result', 'papers_due', 'give_back', 'transfer')",
    )
    op.add_column("plan_unserved", sa.Column("relaxation", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.execute(f"grant select, insert, update, delete on {CHANGEABLE} to tannha_app")
    op.execute("grant usage on all sequences in schema public to tannha_app")


def downgrade() -> None:
    op.drop_column("plan_unserved", "relaxation")
    op.execute("update parcel set purpose = 'dossier' where purpose = 'transfer'")
    op.drop_constraint(op.f("ck_parcel_parcel_purpose"), "parcel", type_="check")
    op.create_check_constraint(
        op.f("ck_parcel_parcel_purpose"), "parcel", "purpose in ('dossier', 'result', 'papers_due', 'give_back')"
    )
    op.drop_constraint(op.f("uq_staff_account_identity"), "staff_account", type_="unique")
    op.drop_column("staff_account", "identity")
    op.drop_constraint(op.f("fk_partner_desk_id"), "partner", type_="foreignkey")
    op.drop_constraint(op.f("uq_partner_next_key_hash"), "partner", type_="unique")
    op.drop_column("partner", "next_key_hash")
    op.drop_column("partner", "desk_id")
    op.drop_column("office", "executed_by")
    op.drop_constraint(op.f("fk_dossier_partner_id"), "dossier", type_="foreignkey")
    op.drop_column("dossier", "seen_at")
    op.drop_column("dossier", "seen_state")
    op.drop_column("dossier", "sent_on_at")
    op.drop_column("dossier", "partner_id")
    op.drop_column("dossier", "return_form")
    op.drop_column("dossier", "channel")
    op.drop_column("dossier", "sub_state")
    op.drop_index(
        "ux_transfer_open",
        table_name="transfer",
        postgresql_where=sa.text("state in ('wanted', 'packed', 'under_way')"),
    )
    op.drop_index(op.f("ix_transfer_to_desk_id"), table_name="transfer")
    op.drop_index(op.f("ix_transfer_from_desk_id"), table_name="transfer")
    op.drop_index(op.f("ix_transfer_dossier_id"), table_name="transfer")
    op.drop_table("transfer")
    op.drop_index(op.f("ix_carrier_order_state"), table_name="carrier_order")
    op.drop_index(op.f("ix_carrier_order_link"), table_name="carrier_order")
    op.drop_index(op.f("ix_carrier_order_errand_id"), table_name="carrier_order")
    op.drop_index(op.f("ix_carrier_order_dossier_id"), table_name="carrier_order")
    op.drop_table("carrier_order")
    op.drop_index(
        "ux_refusal_open", table_name="refusal", postgresql_where=sa.text("state in ('refusal_requested', 'refused')")
    )
    op.drop_index(op.f("ix_refusal_dossier_id"), table_name="refusal")
    op.drop_table("refusal")
    op.drop_index(op.f("ix_dossier_step_dossier_id"), table_name="dossier_step")
    op.drop_table("dossier_step")
    op.drop_index(op.f("ix_subscriber_partner_id"), table_name="subscriber")
    op.drop_table("subscriber")
    op.drop_table("waybill_use")
    op.drop_table("round_call")
    op.drop_table("feed_cursor")
    op.drop_table("round")
    op.drop_table("link")
    op.drop_index(
        "ix_dispatch_waiting",
        table_name="dispatch",
        postgresql_where=sa.text("state in ('queued', 'refused', 'parked', 'late')"),
    )
    op.drop_index("ix_dispatch_subject", table_name="dispatch")
    op.drop_index(op.f("ix_dispatch_created_at"), table_name="dispatch")
    op.drop_table("dispatch")
    op.drop_index("ix_arrival_waiting", table_name="arrival", postgresql_where=sa.text("state in ('stored', 'parked')"))
    op.drop_index(op.f("ix_arrival_subject"), table_name="arrival")
    op.drop_table("arrival")
