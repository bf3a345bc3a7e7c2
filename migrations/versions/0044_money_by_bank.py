"""money by bank: codes that a transfer carries, lines of statements, refunds by two hands, numbered confirmations

The tariff says whether envelopes of one visit to one desk are one sending; what the operator's file remarked on its own
source goes from the bases of prices that citizens read.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tariff_rate", sa.Column("together", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("tariff_rate", "together", server_default=None)
    for table, column in (("tariff_rate", "legal_basis"), ("remittance_fee", "legal_basis"), ("charge", "basis")):
        op.execute(
            f"update {table} set {column} = regexp_replace({column}, '\\s*\\(nguồn thứ cấp[^()]*\\)\\s*$', '')"  # noqa: S608 (names of ours)
            f" where {column} like '%(nguồn thứ cấp%'"
        )
    op.create_table(
        "payment_code",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["service_request.id"], name=op.f("fk_payment_code_request_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_payment_code")),
        sa.UniqueConstraint("request_id", name=op.f("uq_payment_code_request_id")),
    )
    op.create_table(
        "money_confirmation",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("parts", sa.dialects.postgresql.JSONB(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.CheckConstraint("serial > 0", name=op.f("ck_money_confirmation_serial")),
        sa.ForeignKeyConstraint(["request_id"], ["service_request.id"], name=op.f("fk_money_confirmation_request_id")),
        sa.PrimaryKeyConstraint("year", "serial", name=op.f("pk_money_confirmation")),
    )
    op.create_index(op.f("ix_money_confirmation_request_id"), "money_confirmation", ["request_id"])
    op.create_table(
        "bank_line",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Text()),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text()),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.Text()),
        sa.Column("odd", sa.String(24)),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("confirmation_year", sa.Integer()),
        sa.Column("confirmation_serial", sa.Integer()),
        sa.Column("elsewhere_by", sa.Text()),
        sa.Column("elsewhere_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("source in ('webhook', 'file')", name=op.f("ck_bank_line_source")),
        sa.CheckConstraint("amount > 0 and settled >= 0 and settled <= amount", name=op.f("ck_bank_line_amounts")),
        sa.CheckConstraint(
            "(settled = 0) = (confirmation_serial is null)"
            " and (confirmation_serial is null) = (confirmation_year is null)",
            name=op.f("ck_bank_line_confirmed"),
        ),
        sa.CheckConstraint(
            "odd in ('no_code', 'code_unknown', 'short', 'over', 'paid_already', 'called_off', 'other_account')",
            name=op.f("ck_bank_line_bank_odd"),
        ),
        sa.ForeignKeyConstraint(["code"], ["payment_code.code"], name=op.f("fk_bank_line_code")),
        sa.ForeignKeyConstraint(
            ["confirmation_year", "confirmation_serial"],
            ["money_confirmation.year", "money_confirmation.serial"],
            name=op.f("fk_bank_line_confirmation_year_confirmation_serial"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("operator_id", name=op.f("uq_bank_line_operator_id")),
        sa.UniqueConstraint("account", "reference", "amount", name=op.f("uq_bank_line_account_reference_amount")),
    )
    op.create_index(
        "ix_bank_line_odd",
        "bank_line",
        ["booked_at"],
        postgresql_where=sa.text("settled < amount and elsewhere_at is null"),
    )
    op.create_index(op.f("ix_bank_line_code"), "bank_line", ["code"])
    op.create_table(
        "refund",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("charge_id", sa.Integer()),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_by", sa.Text()),
        sa.Column("paid_at", sa.DateTime(timezone=True)),
        sa.Column("bank_reference", sa.Text()),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_amount")),
        sa.CheckConstraint("paid_by <> asked_by", name=op.f("ck_refund_two_hands")),
        sa.CheckConstraint(
            "(paid_by is null) = (paid_at is null) and (paid_by is null) = (bank_reference is null)",
            name=op.f("ck_refund_paid"),
        ),
        sa.ForeignKeyConstraint(["line_id"], ["bank_line.id"], name=op.f("fk_refund_line_id")),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name=op.f("fk_refund_charge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint(
            "line_id", "charge_id", name=op.f("uq_refund_line_id_charge_id"), postgresql_nulls_not_distinct=True
        ),
    )
    op.execute("grant select, insert, update, delete on payment_code, bank_line, refund to tannha_app")
    op.execute("grant select, insert on money_confirmation to tannha_app")
    for name, when in (
        ("no_change", "update or delete on money_confirmation for each row"),
        ("no_truncate", "truncate on money_confirmation for each statement"),
    ):
        op.execute(f"create trigger money_confirmation_{name} before {when} execute function refuse_change()")
    op.execute("grant usage on all sequences in schema public to tannha_app")


def downgrade() -> None:
    for table in ("refund", "bank_line", "money_confirmation", "payment_code"):
        op.drop_table(table)
    op.drop_column("tariff_rate", "together")
