"""call me back: a citizen's wish to be called, a task of the office that serves the door"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "callback_wish",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.Column("done_by", sa.Text()),
        sa.ForeignKeyConstraint(["request_id"], ["service_request.id"], name=op.f("fk_callback_wish_request_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_callback_wish_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callback_wish")),
    )
    op.create_index(
        "ix_callback_wish_open",
        "callback_wish",
        ["request_id"],
        unique=True,
        postgresql_where=sa.text("done_at is null"),
    )
    op.create_index(op.f("ix_callback_wish_office_id"), "callback_wish", ["office_id"])
    op.execute("grant select, insert, update, delete on callback_wish to tannha_app")


def downgrade() -> None:
    op.drop_table("callback_wish")
