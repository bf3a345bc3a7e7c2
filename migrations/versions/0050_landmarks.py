"""landmarks: learnt from doors where a courier stood; what each door adds, and what several named alike"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "landmark_share",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_landmark_share_place_id")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_landmark_share_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_landmark_share")),
        sa.UniqueConstraint("place_id", "words", name=op.f("uq_landmark_share_place_id_words")),
    )
    op.create_index(op.f("ix_landmark_share_unit_code"), "landmark_share", ["unit_code"])
    op.create_table(
        "landmark",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("doors", sa.Integer(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.CheckConstraint("doors >= 3", name=op.f("ck_landmark_several_doors")),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name=op.f("fk_landmark_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_landmark")),
    )
    op.create_index("ix_landmark_unit_code_words", "landmark", ["unit_code", "words"])
    for table in ("landmark_share", "landmark"):
        op.execute(f"grant select, insert, update, delete on {table} to tannha_app")


def downgrade() -> None:
    op.drop_table("landmark")
    op.drop_table("landmark_share")
