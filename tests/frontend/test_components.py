"""Every macro renders, is shown in the guide, and is well formed for a screen reader."""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from jinja2 import nodes

from tests.frontend.rendering import TEMPLATES, environment, macro_html

FRAMES = ["citizen.html", "staff.html"]
COMPONENTS = sorted(path for path in (TEMPLATES / "components").glob("*.html") if path.name != "guide.html")


class Page(HTMLParser):
    """Ids, references and headings of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.references: list[str] = []
        self.tags: Counter[str] = Counter()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in {"for", "aria-describedby", "aria-labelledby"}:
                self.references.extend((value or "").split())


def guide(layout: str, **context: object) -> str:
    return environment().get_template("components/guide.html").render(layout=layout, **context)


def public_macros() -> set[str]:
    trees = [environment().parse(path.read_text(encoding="utf-8")) for path in COMPONENTS]
    return {macro.name for tree in trees for macro in tree.find_all(nodes.Macro) if not macro.name.startswith("_")}


def test_the_guide_and_the_layouts_show_every_macro() -> None:
    source = "".join(
        (TEMPLATES / name).read_text(encoding="utf-8") for name in ["base.html", "components/guide.html", *FRAMES]
    )
    called = set(re.findall(r"\b(\w+)\(", source))
    inside_others = {"icon", "csrf", "dong", "dong_range"}
    assert public_macros() - called - inside_others == set()


@pytest.mark.parametrize("layout", FRAMES)
def test_ids_are_unique_and_every_reference_finds_its_element(layout: str) -> None:
    page = Page(guide(layout))
    assert [name for name, count in Counter(page.ids).items() if count > 1] == []
    assert set(page.references) - set(page.ids) == set()


@pytest.mark.parametrize("layout", FRAMES)
def test_a_frame_has_one_main_a_skip_link_and_the_language(layout: str) -> None:
    html = guide(layout, lang="en")
    assert Page(html).tags["main"] == 1
    assert '<html lang="en">' in html
    assert 'href="#content"' in html


def test_an_error_is_in_the_summary_beside_the_field_and_tied_to_it() -> None:
    html = macro_html(
        '{% from "components/forms.html" import error_summary, text_field %}'
        '{{ error_summary(errors) }}{{ text_field("phone", "Số điện thoại", "09", hint="Gợi ý", errors=errors) }}',
        errors={"phone": ["Cần đủ 10 chữ số.", "Bắt đầu bằng 0."]},
    )
    assert '<a href="#phone">Cần đủ 10 chữ số. Bắt đầu bằng 0.</a>' in html
    assert 'aria-describedby="phone-hint phone-error" aria-invalid="true"' in html


def test_a_form_without_errors_shows_no_summary() -> None:
    assert macro_html('{% from "components/forms.html" import error_summary %}{{ error_summary({}) }}').strip() == ""


def test_every_posting_macro_carries_the_token_of_the_session() -> None:
    html = macro_html(
        '{% from "components/forms.html" import form %}{% from "components/buttons.html" import post_button %}'
        '{% call form("/a") %}x{% endcall %}{{ post_button("Hủy", "/b") }}'
    )
    assert html.count('name="csrf_token" value="token-of-the-session"') == html.count('method="post"')


@pytest.mark.parametrize(
    "call",
    [
        'text_field("a", evil, evil, hint=evil)',
        'radio_cards("a", evil, [{"value": evil, "label": evil, "hint": evil}])',
        'select_field("a", evil, [{"value": evil, "label": evil}])',
    ],
)
def test_a_field_escapes_what_people_typed(call: str) -> None:
    html = macro_html(
        '{% from "components/forms.html" import text_field, radio_cards, select_field %}{{ ' + call + " }}",
        evil='<b>"x',
    )
    assert "<b>" not in html
    assert '""' not in html


def test_a_table_carries_the_name_of_the_column_in_every_cell() -> None:
    html = macro_html(
        '{% from "components/table.html" import data_table %}'
        '{{ data_table("Bưu tá", [{"key": "name", "label": "Tên"}, {"key": "km", "label": "Km", "number": True}], rows) }}',
        rows=[{"name": "Thử", "km": 12}],
    )
    assert html.count('data-label="Tên"') == 1
    assert 'class="is-number " data-label="Km">12<' in html


def test_money_groups_thousands_and_a_range_of_one_price_is_that_price() -> None:
    html = macro_html(
        '{% from "components/money.html" import dong, dong_range %}'
        "{{ dong(1026000) }}|{{ dong_range(26000, 26000) }}|{{ dong_range(26000, 30000) }}"
    )
    assert html == "1.026.000 đ|26.000 đ|từ 26.000 đ đến 30.000 đ"


def test_an_unknown_fee_says_why_instead_of_a_number() -> None:
    html = macro_html(
        '{% from "components/money.html" import money_parts %}'
        '{{ money_parts([{"label": "Lệ phí", "amount": none, "note": "Bộ phận một cửa sẽ báo"}]) }}'
    )
    assert "Bộ phận một cửa sẽ báo" in html
    assert "chưa thu" in html


def test_a_full_slot_cannot_be_chosen_and_says_why() -> None:
    html = macro_html(
        '{% from "components/slots.html" import slot_picker %}'
        '{{ slot_picker("slot", "Giờ", [{"label": "Thứ Ba", "slots": slots}]) }}',
        slots=[{"value": "1", "label": "Sáng", "disabled": True, "reason": "Đã kín"}],
    )
    assert 'value="1" disabled' in html
    assert "Đã kín" in html


def test_a_looked_up_paper_has_no_box_to_tick() -> None:
    html = macro_html(
        '{% from "components/checklist.html" import checklist %}'
        '{{ checklist("papers", "Đếm", [{"value": "a", "label": "Giấy kết hôn", "looked_up": True}]) }}'
    )
    assert "checkbox" not in html
    assert "Không cần nộp: cơ quan tự tra cứu" in html


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (TEMPLATES.parent / "static" / "icons" / "sprite.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    source = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.rglob("*.html"))
    named = set(re.findall(r'\b_?icon\("([a-z-]+)"', source)) | set(re.findall(r'\bicon=[\'"]([a-z-]+)[\'"]', source))
    assert named - drawn == set()
