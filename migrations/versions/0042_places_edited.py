"""the operator's word of a place: since when its position was told by a table or on a page, from the audit where it knows"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for kind in ("office", "desk"):
        op.add_column(kind, sa.Column("position_told_at", sa.DateTime(timezone=True)))
        op.execute(  # a change without fields was a position alone, which then stopped to be provisional
            f"""
            update {kind} set position_told_at = told.at from (
              select object_id, max(at) as at from audit_event
              where object_kind = '{kind}' and action in ('place.opened', 'place.changed')
                and (detail -> 'fields' @> '["lon"]' or detail -> 'fields' @> '["lat"]' or detail -> 'fields' = '[]')
              group by object_id
            ) told where told.object_id = {kind}.id::text
            """  # noqa: S608  (two names of ours)
        )


def downgrade() -> None:
    for kind in ("office", "desk"):
        op.drop_column(kind, "position_told_at")
