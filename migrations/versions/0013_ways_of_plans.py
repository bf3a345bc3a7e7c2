"""ways of plans: that a plan was made on straight lines because the road server was away, or that a desk lies off every road"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("plan", sa.Column("ways", postgresql.JSONB(astext_type=sa.Text(), none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("plan", "ways")
