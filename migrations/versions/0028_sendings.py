"""messages that arrive: one row for each handing-over to an operator, how far a message came, and what is left to pay with"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
CREDIT = (
    ("credit", sa.BigInteger()),
    ("credit_unit", sa.Text()),
    ("credit_low", sa.BigInteger()),
    ("credit_at", MOMENT),
)
STATES = ("waiting", "begun", "unclear", "taken", "sent", "delivered", "failed")


def upgrade() -> None:
    op.create_table(
        "sending",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="sending_state", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("is_repeat", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("operator_id", sa.Text()),
        sa.Column("code", sa.Text()),
        sa.Column("reports", sa.Boolean(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("taken_at", MOMENT),
        sa.Column("settled_at", MOMENT),
        sa.Column("asked_at", MOMENT),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_sending_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending")),
    )
    op.create_index(op.f("ix_sending_message_id"), "sending", ["message_id"])
    op.create_index("ix_sending_operator_id", "sending", ["channel", "operator_id"])
    op.create_index(
        "ix_sending_under_way",
        "sending",
        ["channel", "began_at"],
        postgresql_where=sa.text("state in ('unclear', 'taken', 'sent')"),
    )
    op.execute("grant select, insert, update, delete on sending to tannha_app")
    for name, kind in CREDIT:
        op.add_column("link", sa.Column(name, kind))
    op.add_column("message", sa.Column("params", JSONB(none_as_null=True)))
    op.drop_constraint(op.f("ck_message_state"), "message", type_="check")
    op.create_check_constraint(
        op.f("ck_message_state"),
        "message",
        "state in ('queued', 'taken', 'sent', 'delivered', 'failed', 'not_wanted')",
    )


def downgrade() -> None:
    op.execute("update message set state = 'sent' where state in ('taken', 'delivered')")
    op.drop_constraint(op.f("ck_message_state"), "message", type_="check")
    op.create_check_constraint(
        op.f("ck_message_state"), "message", "state in ('queued', 'sent', 'failed', 'not_wanted')"
    )
    op.drop_column("message", "params")
    for name, _ in CREDIT:
        op.drop_column("link", name)
    op.drop_table("sending")
