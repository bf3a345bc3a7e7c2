"""how a booking's telephone was proved, and who asked for codes that nobody has typed yet"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

PROOFS = "'code', 'remembered', 'signed_in', 'counter', 'village_head', 'call_back', 'partner', 'none'"
# what stands was booked before numbers were proved; who vouched is known all the same
KNOWN = """
update service_request set phone_proof = case when partner_id is not null then 'partner' else 'counter' end
where partner_id is not null or booked_by is not null
"""


def upgrade() -> None:
    op.add_column("service_request", sa.Column("phone_proof", sa.String(24), nullable=False, server_default="none"))
    op.create_check_constraint(op.f("ck_service_request_phone_proof"), "service_request", f"phone_proof in ({PROOFS})")
    op.create_index(op.f("ix_service_request_helper_phone"), "service_request", ["helper_phone"])
    op.execute(KNOWN)
    op.add_column("sign_in_code", sa.Column("client", sa.Text(), nullable=True))
    op.create_index(op.f("ix_sign_in_code_client"), "sign_in_code", ["client"])


def downgrade() -> None:
    op.drop_index(op.f("ix_sign_in_code_client"), "sign_in_code")
    op.drop_column("sign_in_code", "client")
    op.drop_index(op.f("ix_service_request_helper_phone"), "service_request")
    op.drop_constraint(op.f("ck_service_request_phone_proof"), "service_request")
    op.drop_column("service_request", "phone_proof")
