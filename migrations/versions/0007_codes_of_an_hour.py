"""the sign-in codes of the last hour, by the times they were sent: a counter forgets when its hour began"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("sign_in_code", sa.Column("sent_times", sa.ARRAY(MOMENT), nullable=True))
    # when each was sent is not known: all count as late as the last one, so nobody gets more codes by the change
    op.execute("update sign_in_code set sent_times = array_fill(sent_at, array[greatest(1, sent_today)])")
    op.alter_column("sign_in_code", "sent_times", nullable=False)
    op.drop_column("sign_in_code", "sent_today")
    op.drop_column("sign_in_code", "sent_at")


def downgrade() -> None:
    op.add_column("sign_in_code", sa.Column("sent_at", MOMENT, nullable=True))
    op.add_column("sign_in_code", sa.Column("sent_today", sa.Integer(), nullable=True))
    op.execute(
        "update sign_in_code set sent_at = sent_times[cardinality(sent_times)], sent_today = cardinality(sent_times)"
    )
    op.alter_column("sign_in_code", "sent_at", nullable=False)
    op.alter_column("sign_in_code", "sent_today", nullable=False)
    op.drop_column("sign_in_code", "sent_times")
