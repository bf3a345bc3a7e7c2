"""the telephones of an office: its counter's, and the one that its couriers call on the road"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("office", sa.Column("phone", sa.Text()))
    op.add_column("office", sa.Column("duty_phone", sa.Text()))


def downgrade() -> None:
    op.drop_column("office", "duty_phone")
    op.drop_column("office", "phone")
