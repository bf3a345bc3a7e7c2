"""Telex left in: the keys of Vietnamese letters that a keyboard did not put together ("huyeenj" is "huyện")."""

from __future__ import annotations

import re
from typing import Final

WORD: Final = re.compile(r"[^\W\d_]+")
STRONG: Final = re.compile(r"[a-z]*?(?:[aou]w|[aeiouy][a-z]*[fj]|[aeiouy][a-z]*[sx]$|[aeiouy][a-z]*[cghmnpt]r$)[a-z]*")
"""No word of an address here holds these: w, f and j behind a vowel, or a tone's key at the end."""
TONE: Final = re.compile(r"(?<=[aeiouy])([a-z]*?)[sfxj]|(?<=[aeiouy])([a-z]*?)r(?=$|[cmnpt])")
SURE_TONE: Final = re.compile(
    r"(?<=[aeiouy])([a-z]*?)[sfxj]|(?<=[aeiouy])([a-z]*[cghmnpt])r$|(?<=[aeiouy])r(?=[cmnpt])"
)
DOUBLED: Final = ((re.compile(r"([aeod])\1"), r"\1"), (re.compile(r"(?<=[aou])w"), ""), (re.compile(r"w"), "u"))


def untelexed(text: str) -> list[str]:
    """The text with its keys put together, without accents; nothing where nothing looks like keys.

    Twice where an r at a word's end may be a tone or a letter: "Toor" is "Tôr" or "Tổ".
    """
    lower = text.lower()
    if not any(STRONG.fullmatch(word) for word in WORD.findall(lower)):
        return []
    return list(dict.fromkeys((_put_together(lower, TONE), _put_together(lower, SURE_TONE))))


def _put_together(text: str, tone: re.Pattern[str]) -> str:
    return WORD.sub(lambda found: _word(found.group(), tone), text)


def _word(word: str, tone: re.Pattern[str]) -> str:
    if not word.isascii():
        return word
    bare = tone.sub(lambda found: "".join(part or "" for part in found.groups()), word, count=1)
    for keys, letter in DOUBLED:
        bare = keys.sub(letter, bare)
    return bare
