"""what was scanned at first when a safe is counted by surprise, before it was said what is missing"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "first_scan",
        sa.Column("surprise_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("found", JSONB(), nullable=False),
        sa.Column("missing", JSONB(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["surprise_id"], ["surprise_count.id"], name=op.f("fk_first_scan_surprise_id")),
        sa.PrimaryKeyConstraint("surprise_id", name=op.f("pk_first_scan")),
    )
    op.execute("grant select, insert on first_scan to tannha_app")
    op.execute(
        "create trigger first_scan_no_change before update or delete on first_scan "
        "for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger first_scan_no_truncate before truncate on first_scan "
        "for each statement execute function refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("first_scan")
