from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import Never

import pytest

from integrations.errors import Rejected, Unavailable
from integrations.shared_token import Credentials, SharedToken, token_refused


def _counted(answers: list[str]) -> Callable[[], str]:
    return lambda: answers.pop(0)


def test_one_log_in_serves_every_caller() -> None:
    started, go, calls = Barrier(9), Event(), []

    def log_in() -> str:
        go.wait(5)
        calls.append(1)
        return "t"

    token = SharedToken("bưu chính", log_in)

    def get(_: int) -> str:
        started.wait(5)
        return token.get()

    with ThreadPoolExecutor(8) as pool:
        got = [pool.submit(get, n) for n in range(8)]
        started.wait(5)
        go.set()
        assert {one.result() for one in got} == {"t"}
    assert len(calls) == 1


def test_a_token_renewed_by_somebody_else_is_taken_as_it_is() -> None:
    token = SharedToken("x", _counted(["one", "two"]))
    assert token.get() == "one"
    assert token.get(instead_of="one") == "two"
    assert token.get(instead_of="one") == "two"


def test_a_refusal_of_the_token_is_asked_again_once_and_any_other_not_at_all() -> None:
    asked: list[str] = []

    def refuse(token: str) -> Never:
        asked.append(token)
        raise Rejected("x", "no", code="403" if len(asked) < 3 else "422")

    token = SharedToken("x", _counted(["one", "two", "three"]))
    with pytest.raises(Unavailable, match=r"new session, too \(403\)"):
        token.call(refuse, token_refused)
    assert asked == ["one", "two"]
    with pytest.raises(Rejected) as caught:
        token.call(refuse, token_refused)
    assert caught.value.code == "422"
    assert asked == ["one", "two", "two"]


def test_a_failed_log_in_is_everybodys_failure_and_the_next_call_tries_again() -> None:
    answers: list[str | Exception] = [Unavailable("x", "down"), Rejected("x", "no", code="401"), KeyError("bug"), "t"]

    def log_in() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    token = SharedToken("x", log_in)
    with pytest.raises(Unavailable, match="down"):
        token.get()
    with pytest.raises(Unavailable, match=r"refused \(401\)"):
        token.get()
    with pytest.raises(KeyError):
        token.get()
    assert token.get() == "t"


def test_nobody_waits_for_ever_for_somebody_elses_log_in() -> None:
    begun, go = Event(), Event()

    def log_in() -> str:
        begun.set()
        go.wait(5)
        return "t"

    token = SharedToken("x", log_in, patience_s=0.01)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(token.get)
        begun.wait(5)
        with pytest.raises(Unavailable, match="takes too long"):
            token.get()
        go.set()
        assert first.result() == "t"


def test_a_secret_is_in_no_repr() -> None:
    assert "mật" not in repr(Credentials("gialai", "mật"))
