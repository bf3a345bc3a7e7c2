"""messages by whom they went to: a request's page asks at each look how its citizen's telephone was reached before"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of many millions may have had it built beforehand, without holding up those who write (CONTRIBUTING)."""
    named = sa.text("recipient is not null")
    op.create_index("ix_message_recipient", "message", ["recipient"], postgresql_where=named, if_not_exists=True)


def downgrade() -> None:
    op.drop_index("ix_message_recipient", "message")
