"""Every sentence a person sees stands in the catalogue and has its English; nothing Vietnamese goes round it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from tests.repository.sources import ROOT, is_vietnamese, name, parsed, written

ENGLISH = ROOT / "app/translations/en/LC_MESSAGES/messages.po"
MARKS = {"_", "n", "gettext", "ngettext", "pgettext", "lazy_gettext", "say"}
PLACES = re.compile(r"%\(\w+\)s")
OWN_NAMES = ("Tận Nhà", "Tiếng Việt", " đ")  # a name, a language and a currency are called so in every language
GUIDE = "app/templates/components/guide.html"  # shows every component with sample text; no route renders it
NOT_SHOWN = (
    *("app/services/demo/", "app/services/reference/"),  # invented people; data
    "app/texts/",  # the sentences themselves
    *("app/web/api/", "app/schemas/answers.py"),  # documentation of the API, for programmers
)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What `make translations` extracts."""
    pot = tmp_path_factory.mktemp("catalogue") / "messages.pot"
    command: list[str | Path] = [
        Path(sys.executable).parent / "pybabel",
        "-q",
        "extract",
        "-F",
        "app/translations/babel.cfg",
    ]
    subprocess.run([*command, "-k", "n", "-k", "_", "-o", pot, "app"], cwd=ROOT, check=True, capture_output=True)
    with pot.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def test_every_sentence_has_its_english(asked: Catalog, english: Catalog) -> None:
    missing = [
        message.id
        for message in asked
        if message.id and (english.get(message.id) is None or not english.get(message.id).string)  # type: ignore[union-attr]
    ]
    assert missing == [], "run `make translations` and write the English"


def test_the_english_fills_the_same_places(english: Catalog) -> None:
    different = [
        message.id
        for message in english
        if isinstance(message.id, str)
        and isinstance(message.string, str)
        and message.string
        and set(PLACES.findall(message.id)) != set(PLACES.findall(message.string))
    ]
    assert different == []


def test_no_english_is_left_that_nobody_says(asked: Catalog, english: Catalog) -> None:
    assert [message.id for message in english if message.id and asked.get(message.id) is None] == []


def test_no_template_says_anything_outside_the_catalogue() -> None:
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    said = [
        f"{name(path)}:{line}: {text}"
        for path in written(".html", under="app/templates")
        if name(path) != GUIDE
        for line, text in _loose(environment.parse(path.read_text()))
    ]
    assert said == []


def _loose(tree: nodes.Node) -> list[tuple[int, str]]:
    """Vietnamese text between tags, and Vietnamese strings that are not given to a mark."""
    marked = {
        id(argument)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in MARKS
        for argument in call.args
    }
    texts = [(node.lineno, node.data.strip()) for node in tree.find_all(nodes.TemplateData)]
    strings = [
        (node.lineno, node.value)
        for node in tree.find_all(nodes.Const)
        if isinstance(node.value, str) and id(node) not in marked
    ]
    return [(line, text) for line, text in texts + strings if is_vietnamese(_without_names(text))]


def _without_names(text: str) -> str:
    for own in OWN_NAMES:
        text = text.replace(own, "")
    return text


def test_no_module_says_anything_outside_the_catalogue() -> None:
    said = [
        f"{name(path)}:{line}: {text}"
        for path in written(".py", under="app")
        if not name(path).startswith(NOT_SHOWN)
        for line, text in _loose_strings(parsed(path))
    ]
    assert said == []


def _loose_strings(tree: ast.Module) -> list[tuple[int, str]]:
    spared = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in MARKS:
            spared |= {id(argument) for argument in call.args}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in spared
        and is_vietnamese(_without_names(node.value))
    ]
