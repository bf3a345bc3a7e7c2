"""Which passwords are taken: long enough, in no list of common ones, and not made of the person's or the place's name.

The lists and the reckoning are zxcvbn's (MIT): 30,000 common passwords, names, keyboard rows, repeats, dates. No rule asks for
capitals or signs: whole sentences are better, and older people can type them.
"""

from __future__ import annotations

from typing import Final

from vn_text import deaccent, strip_stroke

from app.domain.errors import DomainError
from app.models import StaffAccount
from app.services.staff.passwords import LONGEST

SHORTEST: Final = 12
ENOUGH: Final = 3  # of zxcvbn's 0–4: more than 10⁸ guesses
OF_ITS_OWN: Final = 7
SHORTEST_WORD: Final = 3
READ_UP_TO: Final = 72  # zxcvbn reads no more, so that it stays quick
OURS: Final = ("matkhau", "mat khau", "buudien", "buu dien", "buucuc", "motcua", "mot cua", "tannha", "tan nha", "anhyeuem",
               "emyeuanh", "vietnam", "viet nam", "hochiminh", "hanoi")  # fmt: skip


def check_new(password: str, *words: str) -> None:
    """`words`: names that it may not be made of.

    Raises `password_too_short`, `password_too_long`, `password_common` (field `password`).
    """
    if len(password) < SHORTEST:
        raise DomainError("password_too_short", kind="invalid", field="password", letters=SHORTEST)
    if len(password) > LONGEST:
        raise DomainError("password_too_long", kind="invalid", field="password", letters=LONGEST)
    # imported here: its lists cost 3 MB and 0.1 s, and only who chooses a password needs them
    from zxcvbn import zxcvbn  # noqa: PLC0415 - see above

    known = [form for word in (*words, *OURS) for form in _forms(word)]
    guessed = zxcvbn(_bare(password)[:READ_UP_TO], user_inputs=known)["score"] < ENOUGH
    if guessed or _left_of(password, known) < OF_ITS_OWN:
        raise DomainError("password_common", kind="invalid", field="password")


def names_of(account: StaffAccount) -> tuple[str, ...]:
    """The user name, the person's, the place's."""
    places = [place.name for place in (account.office, account.desk) if place is not None]
    return (account.username, account.name, *places)


def _forms(name: str) -> set[str]:
    """`Nguyễn Văn Thử` → the whole, without blanks, and each word of it."""
    bare = _bare(name)
    words = "".join(letter if letter.isalnum() else " " for letter in bare).split()
    return {bare, "".join(words), *words}


def _left_of(password: str, known: list[str]) -> int:
    """How many letters and digits are left when every known word is taken out: `Thử Nghiệm 1990` keeps four."""
    rest = _bare(password)
    for word in sorted((word for word in known if len(word) >= SHORTEST_WORD), key=len, reverse=True):
        rest = rest.replace(word, " ")
    return sum(letter.isalnum() for letter in rest)


def _bare(text: str) -> str:
    """Without accents: who guesses `mật khẩu` guesses `mat khau`, too."""
    return strip_stroke(deaccent(text)).lower()
