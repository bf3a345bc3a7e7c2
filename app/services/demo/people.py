"""Obviously invented people: every name says that it is a sample, every telephone begins with 0900 00."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from random import Random
from typing import Final

from app.domain.identity import ApplicantKind, PhoneNumber
from app.domain.wording import Tidy, tidy

FAMILY: Final = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ")
MIDDLE: Final = ("Văn", "Thị", "Hữu", "Ngọc", "Minh", "Thanh")
GIVEN: Final = ("Thử", "Nghiệm", "Mẫu", "Ví Dụ", "Minh Họa", "Thí Dụ")
NEUTRAL: Final = ("Người Mẫu", "Gia đình Mẫu", "Hộ Thử Nghiệm")
BODIES: Final = ("Hợp tác xã Mẫu", "Công ty Thử Nghiệm", "Hộ kinh doanh Ví Dụ")
NEUTRAL_SHARE, BODY_SHARE = 0.25, 0.04
PHONES: Final = 100_000


def person(random: Random, number: int) -> tuple[ApplicantKind, Tidy]:
    """Kind and name of applicant `number`; no two of a demo share a name."""
    draw = random.random()
    kind = ApplicantKind.ORGANISATION if draw < BODY_SHARE else ApplicantKind.PERSON
    if draw < BODY_SHARE:
        name = random.choice(BODIES)
    elif draw < BODY_SHARE + NEUTRAL_SHARE:
        name = random.choice(NEUTRAL)
    else:
        name = f"{random.choice(FAMILY)} {random.choice(MIDDLE)} {random.choice(GIVEN)}"
    return kind, tidy(f"{name} {number:04d}")


ROLE: Final = "Văn thư"


def receiver(kind: ApplicantKind, name: str) -> str:
    """Who takes it at the door: the person, or whoever keeps an organisation's post."""
    return f"{FAMILY[0]} {MIDDLE[0]} {GIVEN[0]}" if kind is ApplicantKind.ORGANISATION else name


def phone(number: int) -> PhoneNumber:
    """0900 000 000 upward."""
    return PhoneNumber(f"09000{number % PHONES:05d}")


def login(text: str) -> str:
    """`Phường Diên Hồng` → `phuongdienhong`: a user name that every keyboard can type."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in bare.lower() if letter.isascii() and letter.isalnum())


def spoken_password(secret: str) -> str:
    """Ten letters and digits of an installation's secret, in groups that can be read out."""
    letters = base64.b32encode(hashlib.sha256(secret.encode()).digest()).decode().lower()
    return f"{letters[:4]}-{letters[4:7]}-{letters[7:10]}"
