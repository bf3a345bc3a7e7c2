"""Rows → what the templates' components ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from flask import url_for

from app.domain.checklist import papers_of_case
from app.domain.preparing import prepared
from app.domain.tariff import ChargeKind, Direction, Discount, PricePart, told_basis
from app.models import Procedure, RequiredPaper
from app.queries.reference.wanted import elsewhere, likeliest
from app.texts.documents import DAY
from app.texts.elsewhere import ELSEWHERE
from app.texts.papers import counted, remarks
from app.web import tabs
from app.web.citizens.draft import Draft
from app.web.i18n import gettext as _
from app.web.session import language, settings


def progress(draft: Draft, page: str) -> dict[str, Any]:
    """For `step_progress` and the link back."""
    labels = {
        1: _("Hồ sơ"),
        2: _("Nơi bưu tá đến"),
        3: _("Người gửi") if not draft.receives_only else _("Người nhận"),
        4: _("Xác nhận") if draft.receives_only else _("Giờ hẹn"),
        5: _("Xác nhận"),
    }
    step = draft.step(page)
    return {"current": step, "total": draft.steps, "label": labels[step]}


def back_from(draft: Draft, page: str) -> str:
    if page == "procedure":
        return url_for("citizens.start_booking", nhap=tabs.here())
    return url_for(f"citizens.{draft.before(page)}_page")


def too_long(text: str, longest: int) -> str:
    return _(
        "Dài quá: %(letters)s chữ và dấu, nhiều nhất %(longest)s. Xin viết ngắn lại.",
        letters=len(text),
        longest=longest,
    )


def paper_item(paper: RequiredPaper, code: str = "") -> dict[str, Any]:
    """`code`: of the procedure, where its page offers the form itself."""
    ready = prepared(paper)
    return {
        "label": paper.name,
        "hint": paper.case_label,
        "tags": counted(ready, language()),
        "note": ". ".join(remark for remark in remarks(ready, language()) if remark != paper.case_label),
        "form": official_page(code) if ready.form and code else None,
    }


def official_page(code: str) -> dict[str, str] | None:
    """Where the agency itself publishes a procedure and its forms, and whose page that is; None where no operator told."""
    told = settings().forms
    if told is None:
        return None
    href = told.replace("{code}", quote(code, safe=""))
    return {"href": href, "host": urlsplit(href).netloc}


def where_else(found: Sequence[Procedure], words: str) -> str:
    """Where to go for what was looked for: nothing, if the post carries it; said before anything is filled in."""
    key = elsewhere(words, better_than=likeliest(found, words))
    if key:
        return _(ELSEWHERE[key])
    return why_not(found[0]) if found and words.strip() else ""


def papers_for(procedure: Procedure, cases: Sequence[str]) -> list[dict[str, Any]]:
    return [paper_item(paper, procedure.code) for paper in papers_of_case(procedure.papers, cases)]


def duration(procedure: Procedure) -> str:
    if procedure.time_value is None:
        return _("Chưa rõ, bộ phận một cửa sẽ hẹn ngày")
    return f"{procedure.time_value} {_(procedure.time_unit or DAY)}"


def level_name(procedure: Procedure) -> str:
    names = {"commune": _("Xã, phường"), "province": _("Tỉnh"), "central": _("Trung ương")}
    return names[procedure.level]


def part_label(part: PricePart) -> str:
    if part.kind is ChargeKind.POSTAGE:
        return _("Cước đến nhà nhận hồ sơ") if part.direction is Direction.SEND else _("Cước mang kết quả về nhà")
    return _("Lệ phí nhà nước") if part.kind is ChargeKind.STATE_FEE else _("Cước chuyển lệ phí")


def money_parts(
    dossiers: Sequence[tuple[str, Sequence[PricePart]]], discount: Discount = Discount.NONE
) -> list[dict[str, Any]]:
    """A line a part; where there are several dossiers each line names its own. `dossiers`: what each is for, and its parts."""
    several = len(dossiers) > 1
    return [_money_part(part, name if several else "", discount) for name, parts in dossiers for part in parts]


def _money_part(part: PricePart, name: str, discount: Discount) -> dict[str, Any]:
    reduced = discount if part.kind is ChargeKind.POSTAGE else Discount.NONE
    shown: dict[str, Any] = {"label": part_label(part), "about": name, "amount": None}
    if part.lower is None:
        return shown | {"note": _("Bộ phận một cửa sẽ báo; bưu tá không thu khoản này")}
    return shown | {"low": part.lower, "high": part.upper, "note": why_less(part.kind, part.lower, reduced)}


def why_less(kind: ChargeKind, amount: int | None, discount: Discount) -> str:
    """Why a line of postage is less than the tariff's price; never which group somebody belongs to, which nobody asks."""
    if discount is Discount.HALF:
        return _("Giảm một nửa: thuộc diện ưu đãi của Thông tư 22/2017/TT-BTTTT, bưu tá xem giấy chứng minh tại nhà")
    if discount is Discount.FREE:
        return _("Miễn cước: thuộc diện ưu đãi của Thông tư 22/2017/TT-BTTTT, bưu tá xem giấy chứng minh tại nhà")
    if kind is ChargeKind.POSTAGE and amount == 0:
        return _("Đi cùng một lần, đến cùng một nơi: cước đã tính ở hồ sơ ghi trước")
    return ""


class _Priced(Protocol):
    @property
    def kind(self) -> ChargeKind: ...
    @property
    def basis(self) -> str: ...


def bases(parts: Sequence[_Priced]) -> list[str]:
    """The legal bases of the prices, each once, without what the operator's file remarks on its own source."""
    return list(dict.fromkeys(_basis(part) for part in parts if part.basis))


def _basis(part: _Priced) -> str:
    if part.kind is ChargeKind.STATE_FEE:
        return _("Lệ phí theo danh mục thủ tục hành chính đã công bố")
    return told_basis(part.basis)


def why_not(procedure: Procedure) -> str:
    """The refusal, said before anything is filled in; empty when the post may carry it."""
    if procedure.carried:
        return ""
    if procedure.refusal:
        return procedure.refusal
    if procedure.presence == "yes":
        return procedure.presence_note or _("Thủ tục này cần người làm hồ sơ có mặt tại bộ phận một cửa.")
    return _("Bưu chính không được nhận thủ tục này. Xin nộp tại bộ phận một cửa của xã, phường.")
