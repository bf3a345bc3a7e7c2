"""tongues and interpreters: what is spoken in a house and by a courier, and who may be called to translate"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("service_request", sa.Column("tongue", sa.String(24)))
    op.create_check_constraint(
        op.f("ck_service_request_tongue"), "service_request", "tongue in ('vi', 'jra', 'bdq', 'other')"
    )
    op.add_column("courier", sa.Column("tongues", sa.ARRAY(sa.String())))
    op.create_table(
        "interpreter",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("phone", sa.Text()),
        sa.Column("tongues", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("units", sa.ARRAY(sa.String()), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interpreter")),
        sa.UniqueConstraint("code", name=op.f("uq_interpreter_code")),
    )
    op.execute("grant select, insert, update, delete on interpreter to tannha_app")
    op.execute("grant usage on all sequences in schema public to tannha_app")


def downgrade() -> None:
    op.drop_table("interpreter")
    op.drop_column("courier", "tongues")
    op.drop_constraint(op.f("ck_service_request_tongue"), "service_request")
    op.drop_column("service_request", "tongue")
