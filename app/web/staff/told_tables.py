"""Tables that are uploaded, staff and places by an administrator: first what each line would do, then the same lines written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import DomainError
from app.domain.headed_table import Headings, RowAnswer, RowVerdict
from app.domain.identity import Role
from app.services.reference import told_interpreters, told_places
from app.services.staff import told_staff
from app.table_files import Line, read_table, table_of
from app.text_files import NoText
from app.texts import explain, say
from app.texts.mark import n
from app.texts.told_tables import LABELS, VERDICTS
from app.unit_of_work import UnitOfWork
from app.web.auth import check_everywhere, current_staff, staff, staff_actor
from app.web.errors import by_field
from app.web.i18n import gettext as _
from app.web.session import language, now, transaction
from app.web.staff.blueprint import bp
from app.web.staff.people import misplaced


@dataclass(frozen=True, slots=True)
class TellsByFile:
    """One kind of table: its words, and who reads its lines."""

    endpoint: str
    title: str
    lead: str
    columns: str
    headings: Headings
    hear: Callable[[UnitOfWork, Sequence[Line]], list[RowAnswer]]
    back: tuple[str, str] = ("staff.people_page", n("Tài khoản nhân viên"))
    about: tuple[str, str] = (n("Ai, nơi nào"), n("Cột"))  # what the key is, what its fields are


def _hear_staff(work: UnitOfWork, lines: Sequence[Line]) -> list[RowAnswer]:
    teller = told_staff.StaffTeller(current_staff(), now(), rehearses=not _writes())
    return told_staff.hear_staff(work, lines, teller)


def _hear_places(work: UnitOfWork, lines: Sequence[Line]) -> list[RowAnswer]:
    return told_places.hear_places(work, lines, staff_actor(), now())


def _hear_interpreters(work: UnitOfWork, lines: Sequence[Line]) -> list[RowAnswer]:
    return told_interpreters.hear_interpreters(work, lines, staff_actor(), now())


STAFF: Final = TellsByFile(
    "staff.told_staff_page",
    n("Nhân viên từ tệp"),
    n("Một dòng một người. Người không có trong tệp thì giữ nguyên. Tài khoản mới chưa có mật khẩu: tạo đường dẫn cho từng người."),
    n("Tên đăng nhập, Họ và tên, Vai trò, Mã bưu cục, Mã bộ phận một cửa, Số điện thoại, Trạng thái (đang làm, nghỉ), Tiếng nói"),
    told_staff.HEADINGS,
    _hear_staff,
)  # fmt: skip
PLACES: Final = TellsByFile(
    "staff.told_places_page",
    n("Bưu cục, bộ phận một cửa từ tệp"),
    n("Một dòng một nơi. Ô để trống thì giữ nguyên, ô ghi dấu “-” là không có."),
    n(
        "Mã, Loại, Mã xã, Tên, Địa chỉ, Kinh độ, Vĩ độ, Số điện thoại, Số trực, Giờ mở cửa, Trạng thái, Nơi tiếp nhận thay"
    ),
    told_places.HEADINGS,
    _hear_places,
)

INTERPRETERS: Final = TellsByFile(
    "staff.told_interpreters_page",
    n("Người phiên dịch từ tệp"),
    n("Một dòng một người đã nhận lời. Bưu tá thấy tên và số ở nhà nói tiếng mà mình không nói. Không ghi mã xã: giúp cả tỉnh."),
    n("Mã, Tên, Số điện thoại, Tiếng nói, Mã xã (nhiều xã cách nhau dấu phẩy), Trạng thái (đang làm, nghỉ)"),
    told_interpreters.HEADINGS,
    _hear_interpreters,
)  # fmt: skip


@bp.get("/tai-khoan/tep/nhan-vien")
@staff(Role.ADMIN)
def told_staff_page() -> ResponseReturnValue:
    return told_page(STAFF)


@bp.post("/tai-khoan/tep/nhan-vien")
@staff(Role.ADMIN)
def told_staff_action() -> ResponseReturnValue:
    return heard(STAFF)


@bp.get("/tai-khoan/tep/noi-lam-viec")
@staff(Role.ADMIN)
def told_places_page() -> ResponseReturnValue:
    check_everywhere()
    return told_page(PLACES)


@bp.post("/tai-khoan/tep/noi-lam-viec")
@staff(Role.ADMIN)
def told_places_action() -> ResponseReturnValue:
    check_everywhere()
    return heard(PLACES)


@bp.get("/tai-khoan/tep/phien-dich")
@staff(Role.ADMIN)
def told_interpreters_page() -> ResponseReturnValue:
    check_everywhere()
    return told_page(INTERPRETERS)


@bp.post("/tai-khoan/tep/phien-dich")
@staff(Role.ADMIN)
def told_interpreters_action() -> ResponseReturnValue:
    check_everywhere()
    return heard(INTERPRETERS)


def heard(kind: TellsByFile) -> ResponseReturnValue:
    """The first time a rehearsal, taken back; what was looked at then comes again as text."""
    writes = _writes()
    try:
        lines = _lines(kind)
        with transaction() as work:
            savepoint = work.begin_nested()
            answers = kind.hear(work, lines)
            if writes:
                savepoint.commit()
            else:
                savepoint.rollback()
    except DomainError as refusal:
        return told_page(kind, errors=by_field(refusal)), 422
    counts = Counter(answer.verdict for answer in answers)
    if not writes:
        return told_page(kind, answers, typed=_as_text(lines))
    said = {verdict.value: counts[verdict] for verdict in RowVerdict}
    flash(_("Đã ghi: thêm %(new)s, sửa %(changed)s, đóng %(closed)s, giữ nguyên %(same)s.", **said), "good")
    if counts[RowVerdict.WRONG]:
        return told_page(kind, [one for one in answers if one.verdict is RowVerdict.WRONG])
    return redirect(url_for(kind.endpoint), 303)


def _writes() -> bool:
    return request.form.get("step") == "write"


def _lines(kind: TellsByFile) -> list[Line]:
    file = request.files.get("file")
    if file is None or not file.filename:
        return table_of(request.form.get("lines", ""), len(kind.headings.columns), kind.headings.is_heading)
    try:
        return read_table(file.stream.read(), len(kind.headings.columns), kind.headings.is_heading)
    except NoText:
        raise DomainError("csv_not_utf8", kind="invalid", field="file") from None


def _as_text(lines: Sequence[Line]) -> str:
    """The same table, each line where it stood: numbers stay those of the file. Tabs apart, for no cell keeps one."""
    rows = [""] * (lines[-1].number if lines else 0)
    for line in lines:
        rows[line.number - 1] = "\t".join(" ".join(cell.split()).replace('"', '""').join('""') for cell in line.cells)
    return "\n".join(rows)


def told_page(
    kind: TellsByFile, answers: Sequence[RowAnswer] = (), errors: dict[str, str] | None = None, typed: str = ""
) -> str:
    shown = [answer for answer in answers if answer.verdict is not RowVerdict.SAME]
    counts = Counter(answer.verdict for answer in answers)
    return render_template(
        "staff/told_table.html",
        title=_(kind.title),
        lead=_(kind.lead),
        columns=_(kind.columns),
        page=url_for(kind.endpoint),
        back=(url_for(kind.back[0]), _(kind.back[1])),
        about=[_(word) for word in kind.about],
        rows=[_shown(answer) for answer in shown],
        counts=[(_(VERDICTS[verdict]), counts[verdict], verdict.value) for verdict in RowVerdict],
        writes=sum(counts[verdict] for verdict in (RowVerdict.NEW, RowVerdict.CHANGED, RowVerdict.CLOSED)),
        wrong=counts[RowVerdict.WRONG],
        heard=bool(answers),
        typed=typed,
        errors=errors or {},
    )


def _shown(answer: RowAnswer) -> dict[str, object]:
    fields = (answer.error.field or "",) if answer.error is not None else answer.fields
    return {
        "number": answer.number,
        "key": answer.key,
        "verdict": answer.verdict.value,
        "word": _(VERDICTS[answer.verdict]),
        "fields": ", ".join(say(LABELS[field], language()) for field in fields if field in LABELS),
        "why": (misplaced(answer.error) or explain(answer.error, language())) if answer.error is not None else "",
    }
