"""Whatever the application closes at rest is written again by `tannha rotate`: else an older key could never be dropped."""

from __future__ import annotations

from typing import Final

from tests.repository.sources import ROOT, written

# who closes something new teaches `rotation.reclose_secrets` to write it again, or says here why it need not, then adds it
CLOSING: Final = {
    "app/services/outbox/subscriptions.py",
    "app/services/rotation.py",
    "app/services/staff/second_factor.py",
    "app/services/staff/sessions.py",
    "app/web/api/agencies.py",
    "app/web/kept_form.py",  # on a page, for the hours that its reader needs to come back
}


def test_rotate_knows_everybody_who_closes_something_at_rest() -> None:
    closing = {path for path in written(".py", under="app") if "vault.close_secret(" in path.read_text("utf-8")}
    assert {str(path.relative_to(ROOT)) for path in closing} == CLOSING
