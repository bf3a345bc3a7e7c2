"""help to file online: an appointment at a counter, without a name"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

HALVES = ("morning", "afternoon")
WAYS = ("post", "electronic")
STATES = ("asked", "filed", "no_account", "papers_missing", "portal_failed", "absent")


def upgrade() -> None:
    op.create_table(
        "online_help",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", sa.Enum(*HALVES, name="help_half", native_enum=False, length=24), nullable=False),
        sa.Column("result_by", sa.Enum(*WAYS, name="help_result_by", native_enum=False, length=24), nullable=False),
        sa.Column("state", sa.Enum(*STATES, name="help_state", native_enum=False, length=24), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.CheckConstraint(f"half in {HALVES}", name=op.f("ck_online_help_help_half")),
        sa.CheckConstraint(f"result_by in {WAYS}", name=op.f("ck_online_help_help_result_by")),
        sa.CheckConstraint(f"state in {STATES}", name=op.f("ck_online_help_help_state")),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedure.id"], name=op.f("fk_online_help_procedure_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_online_help_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_online_help")),
        sa.UniqueConstraint("reference", name=op.f("uq_online_help_reference")),
    )
    op.create_index("ix_online_help_office_id_day", "online_help", ["office_id", "day"])
    op.execute("grant select, insert, update, delete on online_help to tannha_app")


def downgrade() -> None:
    op.drop_table("online_help")
