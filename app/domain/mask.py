"""What somebody who looks after the connections sees of names, telephones, identity numbers and addresses: one rule.

A wrong guess hides too much, never too little. What our own rows hold (`Known`) is found whatever its case and accents;
the rest is found by its form: long numbers, positions, words in capitals side by side, words behind "thôn" or "ông".
In JSON a value is shown only when it looks like a code, or when its field holds a sentence or a code. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from app.domain.wording import folded

HIDDEN: Final = "•••"
LAST: Final = 2  # digits of a telephone that stay, so that two people can tell whether they speak of the same one
LONG: Final = 8  # digits that may be a telephone or an identity number

SAID: Final = frozenset({
    "code", "detail", "error", "error_code", "errorcode", "error_message", "errormessage", "errors", "mess", "message",
    "messages", "msg", "reason", "state", "status", "statuscode", "success", "type",
})  # fmt: skip
SECRET: Final = re.compile(r"token|secret|passw|key|sign|auth|session|cookie", re.IGNORECASE)
TECHNICAL: Final = frozenset({
    "access", "answer", "api", "bad", "body", "code", "connection", "data", "date", "denied", "error", "exception",
    "expired", "failed", "fault", "forbidden", "format", "found", "gateway", "html", "http", "https", "id", "ip",
    "internal", "invalid", "json", "limit", "many", "message", "method", "missing", "moved", "not", "null", "ok",
    "permanently", "post", "request", "required", "server", "service", "soap", "sql", "status", "success",
    "temporarily", "time", "timeout", "token", "too", "unauthorized", "unavailable", "unknown", "url", "xml", "số",
    "mã", "lỗi", "cmnd", "cccd", "sđt",
})  # fmt: skip
PLACED: Final = frozenset({
    "thôn", "làng", "xã", "phường", "đường", "tổ", "hẻm", "ngõ", "ngách", "buôn", "bon", "ấp", "phố", "nhà", "lộ",
})  # fmt: skip
CALLED: Final = frozenset({
    "ông", "bà", "anh", "chị", "em", "cô", "chú", "bác",
})  # fmt: skip

_STRING: Final = re.compile(r'"((?:[^"\\]|\\.)*)("|\Z)(\s*:)?', re.DOTALL)
_CODE: Final = re.compile(r"(?=[^0-9]*[0-9])[A-Z0-9][A-Z0-9.:/_+-]{0,39}")
_ITEM: Final = r"\b[A-Z]{2}\d{9}[A-Z]{2}\b"  # a waybill is nobody's telephone
_PHONE: Final = re.compile(rf"({_ITEM})|(?<!\d)(?:\+84|84|0)(?:[ .\-]?\d){{8,10}}(?!\d)")
_IDENTITY: Final = re.compile(rf"({_ITEM})|(?<!\d)\d(?:[ .]?\d){{{LONG - 1},}}(?!\d)|\b[A-Z]\d{{7}}\b")
_POSITION: Final = re.compile(r"-?\d{1,3}\.\d{4,}")
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class PersonalWords:
    """What our rows hold of the people concerned: `names` are found word by word, `phrases` (addresses, telephones) whole."""

    names: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()

    @classmethod
    def of(cls, names: Iterable[str | None], phrases: Iterable[str | None]) -> PersonalWords:
        return cls(tuple(one for one in names if one), tuple(one for one in phrases if one))


NOBODY: Final = PersonalWords()


def name(text: str | None) -> str:
    """`Nguyễn Văn Thử` → `N•• V•• T••`; nothing stays nothing."""
    return " ".join(_veiled(word) for word in (text or "").split())


def number(text: str | None) -> str:
    """`0900 000 123` → `••••••••23`."""
    digits = re.sub(r"\D", "", text or "")
    if len(digits) <= LAST:
        return HIDDEN if digits else ""
    return "•" * (len(digits) - LAST) + digits[-LAST:]


def address(text: str | None) -> str:
    """`Số 12 đường Thử` → `S• •• đ•• T••`: letters begin, numbers are hidden."""
    return name(text)


def sentence(text: str, known: PersonalWords = NOBODY) -> str:
    """A sentence of theirs, for the person who must act on it."""
    told = _without_known(unicodedata.normalize("NFC", text), known)
    for pattern in (_PHONE, _IDENTITY):
        told = pattern.sub(lambda found: found[1] or number(found.group()), told)
    return _without_names(_POSITION.sub(HIDDEN, told))


def answer(text: str, known: PersonalWords = NOBODY) -> str:
    """An answer or a line as it came, whole or broken off: JSON by its fields, anything else as sentences."""
    parts, at, field = [], 0, ""
    for found in _STRING.finditer(text):
        parts.append(sentence(text[at : found.start()], known))
        content, closed, is_field = found.groups()
        if is_field:
            field = content
            parts.append(f'"{sentence(content, known)}"{is_field}')
        else:
            parts.append(f'"{_value(field, content, known)}{closed}')
        at = found.end()
    return "".join([*parts, sentence(text[at:], known)])


def _value(field: str, content: str, known: PersonalWords) -> str:
    if not content:
        return ""
    if not SECRET.search(field):
        if field.casefold() in SAID:
            return sentence(re.sub(r"\\u([0-9a-fA-F]{4})", lambda one: chr(int(one[1], 16)), content), known)
        if _CODE.fullmatch(content):
            return sentence(content, known)
    return HIDDEN


def _veiled(word: str) -> str:
    return word[0] + "••" if word[0].isalpha() else "••"


# -- what our rows hold


def _without_known(text: str, known: PersonalWords) -> str:
    plain = folded(text)
    hidden = [False] * len(text)
    for pattern in _patterns(known):
        for found in pattern.finditer(plain):
            hidden[found.start() : found.end()] = [True] * (found.end() - found.start())
    if not any(hidden):
        return text
    return re.sub("\0+", HIDDEN, "".join("\0" if gone else letter for letter, gone in zip(text, hidden, strict=True)))


def _patterns(known: PersonalWords) -> Iterable[re.Pattern[str]]:
    for phrase in (*known.phrases, *known.names):
        words = folded(unicodedata.normalize("NFC", phrase)).split()
        if words:
            yield re.compile(r"(?<!\w)" + r"[\s,]+".join(map(re.escape, words)) + r"(?!\w)")
    for one in known.names:
        for word in folded(unicodedata.normalize("NFC", one)).split():
            if len(word) > 1:
                yield re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")


# -- what only looks like a name or a place


def _without_names(text: str) -> str:
    found = list(_WORD.finditer(text))
    words = [one.group() for one in found]
    glued = [False] + [text[one.end() : two.start()].isspace() for one, two in pairwise(found)]
    parts, at = [], 0
    for index, one in enumerate(found):
        before = words[index - 1] if glued[index] else ""
        after = words[index + 1] if index + 1 < len(words) and glued[index + 1] else ""
        parts += [
            text[at : one.start()],
            _veiled(words[index]) if _is_named(words[index], before, after) else words[index],
        ]
        at = one.end()
    return "".join([*parts, text[at:]])


def _is_named(word: str, before: str, after: str) -> bool:
    """A word in capitals beside another one, or behind a title; behind a word of place a number, too."""
    if before.casefold() in PLACED:
        return word[0].isupper() or word[0].isdigit()
    if not _in_capitals(word):
        return False
    return before.casefold() in CALLED or _in_capitals(before) or _in_capitals(after)


def _in_capitals(word: str) -> bool:
    return word[:1].isupper() and not any(map(str.isdigit, word)) and word.casefold() not in TECHNICAL
