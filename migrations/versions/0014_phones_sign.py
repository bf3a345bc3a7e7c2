"""phones sign: each has a key of its own, each act its signature; what there is goes on as before for thirty days"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

GRACE = "insert into signing_grace (until) select now() + interval '30 days' where exists (select from device)"
KEEP_SIGNATURE = (
    "create trigger operation_signature_stays before update of signature, carried_by on operation "
    "for each row when (old.signature is distinct from new.signature or old.carried_by is distinct from new.carried_by) "
    "execute function refuse_change()"
)


def upgrade() -> None:
    op.create_table(
        "device_key",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("signed_from_seq", sa.Integer(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_key_device_id")),
        sa.PrimaryKeyConstraint("device_id", name=op.f("pk_device_key")),
        sa.UniqueConstraint("public_key", name=op.f("uq_device_key_public_key")),
    )
    op.create_table(
        "signing_grace",
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("until", name=op.f("pk_signing_grace")),
    )
    op.add_column("operation", sa.Column("signature", sa.LargeBinary()))
    op.add_column("operation", sa.Column("carried_by", sa.Text()))
    op.execute(GRACE)
    op.execute("grant select, insert on device_key to tannha_app")
    op.execute("grant select, insert, update, delete on signing_grace to tannha_app")
    op.execute(
        "create trigger device_key_no_change before update or delete on device_key "
        "for each row execute function refuse_change()"
    )
    op.execute(
        "create trigger device_key_no_truncate before truncate on device_key "
        "for each statement execute function refuse_change()"
    )
    op.execute(KEEP_SIGNATURE)


def downgrade() -> None:
    op.execute("drop trigger operation_signature_stays on operation")
    op.drop_column("operation", "carried_by")
    op.drop_column("operation", "signature")
    op.drop_table("signing_grace")
    op.drop_table("device_key")
