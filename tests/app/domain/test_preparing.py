"""What lies ready is what travels."""

from __future__ import annotations

import pytest

from app.domain.preparing import Prepared, is_form, prepared, to_put_ready
from tests.factories import make_paper


@pytest.mark.parametrize("mode", ["present", "submit"])
def test_the_original_of_a_certified_line_stays_with_its_owner(mode: str) -> None:
    assert prepared(make_paper(1, mode=mode, certified_by_post=True)) == Prepared(certified=1)


def test_what_is_only_declared_is_no_paper_to_put_ready() -> None:
    assert prepared(make_paper(1, mode="declare", in_database=True)) == Prepared(declared=True)


def test_originals_and_copies_are_counted_as_published() -> None:
    assert prepared(make_paper(1, originals=2, copies=1)) == Prepared(originals=2, copies=1)
    assert prepared(make_paper(1, originals=None, copies=None)) == Prepared()


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Tờ khai đăng ký khai sinh", True),
        ("Đơn đề nghị tách thửa đất, hợp thửa đất", True),
        ("Tờ khai điện tử tương tác (cá nhân)", False),
        ("Giấy chứng sinh", False),
    ],
)
def test_a_form_on_paper_is_known_by_its_published_name(name: str, form: bool) -> None:
    assert is_form(make_paper(1, name=name)) is form


def test_a_visit_counts_what_is_certain_and_not_what_may_be_looked_up() -> None:
    lines = [
        make_paper(1),
        make_paper(2, mode="present", certified_by_post=True),
        make_paper(3, in_database=True),
        make_paper(4, need="if_any"),
    ]
    assert to_put_ready(lines) == Prepared(originals=1, certified=1)
