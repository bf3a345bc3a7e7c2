"""seasons in which the ways into a commune take longer"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "road_season",
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("first_month", sa.Integer(), nullable=False),
        sa.Column("last_month", sa.Integer(), nullable=False),
        sa.Column("factor", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "first_month between 1 and 12 and last_month between 1 and 12", name=op.f("ck_road_season_months")
        ),
        sa.CheckConstraint("factor > 1 and factor <= 5", name=op.f("ck_road_season_factor")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_road_season_unit_code")),
        sa.PrimaryKeyConstraint("unit_code", "first_month", name=op.f("pk_road_season")),
    )
    op.execute("grant select, insert, update, delete on road_season to tannha_app")


def downgrade() -> None:
    op.drop_table("road_season")
