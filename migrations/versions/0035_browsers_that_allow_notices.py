"""browsers whose owners allowed notices, of one request or on a courier's phone"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "push_subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid()),
        sa.Column("device_id", sa.Uuid()),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.Text(), nullable=False),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("server_key", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.CheckConstraint("num_nonnulls(request_id, device_id) = 1", name=op.f("ck_push_subscription_whose")),
        sa.ForeignKeyConstraint(["request_id"], ["service_request.id"], name=op.f("fk_push_subscription_request_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_push_subscription_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("request_id", "endpoint", name=op.f("uq_push_subscription_request_id_endpoint")),
        sa.UniqueConstraint("device_id", name=op.f("uq_push_subscription_device_id")),
    )
    op.execute("grant select, insert, update, delete on push_subscription to tannha_app")


def downgrade() -> None:
    op.drop_table("push_subscription")
