"""planning dials: the balance of hours asked for and its price; what days that were driven teach about travel times"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("planning", sa.Column("balance_s", sa.Integer(), nullable=True))
    op.add_column(
        "plan", sa.Column("balance", postgresql.JSONB(astext_type=sa.Text(), none_as_null=True), nullable=True)
    )
    op.create_table(
        "calibration",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("legs", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("fitted", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", "profile", name=op.f("pk_calibration")),
    )
    op.execute("grant select, insert, update, delete on calibration to tannha_app")


def downgrade() -> None:
    op.drop_table("calibration")
    op.drop_column("plan", "balance")
    op.drop_column("planning", "balance_s")
