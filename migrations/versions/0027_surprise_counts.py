"""a safe counted by surprise: asked for from above, counted blind, and what came of it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "surprise_count",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_surprise_count_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surprise_count")),
    )
    op.create_index(op.f("ix_surprise_count_office_id"), "surprise_count", ["office_id"])
    op.create_table(
        "safe_count",
        sa.Column("surprise_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("expected", JSONB(), nullable=False),
        sa.Column("found", JSONB(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["surprise_id"], ["surprise_count.id"], name=op.f("fk_safe_count_surprise_id")),
        sa.PrimaryKeyConstraint("surprise_id", name=op.f("pk_safe_count")),
    )
    op.execute("grant usage on all sequences in schema public to tannha_app")
    for table in ("surprise_count", "safe_count"):
        op.execute(f"grant select, insert on {table} to tannha_app")
        op.execute(
            f"create trigger {table}_no_change before update or delete on {table} "
            "for each row execute function refuse_change()"
        )
        op.execute(
            f"create trigger {table}_no_truncate before truncate on {table} "
            "for each statement execute function refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("safe_count")
    op.drop_table("surprise_count")
