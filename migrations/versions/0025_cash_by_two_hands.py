"""cash by two hands: the courier's own phone signs for what is handed in; one person's own money is marked"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SIGNED = ("on_phone", "on_screen")
ACTS = ("hand_over", "count", "close_bag", "open_bag")


def upgrade() -> None:
    op.add_column("cash_hand_in", sa.Column("mark", sa.Text()))
    op.create_unique_constraint(op.f("uq_cash_hand_in_mark"), "cash_hand_in", ["mark"])
    _words("cash_hand_in", "signed", "signed", (*SIGNED, "by_key", "one_person"))
    _words("signing_invitation", "signing_act", "act", (*ACTS, "cash"))


def downgrade() -> None:
    """What the version before has no word for was said on the counter's screen; its invitations are over."""
    op.execute("alter table cash_hand_in disable trigger cash_hand_in_no_change")
    op.execute("update cash_hand_in set signed = 'on_screen' where signed in ('by_key', 'one_person')")
    op.execute("alter table cash_hand_in enable trigger cash_hand_in_no_change")
    op.execute("delete from signing_invitation where act = 'cash'")
    _words("cash_hand_in", "signed", "signed", SIGNED)
    _words("signing_invitation", "signing_act", "act", ACTS)
    op.drop_constraint(op.f("uq_cash_hand_in_mark"), "cash_hand_in", type_="unique")
    op.drop_column("cash_hand_in", "mark")


def _words(table: str, constraint: str, column: str, words: tuple[str, ...]) -> None:
    name = op.f(f"ck_{table}_{constraint}")
    op.drop_constraint(name, table, type_="check")
    allowed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(name, table, f"{column} in ({allowed})")
