"""named receivers: who may receive a result instead, named beforehand"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "named_receiver",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("id_last4", sa.Text()),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_by", sa.Text(), nullable=False),
        sa.CheckConstraint("relation in ('family', 'authorised')", name=op.f("ck_named_receiver_relation")),
        sa.ForeignKeyConstraint(["request_id"], ["service_request.id"], name=op.f("fk_named_receiver_request_id")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_named_receiver")),
    )
    op.execute("grant select, insert, update, delete on named_receiver to tannha_app")


def downgrade() -> None:
    op.drop_table("named_receiver")
