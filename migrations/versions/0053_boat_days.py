"""boat days: communes that no road reaches, and when a courier can be there"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "boat_day",
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.Time(), nullable=False),
        sa.Column("last_at", sa.Time(), nullable=False),
        sa.Column("crossing_minutes", sa.Integer(), nullable=False),
        sa.Column("pier_lon", sa.Float(), nullable=False),
        sa.Column("pier_lat", sa.Float(), nullable=False),
        sa.CheckConstraint("weekday between 1 and 7", name=op.f("ck_boat_day_weekday")),
        sa.CheckConstraint("first_at < last_at", name=op.f("ck_boat_day_order")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_boat_day_unit_code")),
        sa.PrimaryKeyConstraint("unit_code", "weekday", name=op.f("pk_boat_day")),
    )
    op.execute("grant select, insert, update, delete on boat_day to tannha_app")


def downgrade() -> None:
    op.drop_table("boat_day")
