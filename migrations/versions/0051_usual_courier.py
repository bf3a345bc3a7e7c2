"""which courier usually comes to a stop, instead of whether this one does: a stop may change hands"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("stop", "usual")
    op.add_column("stop", sa.Column("usual_courier_id", sa.Integer()))
    op.create_foreign_key(op.f("fk_stop_usual_courier_id"), "stop", "courier", ["usual_courier_id"], ["id"])


def downgrade() -> None:
    op.drop_column("stop", "usual_courier_id")
    op.add_column("stop", sa.Column("usual", sa.Boolean()))
