"""whoever wants letters beside messages: an address of e-mail"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("applicant", sa.Column("email", sa.Text()))


def downgrade() -> None:
    op.drop_column("applicant", "email")
