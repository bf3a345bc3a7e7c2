"""The state fee beside the post's own money: whose it is, and where it is paid: the post's account by contract alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from app.domain.errand import OPEN, ErrandState
from app.domain.tariff import ChargeKind, PricePart
from app.gateways.bank import bank_account
from app.models import Charge, Errand
from app.web.i18n import gettext as _
from app.web.session import settings


def of_quote(parts: Iterable[PricePart], executed_by: str) -> dict[str, str] | None:
    fees = [part.lower for part in parts if part.kind is ChargeKind.STATE_FEE]
    if executed_by == "own":
        return _told(fees, by_carrier=False)
    return _told([fee for fee in fees if not fee], by_carrier=any(fees))


def of_charges(charges: Iterable[Charge], visits: Sequence[Errand]) -> dict[str, str] | None:
    """None: nothing of it is still to be paid, as far as anybody knows.

    What a carrier's order names is the carrier's to take, whatever was paid beforehand; of its visits that are over nobody
    here knows whether it did.
    """
    over = {visit.id for visit in visits if visit.state is ErrandState.CANCELLED}
    carried = {visit.id: visit.state in OPEN for visit in visits if visit.executed_by != "own"}
    unpaid = (one for one in charges if one.kind is ChargeKind.STATE_FEE and one.paid_at is None)
    fees = [one for one in unpaid if one.errand_id not in over]
    theirs = [one for one in fees if one.amount and one.errand_id in carried]
    ours = [one.amount for one in fees if one not in theirs]
    return _told(ours, by_carrier=any(carried[one.errand_id] for one in theirs if one.errand_id is not None))


def _told(amounts: Collection[int | None], *, by_carrier: bool) -> dict[str, str] | None:
    """`amounts`: what is to be paid here, None where the desk will tell it; 0 is nothing. A carrier takes its own at the door."""
    here = _here(amounts)
    if here is None and not by_carrier:
        return None
    told = [_("Lệ phí nhà nước nộp cho cơ quan giải quyết hồ sơ, không phải tiền của bưu điện.")]
    told += [here] if here is not None else []
    if by_carrier:
        told.append(
            _(
                "Khoản lệ phí đã ghi số tiền do đơn vị vận chuyển thu khi đến: xin đừng tự nộp trước, kẻo phải trả hai lần."
            )
        )
    return {"told": " ".join(told), "href": settings().state_fee_url if here is not None else ""}


def _here(amounts: Collection[int | None]) -> str | None:
    known = any(amounts)
    if not known and None not in amounts:
        return None
    account = bank_account(settings())
    if account is not None and account.state_fees:
        return _("Theo hợp đồng với cơ quan đó, chuyển khoản chung với tiền cước được; bưu điện nộp lại cho cơ quan.")
    if not known:
        return _("Bộ phận một cửa báo số tiền; ông/bà nộp trên Cổng Dịch vụ công quốc gia hoặc tại bộ phận một cửa.")
    how = _(
        "Ông/bà tự nộp trước trên Cổng Dịch vụ công quốc gia được, rồi cho bưu tá xem chứng từ đã nộp: bưu tá không thu nữa."
    )
    return how + " " + _("Chưa nộp thì bưu tá thu tiền mặt và nộp thay.")
