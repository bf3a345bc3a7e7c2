"""What to put ready, in words: the same on the pages, in print, on the courier's phone and in a message."""

from __future__ import annotations

from app.domain.preparing import Prepared
from app.texts import say
from app.texts.mark import n

COUNTS = {
    "originals": n("%(n)s bản chính"),
    "certified": n("%(n)s bản sao có chứng thực"),
    "copies": n("%(n)s bản sao"),
}
DECLARED = n("Chỉ khai thông tin, không cần giấy")
KEEP_ORIGINAL = n("Bản chính ông/bà giữ lại")
LOOKED_UP = n("Cơ quan tra cứu được thì không cần nộp")
IF_ANY = n("Nếu có")
FORM = n("Bưu tá mang theo mẫu trống")
ANY_PAPERS = n("giấy tờ")


def counted(paper: Prepared, language: str) -> list[str]:
    """How many of what: "1 bản sao có chứng thực"; empty where nobody says how many."""
    return [say(COUNTS[kind], language, n=count) for kind in COUNTS if (count := getattr(paper, kind))]


def remarks(paper: Prepared, language: str) -> list[str]:
    """What else has to be known before somebody looks for a paper."""
    said = (
        (paper.declared, DECLARED),
        (paper.certified, KEEP_ORIGINAL),
        (paper.looked_up, LOOKED_UP),
        (paper.if_any, IF_ANY),
        (paper.form, FORM),
    )
    return [say(sentence, language) for holds, sentence in said if holds]


def put_ready(paper: Prepared, language: str) -> str:
    """For a message: "2 bản chính, 1 bản sao", or just "giấy tờ"."""
    return ", ".join(counted(paper, language)) or say(ANY_PAPERS, language)
