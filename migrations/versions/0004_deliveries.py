"""deliveries: what a partner answered last, and when it was asked"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dispatch", sa.Column("status", sa.Integer(), nullable=True))
    op.add_column("dispatch", sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_dispatch_link", "dispatch", ["link", "number"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_dispatch_link", table_name="dispatch")
    op.drop_column("dispatch", "tried_at")
    op.drop_column("dispatch", "status")
