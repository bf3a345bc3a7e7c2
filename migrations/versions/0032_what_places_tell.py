"""what offices and desks tell: opening hours, a desk's telephone, and when an operator last told of a place"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

COLUMNS = (
    ("office", "opening_hours", sa.Text()),
    ("office", "told_at", sa.DateTime(timezone=True)),
    ("desk", "phone", sa.Text()),
    ("desk", "opening_hours", sa.Text()),
    ("desk", "told_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    for table, column, kind in COLUMNS:
        op.add_column(table, sa.Column(column, kind))


def downgrade() -> None:
    for table, column, _ in COLUMNS:
        op.drop_column(table, column)
