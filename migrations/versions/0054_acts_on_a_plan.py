"""who changed which office of a plan, every act on it with what stood before, and promises broken with a reason"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan_office", sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("plan_office", sa.Column("changed_by", sa.Text()))
    op.add_column("plan_office", sa.Column("changed_at", sa.DateTime(timezone=True)))
    op.add_column("plan_office", sa.Column("changed_what", sa.Text()))
    for table in ("route", "stop"):
        op.add_column(table, sa.Column("accepted", JSONB()))
    op.create_table(
        "plan_act",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offices", JSONB(), nullable=False),
        sa.Column("shifts", JSONB(), nullable=False),
        sa.Column("errands", JSONB(), nullable=False),
        sa.Column("before", JSONB(), nullable=False),
        sa.Column("after", JSONB(), nullable=False),
        sa.Column("figures", JSONB(), nullable=False),
        sa.Column("undoes_id", sa.Integer()),
        sa.Column("undone_by_id", sa.Integer()),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_act_plan_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["plan_act.id"], name=op.f("fk_plan_act_undoes_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["plan_act.id"], name=op.f("fk_plan_act_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_act")),
    )
    op.create_index(op.f("ix_plan_act_plan_id"), "plan_act", ["plan_id"])
    op.execute("grant select, insert, update, delete on plan_act to tannha_app")


def downgrade() -> None:
    op.drop_table("plan_act")
    for table in ("stop", "route"):
        op.drop_column(table, "accepted")
    for column in ("changed_what", "changed_at", "changed_by", "revision"):
        op.drop_column("plan_office", column)
