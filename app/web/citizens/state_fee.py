"""The state fee beside the post's own money: whose it is, and where it is paid: the post's account by contract alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from app.domain.errand import ErrandState
from app.domain.tariff import ChargeKind, PricePart
from app.gateways.bank import bank_account
from app.models import Charge, Errand
from app.web.i18n import gettext as _
from app.web.session import settings


def of_quote(parts: Iterable[PricePart]) -> dict[str, str] | None:
    return _told([part.lower for part in parts if part.kind is ChargeKind.STATE_FEE])


def of_charges(charges: Iterable[Charge], visits: Sequence[Errand]) -> dict[str, str] | None:
    """None: nothing of it is still to be paid, as far as anybody knows."""
    over = {visit.id for visit in visits if visit.state is ErrandState.CANCELLED}
    fees = (one for one in charges if one.kind is ChargeKind.STATE_FEE and one.paid_at is None)
    return _told([one.amount for one in fees if one.errand_id not in over])


def _told(amounts: Collection[int | None]) -> dict[str, str] | None:
    """`amounts`: what is to be paid, None where the desk will tell it; 0 is nothing."""
    known = any(amounts)
    if not known and None not in amounts:
        return None
    account = bank_account(settings())
    whose = _("Lệ phí nhà nước nộp cho cơ quan giải quyết hồ sơ, không phải tiền của bưu điện.")
    if account is not None and account.state_fees:
        how = _("Theo hợp đồng với cơ quan đó, chuyển khoản chung với tiền cước được; bưu điện nộp lại cho cơ quan.")
    elif known:
        how = _(
            "Ông/bà tự nộp trước trên Cổng Dịch vụ công quốc gia được, rồi cho bưu tá xem chứng từ đã nộp: bưu tá không thu nữa."
        )
        how += " " + _("Chưa nộp thì bưu tá thu tiền mặt và nộp thay.")
    else:
        how = _("Bộ phận một cửa báo số tiền; ông/bà nộp trên Cổng Dịch vụ công quốc gia hoặc tại bộ phận một cửa.")
    return {"told": f"{whose} {how}", "href": settings().state_fee_url}
