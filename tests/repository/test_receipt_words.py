"""What a courier gives for money is a *giấy xác nhận thu tiền*: only the state gives a biên lai, only the tax law a hóa đơn."""

from __future__ import annotations

import re
from typing import Final

from tests.repository.sources import ROOT

OFFICIAL: Final = re.compile(r"biên lai|hóa đơn|hoá đơn", re.IGNORECASE)
SHOWN: Final = (
    "app/texts",
    "app/templates",
    "app/documents",
    "app/frontend/src",
    "app/web",
    "app/services",
    "app/domain",
)
LETTERS: Final = frozenset({".py", ".html", ".typ", ".ts", ".tsx"})
THE_STATE_S_OWN: Final = (
    "Biên lai lệ phí số",  # on the slip: room for it
    "Số biên lai của cơ quan thu lệ phí",  # at the door and at the counter: room for it
    "It is no official receipt (biên lai, hóa đơn).",
)


def test_our_number_is_nowhere_called_an_official_receipt() -> None:
    files = [path for place in SHOWN for path in (ROOT / place).rglob("*") if path.suffix in LETTERS]
    said = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in files
        for line in path.read_text("utf-8").splitlines()
        if OFFICIAL.search(line) and not any(one in line for one in THE_STATE_S_OWN)
    }
    assert said == set()
