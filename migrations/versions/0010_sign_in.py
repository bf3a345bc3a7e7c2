"""sign-in: sessions as rows, known browsers, tries, resets, second factors"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("sign_in_session", "known_device", "sign_in_try", "password_reset", "second_factor_code")


def upgrade() -> None:
    _make_sessions()
    _make_lanes()
    _make_resets()
    _make_factors()
    op.execute(f"grant select, insert, update, delete on {', '.join(TABLES)} to tannha_app")
    op.execute("grant usage on all sequences in schema public to tannha_app")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    for column in ("totp_last_step", "totp_closed", "must_change_password"):
        op.drop_column("staff_account", column)


def _make_sessions() -> None:
    op.create_table(
        "sign_in_session",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("token_mac", sa.Text(), nullable=False),
        sa.Column("staff_account_id", sa.Integer(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=True),
        sa.Column("phone_mac", sa.Text(), nullable=True),
        sa.Column("phone_closed", sa.Text(), nullable=True),
        sa.Column("waits_for_factor", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "(staff_account_id is null) <> (phone_mac is null)", name=op.f("ck_sign_in_session_of_one_person")
        ),
        sa.CheckConstraint(
            "(staff_account_id is null) = (epoch is null)", name=op.f("ck_sign_in_session_epoch_of_staff")
        ),
        sa.ForeignKeyConstraint(
            ["staff_account_id"], ["staff_account.id"], name=op.f("fk_sign_in_session_staff_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_session")),
        sa.UniqueConstraint("token_mac", name=op.f("uq_sign_in_session_token_mac")),
    )
    op.create_index("ix_sign_in_session_staff_account_id", "sign_in_session", ["staff_account_id"])
    op.create_index("ix_sign_in_session_phone_mac", "sign_in_session", ["phone_mac"])


def _make_lanes() -> None:
    op.create_table(
        "known_device",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("staff_account_id", sa.Integer(), nullable=False),
        sa.Column("token_mac", sa.Text(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("factor_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_account_id"], ["staff_account.id"], name=op.f("fk_known_device_staff_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
        sa.UniqueConstraint("staff_account_id", "token_mac", name=op.f("uq_known_device_staff_account_id_token_mac")),
    )
    op.create_table(
        "sign_in_try",
        sa.Column("key_mac", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("wait_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("key_mac", name=op.f("pk_sign_in_try")),
    )


def _make_resets() -> None:
    op.add_column(
        "staff_account", sa.Column("must_change_password", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_table(
        "password_reset",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("staff_account_id", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("token_mac", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_account_id"], ["staff_account.id"], name=op.f("fk_password_reset_staff_account_id")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["staff_account.id"], name=op.f("fk_password_reset_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_reset")),
        sa.UniqueConstraint("token_mac", name=op.f("uq_password_reset_token_mac")),
    )
    op.create_index("ix_password_reset_staff_account_id", "password_reset", ["staff_account_id"])


def _make_factors() -> None:
    op.add_column("staff_account", sa.Column("totp_closed", sa.Text(), nullable=True))
    op.add_column("staff_account", sa.Column("totp_last_step", sa.BigInteger(), nullable=True))
    op.create_table(
        "second_factor_code",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("staff_account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code_mac", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind in ('recovery', 'card')", name=op.f("ck_second_factor_code_factor_kind")),
        sa.ForeignKeyConstraint(
            ["staff_account_id"], ["staff_account.id"], name=op.f("fk_second_factor_code_staff_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factor_code")),
        sa.UniqueConstraint(
            "staff_account_id", "kind", "number", name=op.f("uq_second_factor_code_staff_account_id_kind_number")
        ),
    )
