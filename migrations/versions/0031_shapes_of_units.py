"""shapes of the units: where a commune's ground ends, as the operator's file tells"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

SIDES = ("west", "south", "east", "north")


def upgrade() -> None:
    op.create_table(
        "unit_shape",
        sa.Column("unit_code", sa.Text(), nullable=False),
        *(sa.Column(side, sa.Double(), nullable=False) for side in SIDES),
        sa.Column("shape", JSONB(), nullable=False),
        sa.Column("drawn", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_unit_shape_unit_code")),
        sa.PrimaryKeyConstraint("unit_code", name=op.f("pk_unit_shape")),
    )
    op.execute("grant select, insert, update, delete on unit_shape to tannha_app")


def downgrade() -> None:
    op.drop_table("unit_shape")
