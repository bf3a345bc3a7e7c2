"""Landmarks in the words that people give a courier: what is public of them, never whose house it is.

Kept is a place of a kind that everybody may know ("chợ", "nhà văn hóa thôn 3"), and only what stands right behind the kind:
a title, a house number, a telephone ends it. What a household alone says is no landmark: `together` asks for several doors.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean
from typing import Final

from app.domain.wording import folded

FEWEST_DOORS: Final = 3  # that say the same words, by as many telephones
FEWEST_SPELLINGS: Final = 2  # by so many households, to be shown with its accents: nobody alone is quoted
ONE_PLACE_M: Final = 400  # [assumption]: whoever says "sau chợ" lives no farther from it
APART_M: Final = 30  # two fixes nearer than this may be one door
MOST_BEHIND: Final = 5  # words behind the kind: "trường tiểu học Lê Lợi"
SHARE_DECIMALS: Final = 4  # about eleven metres, kept with the person
LEARNT_DECIMALS: Final = 3  # about a hundred metres, of nobody

Point = tuple[float, float]
"""Longitude, latitude."""

KINDS: Final = (
    "nhà văn hóa", "nhà văn hoá", "nhà sinh hoạt cộng đồng", "nhà cộng đồng", "nhà rông", "nhà thờ", "nhà nguyện", "nhà máy",
    "nhà ga", "hội trường", "trường", "trạm y tế", "trạm xá", "bệnh viện", "ủy ban", "uỷ ban", "ubnd", "trụ sở", "công an",
    "bưu điện", "bưu cục", "chợ", "siêu thị", "cây xăng", "trạm xăng", "bến xe", "bến đò", "cầu", "cống", "đập", "hồ", "suối",
    "giọt nước", "cổng chào", "cổng làng", "cổng thôn", "ngã ba", "ngã tư", "ngã năm", "vòng xoay", "sân bóng",
    "sân vận động", "chùa", "đình", "miếu", "thánh thất", "nghĩa trang", "nghĩa địa", "đài tưởng niệm", "tháp nước",
    "cây đa", "công viên", "quảng trường", "đồn biên phòng", "nông trường", "lò gạch", "bể nước",
)  # fmt: skip
TITLES: Final = frozenset({
    "ông", "bà", "anh", "chị", "em", "cô", "chú", "bác", "thầy", "dì", "cậu", "mợ", "thím", "cụ", "già", "mẹ", "ama", "amí", "ami",
})  # fmt: skip
ENDS: Final = frozenset({
    "rẽ", "đi", "qua", "gần", "cạnh", "bên", "sau", "trước", "đối", "khoảng", "chừng", "về", "vào", "là", "có", "cách", "rồi",
    "thì", "hướng", "phía", "hẻm", "ngõ", "kiệt", "số", "màu", "cổng", "tới", "đến", "lên", "xuống", "thẳng", "và",
    "ngay", "nhà", "chỗ", "hỏi", "gọi", "kế", "sát", "trái", "phải", "m", "mét", "mái", "tường", "gặp", "của", "xã", "phường",
    "huyện", "tỉnh",
})  # fmt: skip
OWNED: Final = TITLES | {"nhà", "quán", "tiệm", "của", "hộ", "gia"}  # before a kind: "nhà anh Trường", "gia đình"
SURNAMED: Final = frozenset({"văn", "thị"})  # behind a kind: "Hồ Văn …" is somebody
NUMBERED: Final = frozenset({"thôn", "làng", "tổ", "ấp", "khối", "khu", "phố", "lộ", "km", "xóm", "buôn"})
"""Behind these a number of two digits is part of the name, behind a road or a kilometre stone one of three."""

_WORD: Final = re.compile(r"[^\W_]+")
_CUT: Final = re.compile(r"[,;.:()/\n–—|-]+")


@dataclass(frozen=True, slots=True)
class SpokenLandmark:
    """One landmark as somebody said it; `words` without case and accents, by which two sayings are the same."""

    words: str
    said: str


@dataclass(frozen=True, slots=True)
class LandmarkSaid:
    """What one door adds: by which telephone (any token of it), where, when."""

    spoken: SpokenLandmark
    telephone: str
    at: Point
    day: date


@dataclass(frozen=True, slots=True)
class LearntLandmark:
    """A landmark that several households named alike."""

    words: str
    said: str
    at: Point
    doors: int
    day: date


def spoken_in(text: str) -> list[SpokenLandmark]:
    """E.g. "Sau chợ Mới, nhà ông Tư cổng xanh" → chợ mới. In their order, each once."""
    found = (one for part in _CUT.split(unicodedata.normalize("NFC", text)) for one in _in_part(part))
    return list({one.words: one for one in found}.values())


def _in_part(part: str) -> Iterator[SpokenLandmark]:
    words = [word.casefold() for word in _WORD.findall(part)]
    plain = [folded(word) for word in words]
    bare = words == plain  # typed without accents: a title is one in any accents
    at = 0
    while at < len(words):
        length = _kind_at(words, plain, at, bare=bare)
        if not length or (at and words[at - 1] in (_PLAIN_OWNED if bare else OWNED)):
            at += length or 1
            continue
        end = _end(words, plain, at + length, bare=bare)
        if end is not None:
            yield SpokenLandmark(" ".join(plain[at:end]), " ".join(words[at:end]))
        at = max(end or 0, at + length)


def _kind_at(words: Sequence[str], plain: Sequence[str], at: int, *, bare: bool) -> int:
    """How many words of a kind begin here, the longest kind first; typed with accents, they are the kind's own."""
    return next(
        (
            len(kind)
            for kind, simple in _KINDS
            if tuple((plain if bare else words)[at : at + len(kind)]) == (simple if bare else kind)
        ),
        0,
    )


