"""a place that is closed: since when, and which desk decides instead"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for kind in ("office", "desk"):
        op.add_column(kind, sa.Column("closed_at", sa.DateTime(timezone=True)))
    op.add_column("desk", sa.Column("taken_over_by_id", sa.Integer()))
    op.create_foreign_key("fk_desk_taken_over_by_id", "desk", "desk", ["taken_over_by_id"], ["id"])
    op.create_check_constraint(op.f("ck_desk_taken_over"), "desk", "taken_over_by_id is null or closed_at is not null")


def downgrade() -> None:
    op.drop_column("desk", "taken_over_by_id")
    for kind in ("office", "desk"):
        op.drop_column(kind, "closed_at")
