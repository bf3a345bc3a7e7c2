"""phones, files, bags, incidents"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CHANGEABLE = """
    bag,
    bag_item,
    custody_confirmation,
    day_close,
    device,
    file_use,
    incident,
    number_block,
    operation,
    operation_payload,
    receipt,
    stored_file,
    stray_scan
"""


def upgrade() -> None:
    op.execute("create sequence receipt_roll start with 1 maxvalue 99999999")
    op.create_index("ix_custody_event_taker", "custody_event", ["taker", "taker_id"], unique=False)
    op.create_index("ix_custody_event_giver", "custody_event", ["giver", "giver_id"], unique=False)
    op.create_table(
        "bag",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "from_holder",
            sa.Enum(
                "citizen",
                "courier",
                "office_safe",
                "bag",
                "desk",
                "carrier",
                "lost",
                name="from_holder",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("from_id", sa.Text(), nullable=False),
        sa.Column(
            "to_holder",
            sa.Enum(
                "citizen",
                "courier",
                "office_safe",
                "bag",
                "desk",
                "carrier",
                "lost",
                name="to_holder",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("to_id", sa.Text(), nullable=False),
        sa.Column("seal_number", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_by", sa.Text(), nullable=True),
        sa.Column("seal_whole", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bag")),
        sa.UniqueConstraint("code", name=op.f("uq_bag_code")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_bag_operation_id")),
        sa.UniqueConstraint("seal_number", name=op.f("uq_bag_seal_number")),
    )
    op.create_table(
        "day_close",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
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
                name="holder",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("holder_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("balance", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("even", sa.Boolean(), nullable=False),
        sa.Column("incidents", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_close")),
        sa.UniqueConstraint("holder", "holder_id", "day", name=op.f("uq_day_close_holder_holder_id_day")),
    )
    op.create_index(op.f("ix_day_close_day"), "day_close", ["day"], unique=False)
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parcel_code", sa.Text(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("operation_id", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_incident_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_incident_operation_id")),
    )
    op.create_index(op.f("ix_incident_office_id"), "incident", ["office_id"], unique=False)
    op.create_table(
        "stray_scan",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "sealed",
                "handed_over",
                "opened",
                "delivered",
                "returned",
                "reported_lost",
                name="event_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "giver",
            sa.Enum(
                "citizen",
                "courier",
                "office_safe",
                "bag",
                "desk",
                "carrier",
                "lost",
                name="giver",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("giver_id", sa.Text(), nullable=True),
        sa.Column(
            "taker",
            sa.Enum(
                "citizen",
                "courier",
                "office_safe",
                "bag",
                "desk",
                "carrier",
                "lost",
                name="taker",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("taker_id", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_stray_scan_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stray_scan")),
        sa.UniqueConstraint("operation_id", "code", name=op.f("uq_stray_scan_operation_id_code")),
    )
    op.create_index(op.f("ix_stray_scan_office_id"), "stray_scan", ["office_id"], unique=False)
    op.create_index(
        "ix_stray_scan_open", "stray_scan", ["code"], unique=False, postgresql_where=sa.text("settled_at is null")
    )
    op.create_table(
        "file_use",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("errand_id", sa.Uuid(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "envelope",
                "gate",
                "place",
                "seal",
                "seal_other_side",
                "faulty_paper",
                "result_error",
                "citizen_signature",
                "courier_signature",
                "witness_signature",
                name="file_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("keep_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_file_use_desk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_use")),
        sa.UniqueConstraint("sha256", "operation_id", "kind", name=op.f("uq_file_use_sha256_operation_id_kind")),
    )
    op.create_index(op.f("ix_file_use_errand_id"), "file_use", ["errand_id"], unique=False)
    op.create_index(op.f("ix_file_use_keep_until"), "file_use", ["keep_until"], unique=False)
    op.create_index(op.f("ix_file_use_operation_id"), "file_use", ["operation_id"], unique=False)
    op.create_index(op.f("ix_file_use_sha256"), "file_use", ["sha256"], unique=False)
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("courier_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("access_hash", sa.Text(), nullable=True),
        sa.Column("access_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("upload_hash", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_contact_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.Text(), nullable=False),
        sa.Column("offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("offset_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("waiting_files", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["courier_id"], ["courier.id"], name=op.f("fk_device_courier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("access_hash", name=op.f("uq_device_access_hash")),
        sa.UniqueConstraint("upload_hash", name=op.f("uq_device_upload_hash")),
    )
    op.create_index(op.f("ix_device_courier_id"), "device", ["courier_id"], unique=False)
    op.create_table(
        "number_block",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("receipt", "label", name="block_kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first <= last", name=op.f("ck_number_block_order")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_number_block_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_block")),
        sa.UniqueConstraint("kind", "first", name=op.f("uq_number_block_kind_first")),
    )
    op.create_index(op.f("ix_number_block_device_id"), "number_block", ["device_id"], unique=False)
    op.create_table(
        "operation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "run_started",
                "collected",
                "delivered",
                "not_done",
                "handed_over",
                "stop_added",
                "reordered",
                "pin_corrected",
                "incident",
                "run_ended",
                name="operation_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("errand_id", sa.Uuid(), nullable=True),
        sa.Column("revision_seen", sa.Integer(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("files", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "applied",
                "needs_review",
                "rejected",
                name="operation_result",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reviews", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_by", sa.Text(), nullable=True),
        sa.Column("look_note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_operation_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
    )
    op.create_index("ix_operation_device_seq", "operation", ["device_id", "seq"], unique=False)
    op.create_index(op.f("ix_operation_errand_id"), "operation", ["errand_id"], unique=False)
    op.create_index(op.f("ix_operation_received_at"), "operation", ["received_at"], unique=False)
    op.create_index(op.f("ix_operation_result"), "operation", ["result"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("errand_id", sa.Uuid(), nullable=False),
        sa.Column("parts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["errand_id"], ["errand.id"], name=op.f("fk_receipt_errand_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_receipt")),
    )
    op.create_index(op.f("ix_receipt_errand_id"), "receipt", ["errand_id"], unique=False)
    op.create_index(op.f("ix_receipt_operation_id"), "receipt", ["operation_id"], unique=False)
    op.create_table(
        "stored_file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sealed_size", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("whole_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('coming', 'whole', 'stored', 'deleted')", name=op.f("ck_stored_file_state")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_stored_file_device_id")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "bag_item",
        sa.Column("bag_id", sa.Uuid(), nullable=False),
        sa.Column("parcel_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("found", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["bag_id"], ["bag.id"], name=op.f("fk_bag_item_bag_id")),
        sa.ForeignKeyConstraint(["parcel_id"], ["parcel.id"], name=op.f("fk_bag_item_parcel_id")),
        sa.PrimaryKeyConstraint("bag_id", "parcel_id", name=op.f("pk_bag_item")),
    )
    op.create_index(op.f("ix_bag_item_parcel_id"), "bag_item", ["parcel_id"], unique=False)
    op.create_table(
        "operation_payload",
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["operation_id"], ["operation.id"], name=op.f("fk_operation_payload_operation_id")),
        sa.PrimaryKeyConstraint("operation_id", name=op.f("pk_operation_payload")),
    )
    op.create_table(
        "custody_confirmation",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["custody_event.id"], name=op.f("fk_custody_confirmation_event_id")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_custody_confirmation")),
    )
    op.execute(f"grant select, insert, update, delete on {CHANGEABLE} to tannha_app")
    op.execute("grant usage on all sequences in schema public to tannha_app")


def downgrade() -> None:
    op.drop_table("custody_confirmation")
    op.drop_table("operation_payload")
    op.drop_index(op.f("ix_bag_item_parcel_id"), table_name="bag_item")
    op.drop_table("bag_item")
    op.drop_table("stored_file")
    op.drop_index(op.f("ix_receipt_operation_id"), table_name="receipt")
    op.drop_index(op.f("ix_receipt_errand_id"), table_name="receipt")
    op.drop_table("receipt")
    op.drop_index(op.f("ix_operation_result"), table_name="operation")
    op.drop_index(op.f("ix_operation_received_at"), table_name="operation")
    op.drop_index(op.f("ix_operation_errand_id"), table_name="operation")
    op.drop_index("ix_operation_device_seq", table_name="operation")
    op.drop_table("operation")
    op.drop_index(op.f("ix_number_block_device_id"), table_name="number_block")
    op.drop_table("number_block")
    op.drop_index(op.f("ix_device_courier_id"), table_name="device")
    op.drop_table("device")
    op.drop_index(op.f("ix_file_use_sha256"), table_name="file_use")
    op.drop_index(op.f("ix_file_use_operation_id"), table_name="file_use")
    op.drop_index(op.f("ix_file_use_keep_until"), table_name="file_use")
    op.drop_index(op.f("ix_file_use_errand_id"), table_name="file_use")
    op.drop_table("file_use")
    op.drop_index("ix_stray_scan_open", table_name="stray_scan", postgresql_where=sa.text("settled_at is null"))
    op.drop_index(op.f("ix_stray_scan_office_id"), table_name="stray_scan")
    op.drop_table("stray_scan")
    op.drop_index(op.f("ix_incident_office_id"), table_name="incident")
    op.drop_table("incident")
    op.drop_index(op.f("ix_day_close_day"), table_name="day_close")
    op.drop_table("day_close")
    op.drop_table("bag")
    op.drop_index("ix_custody_event_giver", table_name="custody_event")
    op.drop_index("ix_custody_event_taker", table_name="custody_event")
    op.execute("drop sequence receipt_roll")