def _end(words: Sequence[str], plain: Sequence[str], start: int, *, bare: bool) -> int | None:
    """Behind the last word of the name; None: it is somebody's, not everybody's."""
    titles, ends = (_PLAIN_TITLES, _PLAIN_ENDS) if bare else (TITLES, ENDS)
    for at in range(start, min(len(words), start + MOST_BEHIND)):
        word = words[at]
        if word in titles or (at == start and plain[at] in _PLAIN_SURNAMED):
            return None if at == start else at
        if word in ends or not _may_stand(word, plain[at - 1]):
            return at
    return min(len(words), start + MOST_BEHIND)


def _may_stand(word: str, before: str) -> bool:
    if word.isalpha():
        return True
    number = re.fullmatch(r"(km)?(\d{1,3})", word)
    if number is None:
        return False
    longest = 3 if number[1] or before in {"lo", "km"} else 2
    return len(number[2]) <= longest and (bool(number[1]) or before in _PLAIN_NUMBERED)


_KINDS: Final = sorted(
    ((tuple(kind.split()), tuple(folded(kind).split())) for kind in KINDS), key=lambda kind: -len(kind[0])
)
_PLAIN_ENDS: Final = frozenset(map(folded, ENDS))
_PLAIN_TITLES: Final = frozenset(map(folded, TITLES)) - _PLAIN_ENDS  # "di" may be "đi": either way it ends there
_PLAIN_OWNED: Final = frozenset(map(folded, OWNED))
_PLAIN_SURNAMED: Final = frozenset(map(folded, SURNAMED))
_PLAIN_NUMBERED: Final = frozenset(map(folded, NUMBERED))

Metres = Callable[[Point, Point], float]


def together(shares: Collection[LandmarkSaid], metres: Metres) -> list[LearntLandmark]:
    """Of one commune: what at least three doors, by as many telephones, said alike within one place."""
    by_words: dict[str, list[LandmarkSaid]] = {}
    for share in shares:
        by_words.setdefault(share.spoken.words, []).append(share)
    return [one for words in sorted(by_words) for one in _places(_once_a_telephone(by_words[words]), metres)]


def _once_a_telephone(shares: Sequence[LandmarkSaid]) -> list[LandmarkSaid]:
    """Who books ten times is one household: the newest saying counts."""
    newest = {share.telephone: share for share in sorted(shares, key=lambda share: (share.day, share.at))}
    return sorted(newest.values(), key=lambda share: (share.at, share.telephone))


def _places(shares: list[LandmarkSaid], metres: Metres) -> Iterator[LearntLandmark]:
    """The densest place first; whoever belongs to it belongs to no other."""
    while len(shares) >= FEWEST_DOORS:
        around = [[one for one in shares if metres(one.at, middle.at) <= ONE_PLACE_M] for middle in shares]
        densest = max(around, key=len)
        doors = _doors(densest, metres)
        if doors < FEWEST_DOORS:
            return
        yield _learnt(densest, doors)
        shares = [one for one in shares if one not in densest]


def _doors(shares: Sequence[LandmarkSaid], metres: Metres) -> int:
    counted: list[Point] = []
    for share in shares:
        if all(metres(share.at, other) > APART_M for other in counted):
            counted.append(share.at)
    return len(counted)


def _learnt(shares: Sequence[LandmarkSaid], doors: int) -> LearntLandmark:
    sayings = Counter(sorted(share.spoken.said for share in shares))
    said, times = sayings.most_common(1)[0]
    middle = tuple(round(fmean(share.at[axis] for share in shares), LEARNT_DECIMALS) for axis in (0, 1))
    return LearntLandmark(
        shares[0].spoken.words,
        said if times >= FEWEST_SPELLINGS else shares[0].spoken.words,
        (middle[0], middle[1]),
        doors,
        max(share.day for share in shares),
    )
