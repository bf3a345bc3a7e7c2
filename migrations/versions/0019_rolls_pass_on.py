"""what is left of a roll of labels passes on to the phone that its courier signs in on next"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ONCE_AT_A_TIME = "ix_number_block_in_use"
WHOLE_AGAIN = (
    "delete from number_block passed using number_block rest where passed.passed_on_at is not null "
    "and rest.kind = passed.kind and rest.first = passed.first and rest.id <> passed.id"
)


def upgrade() -> None:
    op.add_column("number_block", sa.Column("passed_on_at", sa.DateTime(timezone=True)))
    op.create_index(
        ONCE_AT_A_TIME, "number_block", ["kind", "first"], unique=True, postgresql_where=sa.text("passed_on_at is null")
    )
    op.drop_constraint(op.f("uq_number_block_kind_first"), "number_block", type_="unique")


def downgrade() -> None:
    op.execute(WHOLE_AGAIN)
    op.create_unique_constraint(op.f("uq_number_block_kind_first"), "number_block", ["kind", "first"])
    op.drop_index(ONCE_AT_A_TIME, table_name="number_block")
    op.drop_column("number_block", "passed_on_at")
