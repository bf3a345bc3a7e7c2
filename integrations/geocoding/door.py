"""What somebody typed ahead of the commune: the way to the door, to be carried on to the page that asks for it."""

from __future__ import annotations

import re
from typing import Final

from vn_text import fold

from integrations.geocoding.address import BESIDE, SEPARATORS, parts_of
from integrations.geocoding.names import district_codes, matches

KIND: Final = re.compile(
    r"(?:^|[\s,.])(?:xã|xa|phường|phuong|thị trấn|thi tran|thị xã|thi xa|huyện|huyen|thành phố|thanh pho|tỉnh|tinh"
    r"|[xph]\.|t[ptx]\.?)\s",
    re.IGNORECASE,
)


def door_words(text: str) -> str:
    """E.g. "nhà ông Tư, thôn 3, xã Ia Tô" → "nhà ông Tư, thôn 3": as typed, without telephones; nothing where there is nothing."""
    found = KIND.search(text)
    ahead = text[: found.start()] if found else text
    kept: list[str] = []
    for segment in SEPARATORS.split(ahead):
        words = " ".join(BESIDE.sub(" ", segment).split())
        if not words:
            continue
        if not any(letter.isdigit() for letter in words) and _names_a_unit(words):
            break
        kept.append(words)
    return ", ".join(kept) if found or len(kept) < len(list(SEPARATORS.split(text))) else ""


def _names_a_unit(words: str) -> bool:
    return any(
        part.level != "below" and (matches(part.words, part.folded) or district_codes(part.folded, typos=False))
        for part in parts_of(words)
    ) or fold(words).lower() in {"gia lai", "binh dinh"}
