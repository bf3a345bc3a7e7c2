"""what the one-stop software's file said of a desk's day, where no exchange tells it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "one_stop_line",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("state", sa.Integer()),
        sa.Column("due_on", sa.Date()),
        sa.Column("envelope", sa.Text()),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_one_stop_line_desk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_stop_line")),
        sa.UniqueConstraint("desk_id", "day", "code", name=op.f("uq_one_stop_line_desk_id_day_code")),
    )
    op.execute("grant select, insert, update, delete on one_stop_line to tannha_app")
    op.execute("grant usage on all sequences in schema public to tannha_app")


def downgrade() -> None:
    op.drop_table("one_stop_line")
