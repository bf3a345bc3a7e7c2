"""call to book: a number that asks to be called and have a booking made, a task of the office that serves the commune"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

KINDS = ("send", "receive", "send_and_receive")
RESULTS = ("booked", "not_reached", "unwanted")


def upgrade() -> None:
    op.create_table(
        "booking_wish",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("phone", sa.Text()),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="wish_kind", native_enum=False, length=24), nullable=False),
        sa.Column("procedures", JSONB(), nullable=False),
        sa.Column("day", sa.Date()),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True)),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("done_by", sa.Text()),
        sa.Column("result", sa.Enum(*RESULTS, name="wish_result", native_enum=False, length=24)),
        sa.Column("request_id", sa.Uuid()),
        sa.CheckConstraint(f"kind in {KINDS}", name=op.f("ck_booking_wish_wish_kind")),
        sa.CheckConstraint(f"result in {RESULTS}", name=op.f("ck_booking_wish_wish_result")),
        sa.CheckConstraint("(done_at is null) = (result is null)", name=op.f("ck_booking_wish_result_when_done")),
        sa.CheckConstraint("done_at is null or phone is null", name=op.f("ck_booking_wish_no_number_when_done")),
        sa.CheckConstraint("tries between 0 and 3", name=op.f("ck_booking_wish_tries")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_booking_wish_office_id")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_booking_wish_unit_code")),
        sa.ForeignKeyConstraint(["request_id"], ["service_request.id"], name=op.f("fk_booking_wish_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_wish")),
    )
    op.create_index(
        "ix_booking_wish_open", "booking_wish", ["phone"], unique=True, postgresql_where=sa.text("done_at is null")
    )
    op.create_index(op.f("ix_booking_wish_office_id"), "booking_wish", ["office_id"])
    op.execute("grant select, insert, update, delete on booking_wish to tannha_app")


def downgrade() -> None:
    op.drop_table("booking_wish")
