import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integrations.errors import BadAnswer, Rejected, Unavailable
from integrations.http import OutsideService
from tests.integrations.conftest import Answer, Authority, Serve


@contextmanager
def dripping() -> Iterator[str]:
    """A server that sends one byte every 20 ms until its caller hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def drip() -> None:
        line, _ = listening.accept()
        with line:
            line.recv(65_536)
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
            while not done.wait(0.02):
                try:
                    line.sendall(b"x")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    with listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        done.set()
        thread.join()


CALLER = OutsideService("bưu chính", connect_s=1, read_s=1)


def test_an_answer_comes_back_as_an_object(serve: Serve) -> None:
    server = serve(Answer(body=b'{"Status": "100"}'))
    answer = CALLER.call("POST", f"{server.url}/order", json={"OrderNumber": "x"})
    assert CALLER.object_of(answer) == {"Status": "100"}


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_busy_service_means_later(serve: Serve, status: int) -> None:
    with pytest.raises(Unavailable):
        CALLER.call("GET", serve(Answer(status)).url)


@pytest.mark.parametrize(("header", "seconds"), [("120", 120), ("99999999", 86_400), ("soon", None), ("-1", None)])
def test_a_busy_service_may_say_how_much_later(serve: Serve, header: str, seconds: int | None) -> None:
    with pytest.raises(Unavailable) as caught:
        CALLER.call("GET", serve(Answer(503, headers={"Retry-After": header})).url)
    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_a_refusal_means_never_and_keeps_the_code(serve: Serve, status: int) -> None:
    with pytest.raises(Rejected) as caught:
        CALLER.call("GET", serve(Answer(status)).url)
    assert caught.value.code == str(status)


def test_a_refusal_keeps_their_sentence_apart_from_its_message(serve: Serve) -> None:
    with pytest.raises(Rejected) as caught:
        CALLER.call("GET", serve(Answer(422, body='{"message": "Sai địa chỉ bà Thử"}'.encode())).url)
    assert caught.value.said == "Sai địa chỉ bà Thử"
    assert "Thử" not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"message": 3}', b""])
def test_a_refusal_without_a_sentence_has_none(serve: Serve, body: bytes) -> None:
    with pytest.raises(Rejected) as caught:
        CALLER.call("GET", serve(Answer(422, body=body)).url)
    assert caught.value.said is None


def test_an_answer_not_believed_is_kept_to_be_looked_at(serve: Serve) -> None:
    with pytest.raises(BadAnswer) as caught:
        CALLER.object_of(CALLER.call("GET", serve(Answer(body=b"<html>")).url))
    assert caught.value.raw == b"<html>"


def test_a_redirect_is_not_followed_with_our_credentials(serve: Serve) -> None:
    elsewhere = serve()
    server = serve(Answer(302, headers={"Location": elsewhere.url}))
    with pytest.raises(BadAnswer, match="302"):
        CALLER.call("GET", server.url, auth=("user", "secret"))
    assert elsewhere.asked == []


@pytest.mark.parametrize("body", [b"<html>dang bao tri</html>", b"", b"[1, 2]", b'"ok"'])
def test_a_success_that_is_no_object_is_not_believed(serve: Serve, body: bytes) -> None:
    with pytest.raises(BadAnswer):
        CALLER.object_of(CALLER.call("GET", serve(Answer(body=body)).url))


def test_a_slow_service_means_later(serve: Serve) -> None:
    hurried = OutsideService("chậm", connect_s=1, read_s=0.05)
    with pytest.raises(Unavailable, match="in time"):
        hurried.call("GET", serve(Answer(hang_s=0.4)).url)


def test_an_answer_that_breaks_off_is_asked_for_again(serve: Serve) -> None:
    with pytest.raises(Unavailable, match="hung up"):
        CALLER.call("GET", serve(Answer(body=b'{"a":', cut=True, headers={"Connection": "close"})).url)


def test_an_answer_told_drop_by_drop_is_late_as_a_whole() -> None:
    with dripping() as url, pytest.raises(Unavailable, match="in time"):
        OutsideService("chậm", read_s=1, whole_s=0.2).call("GET", url)


def test_an_answer_without_end_is_not_read_to_the_end(serve: Serve) -> None:
    with pytest.raises(BadAnswer, match="more than 1000 bytes"):
        OutsideService("dài", most_bytes=1000).call("GET", serve(Answer(body=b"x" * 5000)).url)


def test_a_packed_answer_is_unpacked_and_a_broken_one_refused(serve: Serve) -> None:
    packed = {"Content-Encoding": "gzip"}
    answer = CALLER.call("GET", serve(Answer(body=gzip.compress(b'{"Status": "100"}'), headers=packed)).url)
    assert CALLER.object_of(answer) == {"Status": "100"}
    with pytest.raises(BadAnswer, match="unpacked"):
        CALLER.call("GET", serve(Answer(body=b"not gzip at all", headers=packed)).url)


def test_a_netrc_on_the_machine_does_not_replace_our_token(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    server = serve()
    CALLER.call("GET", server.url, headers={"Authorization": "Bearer ours"})
    assert server.asked[0][2]["Authorization"] == "Bearer ours"


def test_nobody_at_the_port_means_later() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(Unavailable, match="no connection to 127"):
        CALLER.call("GET", f"http://127.0.0.1:{port}/")


def test_a_setting_that_is_no_address_is_refused() -> None:
    with pytest.raises(Rejected, match="not a URL"):
        CALLER.call("GET", "bưu điện")


def test_an_unknown_authority_is_refused(serve: Serve, authority: Authority) -> None:
    with pytest.raises(Unavailable, match="certificate"):
        CALLER.call("GET", serve(context=authority.context).url)


def test_an_authority_of_their_own_is_trusted_when_given(serve: Serve, authority: Authority) -> None:
    caller = OutsideService("tỉnh", ca_path=authority.pem)
    assert caller.call("GET", serve(context=authority.context).url).status_code == 200


def test_the_given_authority_wins_over_the_environment(
    serve: Serve, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", __file__)
    caller = OutsideService("tỉnh", ca_path=authority.pem)
    assert caller.call("GET", serve(context=authority.context).url).status_code == 200


def test_errors_name_the_service_but_never_the_query(serve: Serve) -> None:
    server = serve(Answer(404))
    with pytest.raises(Rejected) as caught:
        CALLER.call("GET", f"{server.url}/tra-cuu", params={"phone": "0900000123"})
    assert "bưu chính" in str(caught.value)
    assert "0900000123" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_wrong_settings_are_named() -> None:
    with pytest.raises(ValueError, match="time-outs"):
        OutsideService("x", read_s=0)
    with pytest.raises(ValueError, match="no certificate authority"):
        OutsideService("x", ca_path=Path("/nowhere/ca.pem"))
