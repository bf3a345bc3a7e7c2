"""two hands: the other side signs on its own phone or in its own session; each second signature is kept with its hand"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

HOLDERS = ("citizen", "courier", "office_safe", "bag", "desk", "carrier", "lost")
MOMENT = sa.DateTime(timezone=True)


def one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    op.create_table(
        "signing_invitation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("act", one_of("signing_act", ("hand_over", "count", "close_bag", "open_bag")), nullable=False),
        sa.Column("holder", one_of("signing_place", HOLDERS), nullable=False),
        sa.Column("holder_id", sa.Text(), nullable=False),
        sa.Column("other_holder", one_of("signing_other", HOLDERS)),
        sa.Column("other_id", sa.Text()),
        sa.Column("said", JSONB(), nullable=False),
        sa.Column("form", JSONB(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.Column("answered_by", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_invitation")),
    )
    op.create_index(op.f("ix_signing_invitation_asked_at"), "signing_invitation", ["asked_at"])
    op.create_table(
        "countersignature",
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column(
            "signed_by", one_of("signed_by", ("phone", "session", "password", "one_person", "paper")), nullable=False
        ),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("holder", one_of("countersigned_at", HOLDERS), nullable=False),
        sa.Column("holder_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Uuid()),
        sa.Column("said", JSONB(), nullable=False),
        sa.Column("signature", sa.LargeBinary()),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_countersignature_device_id")),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_countersignature")),
    )
    op.create_index(op.f("ix_countersignature_signed_by"), "countersignature", ["signed_by"])
    op.create_index(op.f("ix_countersignature_at"), "countersignature", ["at"])
    op.execute("grant select, insert, update, delete on signing_invitation to tannha_app")
    op.execute("grant select, insert on countersignature to tannha_app")
    op.execute(
        "create trigger countersignature_no_change before update or delete on countersignature "
        "for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger countersignature_no_truncate before truncate on countersignature "
        "for each statement execute function refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("countersignature")
    op.drop_table("signing_invitation")
