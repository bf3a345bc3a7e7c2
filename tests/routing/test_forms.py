"""The environments of `make matrix` lack what they should, and nothing else; the whole one lacks nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests import matrix
from tests.matrix import FORMS, left_out, main


@pytest.mark.parametrize(
    "entry", ["pyvrp", "pyvrp-0.14.1.dist-info", "vroom", "pyvroom-1.15.2.dist-info", "pyvroom.libs"]
)
def test_the_extras_are_left_out_with_all_that_belongs_to_them(entry: str) -> None:
    assert left_out(entry, extras=False)
    assert not left_out(entry, extras=True)


def test_the_project_itself_is_never_taken_from_the_checkout_and_others_are_kept() -> None:
    assert left_out("_editable_impl_tannha.pth", extras=True)
    assert left_out("tannha-0.1.0.dist-info", extras=True)
    assert not any(left_out(entry, extras=False) for entry in ("numpy", "ortools", "vrplib", "six.py"))


def test_every_form_is_run_where_none_is_named_and_one_that_fails_fails_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def passes(name: str, _tests: Sequence[str]) -> bool:
        asked.append(name)
        return name != "bare"

    monkeypatch.setattr(matrix, "passes", passes)

    assert main([]) == 1
    assert asked == list(FORMS)
    assert main(["whole"]) == 0
    assert capsys.readouterr().out == "failed: bare\nall forms pass\n"
    with pytest.raises(SystemExit):
        main(["bear"])
    assert "no such form: bear" in capsys.readouterr().err
