"""What a citizen agrees to names all that is kept of them on this ground."""

from __future__ import annotations

from typing import Final

import pytest

from app.domain.personal_data import COLUMNS, RULES, Basis, Holds
from app.texts import LANGUAGES, say
from app.texts.consent import CONSENT

NAMED: Final = {
    Holds.NAME: {"vi": "họ tên", "en": "name"},
    Holds.TELEPHONE: {"vi": "số điện thoại", "en": "phone number"},
    Holds.EMAIL: {"vi": "địa chỉ thư điện tử (nếu có)", "en": "e-mail address (if given)"},
    Holds.ADDRESS: {"vi": "địa chỉ nhà", "en": "home address"},
    Holds.POSITION: {"vi": "vị trí nhà", "en": "position of my home"},
    Holds.WORDS: {"vi": "vị trí nhà", "en": "position of my home"},  # a landmark beside the house
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_kept_by_consent_about_a_person_and_their_door_is_agreed_to(language: str) -> None:
    kept = {
        one.holds for one in COLUMNS if one.table in {"applicant", "place"} and RULES[one.rule].basis is Basis.CONSENT
    }
    text = say(CONSENT, language)
    assert Holds.EMAIL in kept
    assert [one for one in sorted(kept) if NAMED[one][language] not in text] == []
