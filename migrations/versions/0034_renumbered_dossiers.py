"""renumbered dossiers: a number that was typed wrong at the desk is put right, and both stay"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "renumbering",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_renumbering_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renumbering")),
    )
    op.create_index(op.f("ix_renumbering_dossier_id"), "renumbering", ["dossier_id"])
    op.execute("grant select, insert on renumbering to tannha_app")
    op.execute("grant usage on all sequences in schema public to tannha_app")
    op.execute(
        "create trigger renumbering_no_change before update or delete on renumbering "
        "for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger renumbering_no_truncate before truncate on renumbering "
        "for each statement execute function refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("renumbering")
