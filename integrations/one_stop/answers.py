"""What the national exchange tells us, checked field by field before anyone acts on it (docs/domain.md §4).

Answers about dossiers are read without the owner's name, phone or number, where we asked for a state and not for a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

from integrations.one_stop.codes import ChannelCode, StateMeaning, state_of
from integrations.reading import Fields
from integrations.unknown import Unknown


@dataclass(frozen=True, slots=True)
class DossierFound:
    """One dossier of `TraCuuHoSo`; times in UTC, None where the exchange says nothing."""

    code: str
    state: StateMeaning | Unknown
    procedure_code: str | None
    channel: str | None
    return_form: str | None
    unit: str | None
    received_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None

    @classmethod
    def read(cls, row: Fields) -> DossierFound:
        return cls(
            code=row.text("MaHoSo"),
            state=state_of(row.text("TrangThaiHoSo")),
            procedure_code=row.maybe_text("MaTTHC"),
            channel=row.maybe_text("KenhThucHien"),
            return_form=row.maybe_text("HinhThuc"),
            unit=row.maybe_text("DonViXuLy"),
            received_at=row.maybe_moment("NgayTiepNhan"),
            due_at=row.maybe_moment("NgayHenTra"),
            finished_at=row.maybe_moment("NgayKetThucXuLy"),
            returned_at=row.maybe_moment("NgayTra"),
        )


@dataclass(frozen=True, slots=True)
class OwnerOnFile:
    """Whose dossier it is, read only to be compared with who asks for its result: in no repr, and kept by nobody."""

    code: str
    unit: str | None
    name: str = field(repr=False)
    number: str = field(repr=False)
    phone: str = field(repr=False)

    @classmethod
    def read(cls, row: Fields) -> OwnerOnFile:
        return cls(
            code=row.text("MaHoSo"),
            unit=row.maybe_text("DonViXuLy"),
            name=row.maybe_text("ChuHoSo") or "",
            number=row.maybe_text("MaDoiTuong") or "",
            phone=row.maybe_text("SoDienThoai") or "",
        )


@dataclass(frozen=True, slots=True)
class ListedProcedure:
    """One line of `LayDanhSachTTHC`."""

    code: str
    name: str

    @classmethod
    def read(cls, row: Fields) -> ListedProcedure:
        return cls(row.text("MATTHC"), row.text("TENTTHC"))


@dataclass(frozen=True, slots=True)
class ListedFee:
    """A published fee: `amount_dong` where `SOTIEN` is plain digits, else None and a person reads `said`."""

    code: str
    amount_dong: int | None
    said: str | None

    @classmethod
    def read(cls, row: Fields) -> ListedFee:
        said = row.maybe_text("SOTIEN")
        plain = said is not None and said.isascii() and said.isdecimal()
        return cls(row.text("MAPHILEPHI"), int(said) if plain and said else None, said)


@dataclass(frozen=True, slots=True)
class HandlingTime:
    """A legal handling time: `length` in `unit` as published ("Ngày làm việc"); None when no length is promised."""

    length: Decimal | None
    unit: str | None
    fees: tuple[ListedFee, ...]

    @classmethod
    def read(cls, row: Fields) -> HandlingTime:
        name: Final = "THOIGIANGIAIQUYET"
        said = row.values.get(name.casefold())
        length = None if said is None or said == "" else _decimal(row, name, said)
        return cls(length, row.maybe_text("DONVITINH"), tuple(ListedFee.read(one) for one in row.rows("PHILEPHI")))


@dataclass(frozen=True, slots=True)
class Way:
    """One way to hand in: `channel` is a code of `KENH`, with its own times and fees."""

    channel: str
    times: tuple[HandlingTime, ...]

    @classmethod
    def read(cls, row: Fields) -> Way:
        return cls(row.text("KENH"), tuple(HandlingTime.read(one) for one in row.rows("THOIGIAN")))


@dataclass(frozen=True, slots=True)
class ExchangePaper:
    """One paper of the published list; counts are None where the exchange does not say."""

    code: str
    name: str
    form_name: str | None
    originals: int | None
    copies: int | None

    @classmethod
    def read(cls, row: Fields) -> ExchangePaper:
        form = row.maybe_text("TENMAUDON")
        name = row.maybe_text("TENGIAYTO") or form
        if name is None:
            raise row.bad("TENGIAYTO", "is missing, and so is TENMAUDON")
        return cls(row.text("MAGIAYTO"), name, form, _count(row, "SOBANCHINH"), _count(row, "SOBANSAO"))


@dataclass(frozen=True, slots=True)
class PublishedProcedure:
    """`LayThuTuc`: the source of the checklist and of "post allowed?".

    `papers` keeps the published cases apart: one tuple a case (`TRUONGHOP`), a citizen needs the papers of one.
    """

    code: str
    name: str | None
    ways: tuple[Way, ...]
    papers: tuple[tuple[ExchangePaper, ...], ...]

    @property
    def post_allowed(self) -> bool:
        """The law lets the post hand it in: there is a way with `KENH` 3."""
        return any(way.channel == ChannelCode.POST for way in self.ways)

    @classmethod
    def read(cls, found: Fields, code: str) -> PublishedProcedure:
        cases = tuple(
            tuple(ExchangePaper.read(row) for row in case.rows("GIAYTO")) for case in found.rows("THANHPHANHOSO")
        )
        ways = tuple(Way.read(row) for row in found.rows("CACHTHUCTHUCHIEN"))
        said = found.maybe_text("MATTHC")
        if said not in {None, code}:
            raise found.bad("MATTHC", "names another procedure than the one asked for")
        if not ways:
            raise found.bad("CACHTHUCTHUCHIEN", "is empty: a procedure has at least one way to hand it in")
        return cls(code, found.maybe_text("TENTTHC"), ways, cases)


def _decimal(row: Fields, name: str, said: object) -> Decimal:
    plain = str(said).strip().replace(",", ".")
    if isinstance(said, bool) or not plain.replace(".", "", 1).isdecimal() or not plain.isascii():
        raise row.bad(name, "is not a number")
    return Decimal(plain)


def _count(row: Fields, name: str) -> int | None:
    return row.integer(name) if row.maybe_text(name) is not None else None
