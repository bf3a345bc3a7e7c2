"""which courier is the whole office, from when until when: nobody else there signs alone"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)

# an office that is marked already: who signed alone there last; else the one who has been there longest
NAME_THEM = """
insert into one_person (office_id, courier_id, since)
select distinct on (office.id) office.id, courier.id, office.one_person_since
from office join courier on courier.office_id = office.id and courier.active and courier.staff_account_id is not null
where office.one_person_since is not null
order by office.id, (
    select max(at) from countersignature
    where signed_by = 'one_person' and countersignature."by" = 'courier:' || courier.id
) desc nulls last, courier.id
"""


def upgrade() -> None:
    op.create_table(
        "one_person",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("courier_id", sa.Integer(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_one_person_office_id")),
        sa.ForeignKeyConstraint(["courier_id"], ["courier.id"], name=op.f("fk_one_person_courier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_person")),
    )
    op.create_index(op.f("ix_one_person_courier_id"), "one_person", ["courier_id"])
    op.create_index(op.f("ix_one_person_office_id"), "one_person", ["office_id"])
    op.create_index(
        "ix_one_person_now", "one_person", ["office_id"], unique=True, postgresql_where=sa.text("until is null")
    )
    op.execute("grant select, insert, update, delete on one_person to tannha_app")
    op.execute("grant usage on all sequences in schema public to tannha_app")
    op.execute(NAME_THEM)


def downgrade() -> None:
    op.drop_table("one_person")
