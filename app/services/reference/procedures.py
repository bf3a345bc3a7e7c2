"""The published procedures: paper lists, the questions that find the case, and what the post may carry.

Keys: a paper's `case_keys` must all hold. A key is chosen by an option of the procedure's questions, or implied by the
channel: `direct_or_post`, `paper_form` and `public_post` hold whenever the public post carries a dossier, `online_only`
and `direct_only` never do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from app.domain.checklist import BY_POST, Mode
from app.services.reference.files import BadReference, Node, json_of, source
from app.texts.documents import DAY, WORKING_DAY

ALWAYS_BY_POST: Final = frozenset({BY_POST, "paper_form", "public_post"})
NEVER_BY_POST: Final = frozenset({"online_only", "direct_only"})
NEEDS: Final = ("always", "conditional", "alternative", "if_any")
CODE: Final = re.compile(r"\d\.\d{6}")
KEY: Final = re.compile(r"[A-Za-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    label: str


@dataclass(frozen=True, slots=True)
class ProcedureQuestion:
    """A question in plain Vietnamese; `many`: any number of options may hold, otherwise exactly one."""

    key: str
    question: str
    many: bool
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class ProcedurePaper:
    """A line of the published list; `originals` or `copies` None: the source does not say how many."""

    line: int
    name: str
    originals: int | None
    copies: int | None
    mode: str
    need: str
    case_keys: tuple[str, ...]
    case_label: str
    certified_by_post: bool
    in_database: bool

    @property
    def postal_keys(self) -> list[str]:
        """The keys as the checklist at the door asks for them: what always holds by post is one key."""
        return sorted({BY_POST if key in ALWAYS_BY_POST else key for key in self.case_keys})


@dataclass(frozen=True, slots=True)
class ProcedureEntry:
    """A procedure as published; None is unknown. `certainty` tells for each fact how sure it is (r, s, i, m, a, u)."""

    code: str
    name: str
    field: str
    level: str
    post_allowed: bool
    online_allowed: bool
    presence: str
    presence_who: str
    presence_note: str
    refusal: str
    time_value: int | None
    time_unit: str | None
    state_fee: int | None
    originals_due: bool
    boundary_free: bool
    results: tuple[str, ...]
    certainty: dict[str, str]
    in_service_from: date | None
    questions: tuple[ProcedureQuestion, ...]
    papers: tuple[ProcedurePaper, ...]

    @property
    def carried(self) -> bool:
        return self.post_allowed and self.presence != "yes"


@dataclass(frozen=True, slots=True)
class Procedures:
    """All procedures of one file, and where they come from."""

    sample: bool
    as_of: date
    source: str
    procedures: tuple[ProcedureEntry, ...]


def read_procedures(replacement: Path | None = None) -> Procedures:
    """Return the procedures of the bundled file or of a replacement in the same form; raise BadReference."""
    path = source("procedures.json", replacement)
    value = json_of(path)
    if not isinstance(value, dict):
        raise BadReference(path.name, "the whole file", "", "must be an object")
    top = Node(path.name, "", value).closed("sample", "as_of", "source", "certainty", "procedures")
    marks = frozenset(top.node("certainty").value)
    procedures = tuple(_procedure(node, marks) for node in top.nodes("procedures"))
    codes = [procedure.code for procedure in procedures]
    for code in codes:
        if codes.count(code) > 1:
            raise top.bad("procedures", f"{code} is there twice")
    as_of = top.day("as_of")
    if as_of is None:
        raise top.bad("as_of", "must be a day")
    return Procedures(top.flag("sample"), as_of, top.text("source"), procedures)


def _procedure(node: Node, marks: frozenset[str]) -> ProcedureEntry:
    node.closed(
        *("code", "name", "field", "level", "post", "online", "presence", "refusal", "time", "state_fee"),
        *("originals_due", "boundary_free", "results", "certainty", "in_service_from", "cases", "papers"),
    )
    code = node.text("code")
    if not CODE.fullmatch(code):
        raise node.bad("code", f"{code!r} is not a national code such as 1.001193")
    node = Node(node.file, f"procedure {code}", node.value)
    presence = node.node("presence").closed("need", "who", "note")
    time = node.node("time").closed("value", "unit")
    procedure = ProcedureEntry(
        code=code,
        name=node.text("name"),
        field=node.text("field"),
        level=node.choice("level", ("commune", "province", "central")),
        post_allowed=node.flag("post"),
        online_allowed=node.flag("online"),
        presence=presence.choice("need", ("no", "yes", "conditional")),
        presence_who=presence.text("who", empty=True),
        presence_note=presence.text("note", empty=True),
        refusal=node.text("refusal", empty=True),
        time_value=time.whole("value"),
        time_unit=None if time.value["unit"] is None else time.choice("unit", (DAY, WORKING_DAY)),
        state_fee=node.whole("state_fee"),
        originals_due=node.flag("originals_due"),
        boundary_free=node.flag("boundary_free"),
        results=node.texts("results"),
        certainty=_certainty(node.node("certainty"), marks),
        in_service_from=node.day("in_service_from"),
        questions=tuple(_question(child) for child in node.nodes("cases")),
        papers=tuple(_paper(child) for child in node.nodes("papers")),
    )
    _check(node, procedure)
    return procedure


def _certainty(node: Node, marks: frozenset[str]) -> dict[str, str]:
    node.closed("papers", "time", "fee", "presence", "boundary_free")
    return {fact: node.choice(fact, marks) for fact in node.value}


def _question(node: Node) -> ProcedureQuestion:
    node.closed("key", "question", "many", "options")
    options = tuple(
        Option(_key(child.closed("key", "label"), "key"), child.text("label")) for child in node.nodes("options")
    )
    if len(options) < (1 if node.flag("many") else 2):
        raise node.bad("options", "a question needs a choice")
    return ProcedureQuestion(_key(node, "key"), node.text("question"), node.flag("many"), options)


def _paper(node: Node) -> ProcedurePaper:
    node.closed(
        *("line", "name", "originals", "copies", "mode", "need", "case", "case_label"),
        *("certified_by_post", "in_database"),
    )
    return ProcedurePaper(
        line=node.whole("line") or 0,
        name=node.text("name"),
        originals=node.whole("originals"),
        copies=node.whole("copies"),
        mode=node.choice("mode", [mode.value for mode in Mode]),
        need=node.choice("need", NEEDS),
        case_keys=node.texts("case"),
        case_label=node.text("case_label", empty=True),
        certified_by_post=node.flag("certified_by_post"),
        in_database=node.flag("in_database"),
    )


def _key(node: Node, field: str) -> str:
    key = node.text(field)
    if not KEY.fullmatch(key):
        raise node.bad(field, f"{key!r} is not a key of letters, digits and _")
    return key


def _check(node: Node, procedure: ProcedureEntry) -> None:
    """Refuse what no single field shows: a gap in the lines, a key that nothing chooses, a refusal without reasons."""
    if [paper.line for paper in procedure.papers] != list(range(1, len(procedure.papers) + 1)):
        raise node.bad("papers", "lines must count 1, 2, 3 … as the published list does")
    _check_keys(node, procedure)
    if not procedure.carried and not procedure.refusal:
        raise node.bad("refusal", "say why the post may not carry it, and where to go instead")
    if procedure.presence != "no" and not (procedure.presence_note and procedure.presence_who):
        raise node.bad("presence", "say who is needed, and when")


def _check_keys(node: Node, procedure: ProcedureEntry) -> None:
    options = [option.key for question in procedure.questions for option in question.options]
    for key in options:
        if options.count(key) > 1:
            raise node.bad("cases", f"the key {key} is there twice")
    known = ALWAYS_BY_POST | NEVER_BY_POST | set(options)
    for paper in procedure.papers:
        for key in paper.case_keys:
            if key not in known:
                raise node.bad(f"papers {paper.line}, case", f"no question leads to {key}")
