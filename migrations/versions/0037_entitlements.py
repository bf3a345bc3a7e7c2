"""entitlements: who may have a result is confirmed before anything is packed; desks have the prefix of their codes

Results asked for by a code alone, before today, wait for their desk's word as those of tomorrow do, unless the desk has
acted on them: it has packed the result, or its agency told of the dossier.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("desk", sa.Column("dossier_prefix", sa.Text()))
    op.create_unique_constraint(op.f("uq_desk_dossier_prefix"), "desk", ["dossier_prefix"])
    op.create_table(
        "entitlement",
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("asked_code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Text(), nullable=False),
        sa.Column("owner_id_last4", sa.Text()),
        sa.Column("seen", sa.Text()),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("decided_by", sa.Text()),
        sa.Column("reason", sa.Text()),
        sa.CheckConstraint("state in ('to_confirm', 'proved', 'denied')", name=op.f("ck_entitlement_state")),
        sa.CheckConstraint(
            "placed_by in ('desk', 'exchange', 'prefix', 'home')", name=op.f("ck_entitlement_placed_by")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"], name=op.f("fk_entitlement_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_entitlement")),
    )
    op.create_index(
        "ix_entitlement_open", "entitlement", ["asked_code"], postgresql_where=sa.text("state = 'to_confirm'")
    )
    op.create_table(
        "waiting_result",
        sa.Column("id", sa.Integer(), sa.Identity(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["desk_id"], ["desk.id"], name=op.f("fk_waiting_result_desk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_result")),
        sa.UniqueConstraint("code", name=op.f("uq_waiting_result_code")),
    )
    op.create_index(op.f("ix_waiting_result_desk_id"), "waiting_result", ["desk_id"])
    op.execute("grant select, insert, update, delete on entitlement, waiting_result to tannha_app")
    op.execute("grant usage on all sequences in schema public to tannha_app")
    op.execute(
        """
        with asked as (
            select d.id, d.code, r.created_at
            from dossier d join service_request r on r.id = d.request_id
            where r.kind = 'receive' and d.code is not null and d.partner_id is null and d.state = 4
              and d.result_ready_at is null
              and exists (
                  select from errand_dossier ed join errand e on e.id = ed.errand_id
                  where ed.dossier_id = d.id and e.kind = 'deliver' and e.state = 'requested')
              and not exists (select from parcel p where p.dossier_id = d.id)
              and not exists (select from dossier_step s where s.dossier_id = d.id)
        ), written as (
            insert into entitlement (dossier_id, asked_code, state, placed_by, asked_at)
            select id, code, 'to_confirm', 'home', created_at from asked returning dossier_id
        )
        update dossier set code = null, state = 1 from written where dossier.id = written.dossier_id
        """
    )


def downgrade() -> None:
    op.execute(
        """
        update dossier set code = e.asked_code, state = 4
        from (select distinct on (asked_code) dossier_id, asked_code from entitlement
              where state = 'to_confirm' order by asked_code, asked_at) e
        where dossier.id = e.dossier_id and not exists (select from dossier o where o.code = e.asked_code)
        """
    )
    op.drop_table("waiting_result")
    op.drop_table("entitlement")
    op.drop_constraint(op.f("uq_desk_dossier_prefix"), "desk")
    op.drop_column("desk", "dossier_prefix")
