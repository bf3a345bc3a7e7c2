"""a desk refuses, or asks for papers, on its screen: with the law's words, the papers by name, and withdrawn while it waits"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

BEFORE = ("refusal_requested", "refused", "refusal_blocked")


def upgrade() -> None:
    op.add_column("refusal", sa.Column("legal_basis", sa.Text()))
    op.add_column("refusal", sa.Column("papers", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    _states((*BEFORE, "refusal_withdrawn", "papers_asked"))


def downgrade() -> None:
    op.execute("update refusal set state = 'refusal_blocked' where state in ('refusal_withdrawn', 'papers_asked')")
    _states(BEFORE)
    op.drop_column("refusal", "papers")
    op.drop_column("refusal", "legal_basis")


def _states(states: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_refusal_state"), "refusal", type_="check")
    allowed = ", ".join(f"'{state}'" for state in states)
    op.create_check_constraint(op.f("ck_refusal_state"), "refusal", f"state in ({allowed})")
