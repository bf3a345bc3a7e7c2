"""couriers' cash: counted, handed in, passed on; days closed with a reason and opened again"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
ADDED_TO = ("cash_count", "cash_hand_in", "fee_remittance", "day_book_event")
CLOSING = ("round_late", "phone_silent", "looked_into", "office_shuts")
REASONS = ("receipt_to_come", "taken_twice", "short", "over", "wrong_count", "wrong_day")
# what was taken before nobody has handed in here: it is no debt
START = "insert into cash_start (day) select (now() at time zone 'Asia/Ho_Chi_Minh')::date where exists (select from receipt)"


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.alter_column("receipt", "errand_id", nullable=True)
    op.add_column("receipt", sa.Column("official_number", sa.Text()))
    _counts()
    _hand_ins()
    _remittances()
    _books()
    op.create_table(
        "cash_start",
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_cash_start")),
    )
    op.execute(START)
    op.execute("grant select, insert, update, delete on cash_start to tannha_app")
    op.execute("grant usage on all sequences in schema public to tannha_app")
    for table in ADDED_TO:
        op.execute(f"grant select, insert on {table} to tannha_app")
        op.execute(
            f"create trigger {table}_no_change before update or delete on {table} "
            "for each row execute function refuse_change()"
        )
        op.execute(
            f"create trigger {table}_no_truncate before truncate on {table} "
            "for each statement execute function refuse_change()"
        )


def _counts() -> None:
    op.create_table(
        "cash_count",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("courier_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("postage", sa.Integer()),
        sa.Column("state_fee", sa.Integer()),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("(postage is null) = (state_fee is null)", name=op.f("ck_cash_count_purses")),
        sa.ForeignKeyConstraint(["courier_id"], ["courier.id"], name=op.f("fk_cash_count_courier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_count")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_cash_count_operation_id")),
    )
    op.create_index("ix_cash_count_courier_day", "cash_count", ["courier_id", "day"])


def _hand_ins() -> None:
    op.create_table(
        "cash_hand_in",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("count_id", sa.Integer(), nullable=False),
        sa.Column("courier_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("postage", sa.Integer(), nullable=False),
        sa.Column("state_fee", sa.Integer(), nullable=False),
        sa.Column("expected_postage", sa.Integer(), nullable=False),
        sa.Column("expected_state_fee", sa.Integer(), nullable=False),
        sa.Column("covers_until", MOMENT, nullable=False),
        sa.Column("reason", _words("cash_reason", *REASONS)),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.Column("signed", _words("signed", "on_phone", "on_screen"), nullable=False),
        sa.Column("taken_by", sa.Text(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("corrects_id", sa.Integer()),
        sa.CheckConstraint("postage >= 0 and state_fee >= 0", name=op.f("ck_cash_hand_in_amounts")),
        sa.ForeignKeyConstraint(["count_id"], ["cash_count.id"], name=op.f("fk_cash_hand_in_count_id")),
        sa.ForeignKeyConstraint(["courier_id"], ["courier.id"], name=op.f("fk_cash_hand_in_courier_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_cash_hand_in_office_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["cash_hand_in.id"], name=op.f("fk_cash_hand_in_corrects_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_hand_in")),
        sa.UniqueConstraint("count_id", name=op.f("uq_cash_hand_in_count_id")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_cash_hand_in_corrects_id")),
    )
    op.create_index("ix_cash_hand_in_courier_day", "cash_hand_in", ["courier_id", "day"])
    op.create_index("ix_cash_hand_in_office_day", "cash_hand_in", ["office_id", "day"])


def _remittances() -> None:
    op.create_table(
        "fee_remittance",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("operation_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("paid_to", _words("paid_to", "desk", "treasury"), nullable=False),
        sa.Column("slip_number", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", _words("cash_reason", *REASONS)),
        sa.Column("corrects_id", sa.Integer()),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_fee_remittance_amount")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_fee_remittance_office_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["fee_remittance.id"], name=op.f("fk_fee_remittance_corrects_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_remittance")),
        sa.UniqueConstraint("operation_id", name=op.f("uq_fee_remittance_operation_id")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_fee_remittance_corrects_id")),
    )
    op.create_index("ix_fee_remittance_office_id", "fee_remittance", ["office_id"])


def _books() -> None:
    op.add_column("day_close", sa.Column("reason", _words("close_reason", *CLOSING)))
    op.create_table(
        "day_book_event",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("close_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", _words("book_step", "reopened", "signed_again"), nullable=False),
        sa.Column("close_reason", _words("close_reason", *CLOSING)),
        sa.Column("reopen_reason", _words("reopen_reason", "late_facts", "wrong_count", "signed_early")),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("balance", JSONB()),
        sa.Column("even", sa.Boolean()),
        sa.Column("incidents", JSONB()),
        sa.CheckConstraint("(balance is not null) = (kind = 'signed_again')", name=op.f("ck_day_book_event_signed")),
        sa.ForeignKeyConstraint(["close_id"], ["day_close.id"], name=op.f("fk_day_book_event_close_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_book_event")),
        sa.UniqueConstraint("close_id", "number", name=op.f("uq_day_book_event_close_id_number")),
    )


def downgrade() -> None:
    op.drop_table("day_book_event")
    op.drop_column("day_close", "reason")
    for table in ("cash_start", "fee_remittance", "cash_hand_in", "cash_count"):
        op.drop_table(table)
    op.drop_column("receipt", "official_number")
    op.alter_column("receipt", "errand_id", nullable=False)
