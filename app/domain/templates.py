"""What citizens are told: short texts with versions. The sentence is the msgid; `app.services.messaging.messages` renders it.

`{link}`, `{code}` and `{word}` stay in the stored body and are filled in at the moment of sending: a secret is never at rest
in a message. Every template is given `reference` and `ask`, a telephone; `params` names what else it needs. A changed sentence is a
new version.

Without its `{link}`, which stands at the end and may be left out, each says what happened and whom to ask. Without accents and
with values as long as `LONGEST` it takes two segments of an SMS at the most, one where it carries a code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.errors import DomainError

LONGEST: Final[Mapping[str, int]] = {
    "papers": 60,
    "reason": 110,
    "desk": 60,
    "office": 40,
    "dossier": 32,
    "before": 32,
    "ask": 16,
}
"""Letters that a parameter may have in a message; the others can't be long."""


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
        2,
        n("Tận Nhà: đã nhận yêu cầu %(reference)s. Bưu tá đến %(slot)s. Đổi, hủy hoặc hỏi: %(ask)s. {link}"),
        frozenset({"slot"}),
    ),
    Template(
        "booked_result",
        2,
        n(
            "Tận Nhà: đã nhận yêu cầu %(reference)s. Khi có kết quả, bưu cục sẽ báo ngày mang đến nhà. Hỏi: "
            "%(ask)s. {link}"
        ),
    ),
    Template(
        "not_confirmed",
        1,
        n(
            "Tận Nhà: %(desk)s chưa xác nhận được người nhận kết quả của %(reference)s. Xin mang giấy hẹn và căn cước "
            "đến đó, hoặc hỏi: %(ask)s. {link}"
        ),
        frozenset({"desk"}),
    ),
    Template(
        "given_at_desk",
        1,
        n(
            "Tận Nhà: kết quả của %(reference)s đã trao tại %(desk)s, bưu tá không mang đến nữa. Nếu ông/bà chưa nhận, "
            "xin hỏi ngay: %(ask)s. {link}"
        ),
        frozenset({"desk"}),
    ),
    Template(
        "receiver_named",
        1,
        n(
            "Tận Nhà: bưu cục đã ghi người nhận thay cho %(reference)s theo lời ông/bà. Nếu không phải ông/bà nhờ, xin "
            "báo ngay: %(ask)s. {link}"
        ),
    ),
    Template(
        "receiver_unnamed",
        1,
        n(
            "Tận Nhà: bưu cục đã bỏ người nhận thay của %(reference)s theo lời ông/bà. Nếu không phải ông/bà nhờ, xin "
            "báo ngay: %(ask)s. {link}"
        ),
    ),
    Template(
        "evening_before",
        4,
        n(
            "Tận Nhà: %(slot)s bưu tá đến nhà ông/bà (%(reference)s) và nói trước từ “{word}”. Xin để sẵn "
            "%(papers)s. Nếu bận, xin báo: %(ask)s. {link}"
        ),
        frozenset({"papers", "slot"}),
    ),
    Template(
        "evening_before_result",
        3,
        n(
            "Tận Nhà: trả kết quả %(reference)s %(slot)s. Bưu tá nói từ “{word}”. Mã nhận {code}: chỉ đọc khi đã "
            "cầm kết quả. Hỏi %(ask)s."
        ),
        frozenset({"slot"}),
    ),
    Template(
        "courier_on_way",
        2,
        n("Tận Nhà: bưu tá đang trên đường đến nhà ông/bà (%(reference)s). Hỏi: %(ask)s. {link}"),
    ),
    Template(
        "collected",
        2,
        n("Tận Nhà: bưu tá đã nhận và niêm phong hồ sơ %(reference)s, mã bưu gửi %(parcel)s. Hỏi: %(ask)s. {link}"),
        frozenset({"parcel"}),
    ),
    Template(
        "collected_in_part",
        2,
        n(
            "Tận Nhà: bưu tá đã nhận %(given)s trên %(all)s loại giấy tờ của hồ sơ %(reference)s, mã bưu gửi "
            "%(parcel)s. Hỏi còn thiếu gì: %(ask)s. {link}"
        ),
        frozenset({"all", "given", "parcel"}),
    ),
    Template(
        "supplement_collected",
        2,
        n(
            "Tận Nhà: bưu tá đã nhận và niêm phong giấy tờ bổ sung của hồ sơ %(reference)s, mã bưu gửi "
            "%(parcel)s. Hỏi: %(ask)s. {link}"
        ),
        frozenset({"parcel"}),
    ),
    Template(
        "handed_to_desk",
        2,
        n("Tận Nhà: hồ sơ %(reference)s đã giao cho %(desk)s. Hỏi: %(ask)s. {link}"),
        frozenset({"desk"}),
    ),
    Template(
        "accepted",
        2,
        n("Tận Nhà: hồ sơ %(reference)s đã được tiếp nhận, mã hồ sơ %(dossier)s. Hỏi: %(ask)s. {link}"),
        frozenset({"dossier"}),
    ),
    Template(
        "accepted_until",
        2,
        n(
            "Tận Nhà: hồ sơ %(reference)s đã được tiếp nhận, mã hồ sơ %(dossier)s, hẹn trả ngày %(due)s. Hỏi: "
            "%(ask)s. {link}"
        ),
        frozenset({"dossier", "due"}),
    ),
    Template(
        "renumbered",
        1,
        n("Tận Nhà: mã đúng của hồ sơ %(reference)s là %(dossier)s, không phải %(before)s. Hỏi: %(ask)s. {link}"),
        frozenset({"dossier", "before"}),
    ),
    Template(
        "papers_wanted",
        2,
        n(
            "Tận Nhà: hồ sơ %(reference)s còn thiếu giấy tờ khi kiểm đếm tại bộ phận một cửa. Hỏi cần bổ sung "
            "gì: %(ask)s. {link}"
        ),
    ),
    Template(
        "result_ready",
        2,
        n("Tận Nhà: hồ sơ %(reference)s đã có kết quả. Bưu cục sẽ báo ngày mang đến nhà. Hỏi: %(ask)s. {link}"),
    ),
    Template(
        "scheduled",
        2,
        n("Tận Nhà: yêu cầu %(reference)s được hẹn %(slot)s. Nếu chưa tiện, xin chọn giờ khác: %(ask)s. {link}"),
        frozenset({"slot"}),
    ),
    Template(
        "carried_over",
        1,
        n(
            "Tận Nhà: xin lỗi ông/bà, bưu cục chưa xếp được bưu tá đến như đã hẹn (%(reference)s). Hẹn lại %(slot)s. Đổi giờ "
            "hoặc hỏi: %(ask)s. {link}"
        ),
        frozenset({"slot"}),
    ),
    Template(
        "carried_nowhere",
        1,
        n(
            "Tận Nhà: xin lỗi ông/bà, bưu cục chưa xếp được bưu tá đến như đã hẹn (%(reference)s) và chưa có ngày trống. Có ngày "
            "sẽ báo ngay. Hỏi: %(ask)s. {link}"
        ),
    ),
    Template(
        "delivered",
        2,
        n("Tận Nhà: kết quả %(reference)s đã trao tận tay. Nếu ông/bà chưa nhận được, xin báo ngay: %(ask)s. {link}"),
    ),
    Template(
        "delivered_unconfirmed",
        2,
        n(
            "Tận Nhà: kết quả %(reference)s đã trao nhưng mã nhận chưa khớp. Nếu ông/bà chưa nhận được, xin báo "
            "ngay: %(ask)s. {link}"
        ),
    ),
    Template(
        "asked_to_confirm",
        2,
        n(
            "Tận Nhà: kết quả %(reference)s đã trao tại nhà sau khi đối chiếu giấy tờ. Nếu ông/bà chưa nhận "
            "được, xin báo ngay: %(ask)s. {link}"
        ),
    ),
    Template(
        "failed",
        3,
        n("Tận Nhà: yêu cầu %(reference)s ngày %(day)s chưa xong. %(reason)s Chọn giờ khác: %(ask)s. {link}"),
        frozenset({"day", "reason"}),
    ),
    Template(
        "failed_scheduled",
        3,
        n(
            "Tận Nhà: yêu cầu %(reference)s ngày %(day)s chưa xong. %(reason)s Lần tới: %(slot)s. Nếu chưa tiện, xin "
            "báo: %(ask)s. {link}"
        ),
        frozenset({"day", "reason", "slot"}),
    ),
    Template(
        "failed_held",
        3,
        n(
            "Tận Nhà: kết quả %(reference)s ngày %(day)s chưa trao được. %(reason)s Giữ tại %(office)s đến hết ngày "
            "%(until)s. Đến nhận hoặc hẹn mang đến: %(ask)s. {link}"
        ),
        frozenset({"day", "office", "reason", "until"}),
    ),
    Template(
        "rescheduled",
        2,
        n(
            "Tận Nhà: theo lời hẹn với bưu tá, yêu cầu %(reference)s chuyển sang %(slot)s. Nếu chưa tiện, xin "
            "báo: %(ask)s. {link}"
        ),
        frozenset({"slot"}),
    ),
    Template(
        "another_day",
        2,
        n("Tận Nhà: ông/bà hẹn hôm khác cho yêu cầu %(reference)s. Xin chọn giờ thuận tiện: %(ask)s. {link}"),
    ),
    Template(
        "slot_gone",
        2,
        n(
            "Tận Nhà: giờ ông/bà hẹn với bưu tá cho yêu cầu %(reference)s đã kín chỗ. Xin chọn giờ khác: "
            "%(ask)s. {link}"
        ),
    ),
    Template(
        "cancelled",
        3,
        n(
            "Tận Nhà: lượt bưu tá đến nhà của yêu cầu %(reference)s đã hủy, không thu tiền lượt này. Đặt lại: "
            "%(ask)s. {link}"
        ),
    ),
    Template(  # a letter alone, with the entry that leaves the calendar: what happened instead another message says
        "visit_off",
        1,
        n("Tận Nhà: lượt bưu tá đến nhà đã hẹn của yêu cầu %(reference)s không còn nữa. Hỏi: %(ask)s. {link}"),
    ),
    Template(
        "refused",
        2,
        n(
            "Tận Nhà: %(desk)s chưa tiếp nhận được hồ sơ %(reference)s. Lý do: %(reason)s. Bưu tá sẽ không đến "
            "nữa. Hỏi: %(ask)s. {link}"
        ),
        frozenset({"desk", "reason"}),
    ),
    Template(
        "more_papers",
        2,
        n(
            "Tận Nhà: %(desk)s đề nghị bổ sung giấy tờ cho hồ sơ %(reference)s. Hỏi giấy tờ nào, vì sao: "
            "%(ask)s. {link}"
        ),
        frozenset({"desk"}),
    ),
    Template(
        "held",
        2,
        n(
            "Tận Nhà: kết quả %(reference)s đang giữ tại %(office)s đến hết ngày %(until)s. Đến nhận hoặc hẹn "
            "mang đến: %(ask)s. {link}"
        ),
        frozenset({"office", "until"}),
    ),
    Template(
        "returned",
        2,
        n("Tận Nhà: %(reference)s đã được gửi trả niêm phong về %(desk)s. Xin đến đó để nhận. Hỏi: %(ask)s. {link}"),
        frozenset({"desk"}),
    ),
    Template(
        "complaint_taken",
        1,
        n("Tận Nhà: đã nhận đơn %(number)s về %(reference)s, trả lời chậm nhất ngày %(due)s. Hỏi: %(ask)s. {link}"),
        frozenset({"number", "due"}),
    ),
    Template(
        "complaint_answered",
        1,
        n(
            "Tận Nhà: đơn %(number)s về %(reference)s đã có câu trả lời. Xem trên trang theo dõi hoặc hỏi: %(ask)s. {link}"
        ),
        frozenset({"number"}),
    ),
    Template(
        "compensation",
        1,
        n(
            "Tận Nhà: bồi thường %(amount)s đồng cho giấy tờ của %(reference)s, trả chậm nhất ngày %(until)s. Hỏi: "
            "%(ask)s. {link}"
        ),
        frozenset({"amount", "until"}),
    ),
    Template(
        "sign_in_code",
        2,
        n("Tận Nhà: mã xác nhận số điện thoại là {code}, dùng trong 15 phút. Không đưa mã này cho bất cứ ai."),
    ),
)
TEMPLATES: Final[Mapping[str, Template]] = {template.name: template for template in _ALL}
NEWS, DAY_CHANGED, CLAIM_CONFIRMED, CLAIM_DISMISSED = "push_news", "push_day", "push_confirmed", "push_dismissed"
NOTICES: Final[Mapping[str, Template]] = {
    NEWS: Template(NEWS, 1, n("Tận Nhà: yêu cầu %(reference)s có tin mới.")),
    DAY_CHANGED: Template(DAY_CHANGED, 1, n("Tận Nhà: tuyến hôm nay có thay đổi. Mở ứng dụng để xem.")),
    CLAIM_CONFIRMED: Template(CLAIM_CONFIRMED, 1, n("Tận Nhà: bưu cục đã xác nhận một tin báo đã gửi.")),
    CLAIM_DISMISSED: Template(
        CLAIM_DISMISSED, 1, n("Tận Nhà: bưu cục không xác nhận một tin báo đã gửi. Xin gọi số trực.")
    ),
}
"""What a browser shows, on a locked screen too: no name, no dossier, no day, no code. Registered with no operator."""


def short(param: str, text: str) -> str:
    """A parameter as a message says it: whole, or its first words and "…", which counts as the three points of an SMS."""
    most = LONGEST.get(param)
    if most is None or len(text) <= most:
        return text
    return (
        text[: most - 2].rpartition(" ")[0].rstrip(" ,;:.") + "…" if " " in text[: most - 2] else text[: most - 3] + "…"
    )


def as_kept(body: str) -> str:
    """A stored message as staff read it: what is filled in at sending was never in it."""
    return re.sub(r"\{\w+\}", "…", body)


def is_secret(name: str) -> bool:
    """Does a message of this name carry a code? One whose name is forgotten may have."""
    return name not in NOTICES and (name not in TEMPLATES or TEMPLATES[name].secret)


def template(name: str) -> Template:
    """The current version. Raises `template_unknown`."""
    found = TEMPLATES.get(name) or NOTICES.get(name)
    if found is None:
        raise DomainError("template_unknown", kind="conflict", template=name)
    return found
