"""An act with its phone's signature is the courier's; one without is judged by when the phone got its key."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.domain.signing import SignatureVerdict, enrolment_text, sign_in_text, verdict_of

V = SignatureVerdict
DEVICE = UUID(int=7)


CASES = [
    (True, 9, 5, "", V.SIGNED),
    (True, 2, 5, "", V.SIGNED),
    (False, 9, 5, "", V.BAD_SIGNATURE),
    (False, 2, 5, "graceful", V.BAD_SIGNATURE),
    (None, 4, 5, "", V.UNSIGNED_BEFORE),
    (None, 4, 5, "misplaced", V.UNSIGNED_LATE),
    (None, 5, 5, "graceful", V.UNSIGNED_LATE),
    (None, 9, None, "graceful", V.UNSIGNED_BEFORE),
    (None, 9, None, "graceful misplaced", V.UNSIGNED_BEFORE),
    (None, 9, None, "", V.UNSIGNED_LATE),
]


@pytest.mark.parametrize("case", CASES)
def test_the_verdict_follows_from_signature_number_and_time(case: tuple[bool | None, int, int | None, str, V]) -> None:
    holds, seq, signed_from, how, verdict = case
    found = verdict_of(holds, seq, signed_from, graceful="graceful" in how, in_place="misplaced" not in how)
    assert found is verdict


def test_nothing_signed_for_one_purpose_reads_like_another() -> None:
    key, challenge = enrolment_text(DEVICE, "AAAA", 1), sign_in_text(DEVICE, "AAAA")
    assert key.split(b"\n")[0] != challenge.split(b"\n")[0]
    assert {text[:1] for text in (key, challenge)} == {b"t"}  # every operation begins with a brace
