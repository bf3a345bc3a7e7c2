"""kinds of vehicle, trips of a shift, usual couriers: what a day as the post rides it is planned with"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vehicle_kind",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("speed", sa.Float(), nullable=False),
        sa.Column("per_km", sa.Integer(), nullable=False),
        sa.Column("per_hour", sa.Integer(), nullable=False),
        sa.Column("fixed", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_vehicle_kind")),
    )
    op.execute("grant select, insert, update, delete on vehicle_kind to tannha_app")
    for table in ("courier", "shift"):
        op.add_column(table, sa.Column("vehicle", sa.Text(), nullable=False, server_default="motorbike"))
    op.add_column("shift", sa.Column("trips", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("shift", sa.Column("reload_s", sa.Integer(), nullable=False, server_default="900"))
    op.create_check_constraint(op.f("ck_shift_trips"), "shift", "trips >= 1")
    op.add_column("plan", sa.Column("movable", sa.Integer()))
    op.add_column("route", sa.Column("reloads", JSONB()))
    op.add_column("stop", sa.Column("trip", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("stop", sa.Column("usual", sa.Boolean()))


def downgrade() -> None:
    for column in ("usual", "trip"):
        op.drop_column("stop", column)
    op.drop_column("route", "reloads")
    op.drop_column("plan", "movable")
    op.drop_constraint(op.f("ck_shift_trips"), "shift")
    for column in ("reload_s", "trips", "vehicle"):
        op.drop_column("shift", column)
    op.drop_column("courier", "vehicle")
    op.drop_table("vehicle_kind")
