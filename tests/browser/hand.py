"""Somebody's hand in any engine: finds what is labelled so, presses, types, photographs, signs. Waits as a person would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from selenium.common.exceptions import WebDriverException
from selenium.webdriver import ActionChains, Remote
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE_S = 60  # a loaded machine takes its time; nobody waits longer than it does
Found = TypeVar("Found")

# what is shown only; of several, the one that says nothing more than what was asked for comes first
FIND = """
const [selector, words] = arguments;
const text = (one) => (one.getAttribute("aria-label") ?? one.textContent ?? "").replace(/\\s+/g, " ").trim();
return [...document.querySelectorAll(selector)]
  .filter((one) => text(one).includes(words) && one.checkVisibility())
  .sort((a, b) => text(a).length - text(b).length)[0] ?? null;
"""
CONTROL = "return arguments[0].control"
READY = "return arguments[0].width >= arguments[0].offsetWidth"  # its size is set when it begins to listen
MIDDLE = "arguments[0].scrollIntoView({block: 'center'})"


class Hand:
    def __init__(self, driver: Remote, url: str) -> None:
        self.driver, self.url = driver, url

    def open(self, path: str) -> None:
        self.driver.get(f"{self.url}{path}")

    def go(self, place: str) -> None:
        """To another screen of the page that is open: nothing is loaded anew."""
        self.driver.execute_script("location.hash = arguments[0]", place)

    def press(self, words: str) -> None:
        self._click(lambda: self._find("button, a[href], summary", words))

    def press_at(self, place: str, words: str) -> None:
        """Gone to anew at each look: what was saved a moment ago may lead elsewhere just then."""

        def find() -> WebElement:
            self.go(place)
            return self._find("button, a[href], summary", words)

        self._click(find)

    def tick(self, label: str) -> None:
        self._click(lambda: self._control(label))

    def fill(self, label: str, text: str) -> None:
        self._wait(lambda: self._type(self._control(label), text), label)

    def photograph(self, label: str, picture: Path) -> None:
        self._wait(lambda: self._control(label), label).send_keys(str(picture))
        self.sees("Đã chụp")

    def sign(self, whose: str) -> None:
        before = self.text().count("Đã ký")
        canvas = self._wait(lambda: self._find("canvas", f"Khung ký: {whose}"), whose)
        self._wait(lambda: self.driver.execute_script(READY, canvas), f"a pad to sign on: {whose}")
        self.driver.execute_script(MIDDLE, canvas)
        strokes = ActionChains(self.driver).move_to_element(canvas).click_and_hold()
        for across, down in ((30, 10), (25, -20), (20, 15)):
            strokes = strokes.move_by_offset(across, down)
        strokes.release().perform()
        self._wait(lambda: self.text().count("Đã ký") > before, f"signed: {whose}")

    def sees(self, words: str) -> None:
        self._wait(lambda: words in self.text(), words)

    def text(self) -> str:
        return str(self.driver.execute_script("return document.body?.innerText ?? ''"))

    def shown(self, selector: str, words: str) -> list[WebElement]:
        """All of them, at once or never."""
        script = FIND.replace("[0] ?? null", "")
        return list(self.driver.execute_script(script, selector, words))

    def reads(self, script: str) -> Any:
        return self.driver.execute_script(script)

    def take(self, what: WebElement) -> None:
        self._click(lambda: what)

    def _click(self, find: Callable[[], WebElement]) -> None:
        def clicked() -> bool:
            what = find()
            self.driver.execute_script(MIDDLE, what)
            what.click()
            return True

        self._wait(clicked, "a click")

    def _type(self, field: WebElement, text: str) -> bool:
        field.clear()
        field.send_keys(text)
        return True

    def _find(self, selector: str, words: str) -> WebElement:
        found = self.driver.execute_script(FIND, selector, words)
        if not isinstance(found, WebElement):
            raise WebDriverException(f"not on the page: {words}")
        return found

    def _control(self, label: str) -> WebElement:
        control = self.driver.execute_script(CONTROL, self._find("label", label))
        if not isinstance(control, WebElement):
            raise WebDriverException(f"a label without its field: {label}")
        return control

    def _wait(self, what: Callable[[], Found], name: str) -> Found:
        """What moved, went or was drawn anew meanwhile is looked for again."""
        waiting = WebDriverWait(self.driver, PATIENCE_S, 0.1, ignored_exceptions=[WebDriverException])
        return waiting.until(lambda _: what(), f"{name}\n{self.text()[:1500]}")
