"""Each procedure's public page: how to file online, what the post can carry, what the counter helps with, the papers."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.queries import procedures as find
from app.web.auth import public
from app.web.citizens.blueprint import bp
from app.web.session import transaction


@bp.get("/thu-tuc/")
@public
def procedures() -> ResponseReturnValue:
    words = request.args.get("q", "").strip()[:80]
    with transaction() as session:
        found = find.search(session, words)
    return render_template("citizens/procedures.html", procedures=found, words=words)


@bp.get("/thu-tuc/<code>")
@public
def procedure(code: str) -> ResponseReturnValue:
    with transaction() as session:
        row = find.by_code(session, code)
    return render_template("citizens/procedure.html", procedure=row)
