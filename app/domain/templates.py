"""What citizens are told: short texts with versions. The sentence is the msgid; `app.services.messaging.messages` renders it.

`{link}`, `{code}` and `{word}` stay in the stored body and are filled in at the moment of sending: a secret is never at rest
in a message. Every template is given `reference`; `params` names what else it needs. A changed sentence is a new version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.errors import DomainError


def n(sentence: str) -> str:
    """Mark a msgid, as `app.texts.mark.n` does on a higher floor."""
    return sentence


@dataclass(frozen=True, slots=True)
class Template:
    name: str
    version: int
    sentence: str
    params: frozenset[str] = frozenset()

    @property
    def secret(self) -> bool:
        """Does it carry a code that must not be sent after its time?"""
        return "{code}" in self.sentence


_ALL: Final = (
    Template(
        "booked",
        1,
        n("Tận Nhà: đã nhận yêu cầu %(reference)s. Bưu tá đến %(slot)s. Xem, đổi hoặc hủy lịch: {link}"),
        frozenset({"slot"}),
    ),
    Template(
        "booked_result",
        1,
        n("Tận Nhà: đã nhận yêu cầu %(reference)s. Khi có kết quả, bưu cục sẽ báo ngày mang đến nhà. Theo dõi: {link}"),
    ),
    Template(
        "evening_before",
        2,
        n(
            "Tận Nhà: %(slot)s bưu tá đến nhà ông/bà (%(reference)s) và nói trước từ “{word}”. Xin để sẵn giấy tờ. "
            "Đổi hoặc hủy trước 04:59: {link}"
        ),
        frozenset({"slot"}),
    ),
    Template(
        "evening_before_result",
        2,
        n(
            "Tận Nhà: %(slot)s bưu tá mang kết quả đến (%(reference)s) và nói trước từ “{word}”. Mã nhận: {code}. "
            "Chỉ đọc mã khi đã cầm kết quả. Đổi lịch trước 04:59: {link}"
        ),
        frozenset({"slot"}),
    ),
    Template(
        "courier_on_way",
        1,
        n("Tận Nhà: bưu tá đang trên đường đến nhà ông/bà (%(reference)s). Theo dõi: {link}"),
    ),
    Template(
        "collected",
        1,
        n("Tận Nhà: bưu tá đã nhận và niêm phong hồ sơ %(reference)s, mã bưu gửi %(parcel)s. Theo dõi: {link}"),
        frozenset({"parcel"}),
    ),
    Template(
        "collected_in_part",
        1,
        n(
            "Tận Nhà: bưu tá đã nhận %(given)s trên %(all)s loại giấy tờ của hồ sơ %(reference)s, "
            "mã bưu gửi %(parcel)s. Xem còn thiếu gì: {link}"
        ),
        frozenset({"parcel", "given", "all"}),
    ),
    Template(
        "supplement_collected",
        1,
        n(
            "Tận Nhà: bưu tá đã nhận và niêm phong giấy tờ bổ sung của hồ sơ %(reference)s, mã bưu gửi %(parcel)s. "
            "Theo dõi: {link}"
        ),
        frozenset({"parcel"}),
    ),
    Template(
        "handed_to_desk",
        1,
        n("Tận Nhà: hồ sơ %(reference)s đã giao cho %(desk)s. Theo dõi: {link}"),
        frozenset({"desk"}),
    ),
    Template(
        "accepted",
        1,
        n("Tận Nhà: hồ sơ %(reference)s đã được tiếp nhận, mã hồ sơ %(dossier)s. Theo dõi: {link}"),
        frozenset({"dossier"}),
    ),
    Template(
        "accepted_until",
        1,
        n(
            "Tận Nhà: hồ sơ %(reference)s đã được tiếp nhận, mã hồ sơ %(dossier)s, hẹn trả ngày %(due)s. "
            "Theo dõi: {link}"
        ),
        frozenset({"dossier", "due"}),
    ),
    Template(
        "papers_wanted",
        1,
        n(
            "Tận Nhà: hồ sơ %(reference)s còn thiếu giấy tờ khi kiểm đếm tại bộ phận một cửa. Xin xem cần bổ sung gì: {link}"
        ),
    ),
    Template(
        "result_ready",
        1,
        n("Tận Nhà: hồ sơ %(reference)s đã có kết quả. Bưu cục sẽ báo ngày mang đến nhà. Theo dõi: {link}"),
    ),
    Template(
        "scheduled",
        1,
        n("Tận Nhà: yêu cầu %(reference)s được hẹn vào %(slot)s. Nếu chưa tiện, xin chọn giờ khác: {link}"),
        frozenset({"slot"}),
    ),
    Template(
        "delivered",
        1,
        n("Tận Nhà: kết quả %(reference)s đã trao tận tay. Nếu ông/bà chưa nhận được, xin báo ngay: {link}"),
    ),
    Template(
        "delivered_unconfirmed",
        1,
        n(
            "Tận Nhà: kết quả %(reference)s đã trao nhưng mã nhận chưa khớp. "
            "Nếu ông/bà chưa nhận được, xin báo ngay: {link}"
        ),
    ),
    Template(
        "asked_to_confirm",
        1,
        n(
            "Tận Nhà: kết quả %(reference)s đã trao tại nhà sau khi đối chiếu giấy tờ. "
            "Nếu ông/bà chưa nhận được, xin báo ngay: {link}"
        ),
    ),
    Template(
        "failed",
        1,
        n("Tận Nhà: yêu cầu %(reference)s hôm nay chưa xong. %(reason)s Chọn giờ khác: {link}"),
        frozenset({"reason"}),
    ),
    Template(
        "failed_scheduled",
        1,
        n(
            "Tận Nhà: yêu cầu %(reference)s hôm nay chưa xong. %(reason)s Lần tới: %(slot)s. "
            "Nếu chưa tiện, xin chọn giờ khác: {link}"
        ),
        frozenset({"reason", "slot"}),
    ),
    Template(
        "failed_held",
        1,
        n(
            "Tận Nhà: kết quả %(reference)s hôm nay chưa trao được. %(reason)s Kết quả giữ tại %(office)s đến hết ngày "
            "%(until)s. Xin đến nhận hoặc chọn giờ mang đến: {link}"
        ),
        frozenset({"reason", "office", "until"}),
    ),
    Template(
        "rescheduled",
        1,
        n(
            "Tận Nhà: theo lời hẹn với bưu tá, yêu cầu %(reference)s chuyển sang %(slot)s. "
            "Nếu chưa tiện, xin chọn giờ khác: {link}"
        ),
        frozenset({"slot"}),
    ),
    Template(
        "another_day",
        1,
        n("Tận Nhà: ông/bà hẹn hôm khác cho yêu cầu %(reference)s. Xin chọn giờ thuận tiện: {link}"),
    ),
    Template(
        "slot_gone",
        1,
        n("Tận Nhà: giờ ông/bà hẹn với bưu tá cho yêu cầu %(reference)s đã kín chỗ. Xin chọn giờ khác: {link}"),
    ),
    Template(
        "cancelled",
        1,
        n("Tận Nhà: yêu cầu %(reference)s đã hủy, không thu tiền. Đặt lại bất cứ lúc nào tại: {link}"),
    ),
    Template(
        "refused",
        1,
        n(
            "Tận Nhà: %(desk)s chưa tiếp nhận được hồ sơ %(reference)s. Lý do: %(reason)s. Bưu tá sẽ không đến nữa. Xem: {link}"
        ),
        frozenset({"desk", "reason"}),
    ),
    Template(
        "more_papers",
        1,
        n("Tận Nhà: %(desk)s đề nghị bổ sung giấy tờ cho hồ sơ %(reference)s. Xem giấy tờ nào, vì sao: {link}"),
        frozenset({"desk"}),
    ),
    Template(
        "held",
        1,
        n(
            "Tận Nhà: kết quả %(reference)s đang giữ tại %(office)s đến hết ngày %(until)s. "
            "Xin đến nhận hoặc chọn giờ mang đến: {link}"
        ),
        frozenset({"office", "until"}),
    ),
    Template(
        "returned",
        1,
        n("Tận Nhà: %(reference)s đã được gửi trả niêm phong về %(desk)s. Xin liên hệ nơi đó để nhận. {link}"),
        frozenset({"desk"}),
    ),
    Template(
        "sign_in_code",
        1,
        n("Tận Nhà: mã đăng nhập là {code}, dùng trong 15 phút. Không đưa mã này cho bất cứ ai."),
    ),
)
TEMPLATES: Final[Mapping[str, Template]] = {template.name: template for template in _ALL}


def as_kept(body: str) -> str:
    """A stored message as staff read it: what is filled in at sending was never in it."""
    return re.sub(r"\{\w+\}", "…", body)


def is_secret(name: str) -> bool:
    """Does a message of this name carry a code? One whose name is forgotten may have."""
    return name not in TEMPLATES or TEMPLATES[name].secret


def template(name: str) -> Template:
    """The current version. Raises `template_unknown`."""
    if name not in TEMPLATES:
        raise DomainError("template_unknown", kind="conflict", template=name)
    return TEMPLATES[name]
