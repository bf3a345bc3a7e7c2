"""The search of every page by keyboard alone, in a real browser under the product's policy."""

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Route, expect, sync_playwright

from tests.frontend.guide import launch, serve

HITS = [
    {"href": "/staff#tn-1", "kind": "Yêu cầu", "head": "Đặng Minh <b>Thử</b>", "lines": ["TN-WQMXGC · Xã Ia Krái"]},
    {"href": "/staff#tn-2", "kind": "Yêu cầu", "head": "Đặng Minh Mẫu", "lines": ["TN-WQMXGD · Xã Ia Krái", "Thôn 2"]},
]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    server = serve(2, 10)
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"http://127.0.0.1:{server.server_port}/staff")
        yield page
        browser.close()
    server.shutdown()
    server.server_close()


def test_a_stroke_leads_to_the_search_and_arrows_to_what_it_found(page: Page) -> None:
    sent: list[str] = []

    def answer(route: Route) -> None:
        sent.append(parse_qs(route.request.post_data or "")["q"][0])
        route.fulfill(json={"hits": HITS, "said": ""})

    page.route("**/tim/nhanh", answer)
    field, options = page.locator("#lookup"), page.locator("#lookup-found [role=option]")
    page.locator("body").press("/")
    expect(field).to_be_focused()
    page.keyboard.type("da")
    page.keyboard.type("ng")
    expect(options).to_have_count(2)
    assert sent == ["dang"]
    assert "Đặng Minh <b>Thử</b>" in options.first.inner_text()
    page.keyboard.press("ArrowUp")
    expect(field).to_have_attribute("aria-activedescendant", "lookup-1")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff#tn-2")


def test_escape_closes_the_list_and_a_stroke_within_a_field_is_a_stroke(page: Page) -> None:
    page.route("**/tim/nhanh", lambda route: route.fulfill(json={"hits": [], "said": "Không tìm thấy."}))
    field, found = page.locator("#lookup"), page.locator("#lookup-found")
    field.fill("không ai")
    expect(found).to_contain_text("Không tìm thấy.")
    field.press("Escape")
    expect(found).to_be_hidden()
    field.fill("")
    field.press("/")
    expect(field).to_have_value("/")
