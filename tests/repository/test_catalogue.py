"""Every sentence a person sees stands in the catalogue and has its English; nothing Vietnamese goes round it."""

from __future__ import annotations

import ast
import json
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
COURIERS = ROOT / "app/frontend/src/courier/language/en.json"  # its own tests are beside it
MARKS = {"_", "n", "gettext", "ngettext", "pgettext", "lazy_gettext", "say"}
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")  # filled when said, and when sent
OWN_NAMES = ("Tận Nhà", "Tiếng Việt")  # a name and a language are called so in every language
DONG = "đ"
# a place, a title to type, the number of a decree, and labels of outcomes, which are data
NAMES_KEPT = (*OWN_NAMES, "Ia Tô", "Giấy khai sinh", "NĐ-CP", "Niêm phong không còn nguyên", "Thiếu giấy tờ")
GUIDE = "app/templates/components/guide.html"  # shows every component with sample text; no route renders it
NOT_SHOWN = (
    *("app/services/demo/", "app/services/reference/"),  # invented people; data
    "app/texts/",  # the sentences themselves
    *("app/web/api/", "app/schemas/answers.py", "app/schemas/agency.py"),  # documentation of the API, for programmers
    *("app/domain/mask.py", "app/domain/landmarks.py"),  # words that are looked for in what others say
    *("app/domain/slip.py", "app/domain/preparing.py"),  # papers' names, looked for in published lists
    "app/domain/greeting.py",  # words that are said in Vietnamese to everybody
    "app/domain/typed_code.py",  # letters that a keyboard makes of two keys
    "app/models/guards.py",  # letters that lose their marks where words are looked for
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
        if message.id and (english.get(message.id) is None or not english.get(message.id).string)  # type: ignore[union-attr]  # asked for None just before
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


def test_no_english_is_a_guess_or_still_vietnamese(english: Catalog) -> None:
    assert [message.id for message in english if message.id and message.fuzzy] == []
    left = [str(message.string) for message in english if message.id]
    assert [text for text in left if is_vietnamese(_without_names(text, NAMES_KEPT))] == []


def test_one_sentence_has_one_english_on_the_office_s_pages_and_on_the_courier_s_phone(english: Catalog) -> None:
    of_the_phone = json.loads(COURIERS.read_text())
    differing = {
        sentence: (message.string, of_the_phone[sentence])
        for sentence in of_the_phone
        if (message := english.get(sentence)) and message.string != of_the_phone[sentence]
    }
    assert differing == {}


def test_what_is_marked_is_extracted(asked: Catalog) -> None:
    """A mark inside an f-string looks right and is never found."""
    lost = [
        f"{name(path)}:{argument.lineno}: {argument.value!r}"
        for path in written(".py", under="app")
        for argument in _marked(parsed(path))
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
        if is_vietnamese(argument.value) and argument.value not in asked
    ]
    assert lost == []


def test_templates_translate_sentences_not_data() -> None:
    """The name of a procedure or the label of a case is data: it has no English."""
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    computed = [
        f"{name(path)}:{call.lineno}"
        for path in written(".html", under="app/templates")
        for call in environment.parse(path.read_text()).find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in MARKS and not isinstance(call.args[0], nodes.Const)
    ]
    assert computed == []


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
    return [(line, text) for line, text in texts + strings if text != DONG and is_vietnamese(_without_names(text))]


def _without_names(text: str, names: tuple[str, ...] = OWN_NAMES) -> str:
    for own in names:
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
    spared |= {id(argument) for argument in _marked(tree)}
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in spared
        and is_vietnamese(_without_names(node.value))
    ]


def _marked(tree: ast.Module) -> list[ast.expr]:
    """What is given to `_`, `n`, `say` and the like."""
    return [
        argument
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", "")) in MARKS
        for argument in call.args
    ]
