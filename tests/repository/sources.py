"""What the repository holds, as git sees it: files that somebody wrote."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
VIETNAMESE = set("ăâđêôơưĂÂĐÊÔƠƯáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ")


@cache
def files() -> tuple[Path, ...]:
    """Tracked files and new ones that git does not ignore; outside a checkout (an unpacked archive) every file."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file())


def written(*suffixes: str, under: str = "") -> list[Path]:
    return list(_written(suffixes, under))


@cache
def _written(suffixes: tuple[str, ...], under: str) -> tuple[Path, ...]:
    return tuple(path for path in files() if path.suffix in suffixes and path.is_relative_to(ROOT / under))


def documents() -> list[Path]:
    """What is written to be read: at the top level and in docs/."""
    return [path for path in written(".md") if path.parent == ROOT or path.is_relative_to(ROOT / "docs")]


@cache
def headings(page: Path) -> tuple[str, ...]:
    """The headings of a Markdown page, without their marks."""
    fenced = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    return tuple(re.findall(r"^#+ +(.*?) *$", fenced, re.MULTILINE))


def anchor_of(heading: str) -> str:
    """As the usual renderers make it: small letters, what is no letter falls away, blanks become hyphens."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def parsed_if(words: str, *, under: str) -> Iterator[tuple[Path, ast.Module]]:
    """Only the modules whose text holds one of `words`, a regular expression: to parse them all takes seconds, and to keep
    them parsed takes as long again in the collector's hands."""
    for path in written(".py", under=under):
        text = path.read_text()
        if re.search(words, text):
            yield path, ast.parse(text)


def is_vietnamese(text: str) -> bool:
    return any(letter in VIETNAMESE for letter in text)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
