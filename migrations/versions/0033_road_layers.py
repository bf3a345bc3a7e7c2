"""road layers: the roads of each commune as the maps of phones and boards draw them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "road_layer",
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_road_layer_unit_code")),
        sa.PrimaryKeyConstraint("unit_code", name=op.f("pk_road_layer")),
    )
    op.execute("grant select, insert, update, delete on road_layer to tannha_app")


def downgrade() -> None:
    op.drop_table("road_layer")
