"""Every rule that says no has a sentence, and gives it what it needs."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from inspect import ismodule
from pathlib import Path

import pytest

import app
from app import texts
from app.texts import SENTENCES

ROOT = Path(app.__file__).parent
OPTIONS = {"kind", "field"}


def refusals() -> Iterator[tuple[str, set[str], str]]:
    """(code, the facts given with it, where) of every `DomainError("code", …)` written out in the program."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "DomainError" and node.args):
                continue
            code = node.args[0]
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                facts = {keyword.arg or "**" for keyword in node.keywords} - OPTIONS
                yield code.value, facts, f"{path.relative_to(ROOT)}:{node.lineno}"


def test_no_room_says_another_rooms_code_in_other_words() -> None:
    """The rooms are laid one over the other: the later one would speak for the earlier."""
    rooms = [
        vars(module)["SENTENCES"] for module in vars(texts).values() if ismodule(module) and "SENTENCES" in vars(module)
    ]
    codes = Counter(code for room in rooms for code in room)
    assert [code for code, times in codes.items() if times > 1] == []


def needed(sentence: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", sentence))


def test_every_refusal_has_a_sentence() -> None:
    assert [(code, where) for code, _, where in refusals() if code not in SENTENCES] == []


def test_every_sentence_gets_the_facts_it_names() -> None:
    short = [
        (code, sorted(needed(SENTENCES[code]) - facts), where)
        for code, facts, where in refusals()
        if code in SENTENCES and "**" not in facts and needed(SENTENCES[code]) - facts
    ]
    assert short == []


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_says_what_is_wrong_and_the_way_out(code: str) -> None:
    sentence = SENTENCES[code]
    assert sentence[0].isupper() or sentence[0] in "“%"
    assert sentence.rstrip().endswith((".", "%(reason)s"))
