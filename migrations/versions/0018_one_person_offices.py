"""one-person offices: since when one person is courier and counter, so that courier and safe need one signature"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("office", sa.Column("one_person_since", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("office", "one_person_since")
