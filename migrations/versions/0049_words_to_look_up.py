"""words to look up: names and addresses by their words without accents, telephones by their last digits, our codes by their beginning"""

from __future__ import annotations

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_LETTERS = {
    "a": "àáâãăạảấầẩẫậắằẳẵặ", "e": "èéêẹẻẽếềểễệ", "i": "ìíĩỉị", "o": "òóôõơọỏốồổỗộớờởỡợ", "u": "ùúũưụủứừửữự", "y": "ỳýỵỷỹ", "d": "đ",
}  # fmt: skip
_FROM = "".join(marked + marked.upper() for marked in _LETTERS.values()) + "/.,-_()"
_TO = "".join(plain * 2 * len(marked) for plain, marked in _LETTERS.items()) + " " * 7
FOLDED_WORDS = f"""
create or replace function folded_words(said text) returns tsvector language sql immutable parallel safe as $body$
    select to_tsvector('simple'::regconfig, translate(said, '{_FROM}', '{_TO}'))
$body$
"""
"""As `app.domain.wording.folded` does, of Vietnamese letters: without extensions, which not every server has."""

INDEXES = {
    "ix_applicant_words": "applicant using gin (folded_words(name))",
    "ix_applicant_phone_end": "applicant (reverse(phone) text_pattern_ops)",
    "ix_request_helper_words": "service_request using gin (folded_words(helper_name)) where helper_name is not null",
    "ix_request_helper_phone_end": "service_request (reverse(helper_phone) text_pattern_ops) where helper_phone is not null",
    "ix_request_reference_begins": "service_request (reference text_pattern_ops)",
    "ix_service_request_place_id": "service_request (place_id)",
    "ix_place_words": "place using gin (folded_words(coalesce(address, '') || ' ' || coalesce(landmark, '')))",
}


def upgrade() -> None:
    """Tables of many millions may have had them built beforehand, without holding up those who write (CONTRIBUTING)."""
    op.execute(FOLDED_WORDS)
    for name, on in INDEXES.items():
        op.execute(f"create index if not exists {name} on {on}")


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"drop index {name}")
    op.execute("drop function folded_words(text)")
