"""One table answer → error for each of the five services and the log-in: what is later, never, broken, or a yes."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from integrations.errors import BadAnswer, IntegrationError, Rejected, Unavailable
from integrations.http import OutsideService
from integrations.one_stop import NationalExchange
from tests.fakes.partner import BROKEN, HTML, Reply, told
from tests.integrations.conftest import Answer, Serve
from tests.integrations.one_stop.conftest import RECORD, STEP, Joined

WRITES: dict[str, Callable[[NationalExchange], object]] = {
    "DongBoHoSoMC": lambda client: client.sync_dossier(RECORD, updating=False),
    "CapNhatTienDoHoSoMC": lambda client: client.report_progress(STEP),
    "LayDanhSachTTHC": lambda client: client.list_procedures(),
}
LOOKS: dict[str, Callable[[NationalExchange], object]] = {
    "TraCuuHoSo": lambda client: client.find_dossier(RECORD.code),
    "LayThuTuc": lambda client: client.find_procedure("1.003560"),
}
SERVICES = WRITES | LOOKS
LATER: dict[str, Reply] = {
    **{str(status): Reply(status) for status in (408, 425, 429, 500, 503, 504)},
    "502 with HTML": Reply(502, HTML),
    "500 that says it went well": told({"error_code": 0}, 500),
    "a reset line": Reply(reset=True),
    "an answer cut short": Reply(body=b'{"error_code": 0, "result": [', cut=True),
    **{f"error_code {code!r}": told({"error_code": code}) for code in (408, "429", 500, "502", 503, "504")},
}
NEVER: dict[str, Reply] = {
    **{str(status): Reply(status) for status in (400, 405, 409, 413, 422)},
    "422 with HTML": Reply(422, HTML),
    "400 that says it went well": told({"error_code": 0}, 400),
    **{f"error_code {code!r}": told({"error_code": code}) for code in (1, 7, "-1", "99", 99999)},
    "a failure with a result": told({"error_code": 5, "result": [{"MaHoSo": RECORD.code, "TrangThaiHoSo": 4}]}),
}
TOO_LONG = told({"error_code": 0, "result": [], "more": "x" * 4096})
NO_CODE = (None, True, False, 0.0, "OK", "", "0x0", [0], {"code": 0}, 10**40)
BAD: dict[str, Reply] = {
    **{str(status): Reply(status, headers={"Location": "/elsewhere"}) for status in (301, 302, 303, 307, 308)},
    **BROKEN,
    **{f"error_code {code!r:.20}": told({"error_code": code, "result": []}) for code in NO_CODE},
    "a result and no code": told({"result": []}),
    "JSON with a tail": Reply(body=b'{"error_code": 0}{"error_code": 0}'),
    "an answer too long": TOO_LONG,
}
TABLE = (
    *((name, reply, Unavailable) for name, reply in LATER.items()),
    *((name, reply, Rejected) for name, reply in NEVER.items()),
    *((name, reply, BadAnswer) for name, reply in BAD.items()),
)


def _short(joined: Joined) -> NationalExchange:
    """Ours, logged in, that takes no answer above 2 kB."""
    client = NationalExchange(joined.client._settings, OutsideService("một cửa quốc gia", read_s=5, most_bytes=2048))
    client.list_procedures()
    return client


def _failure(client: NationalExchange, call: Callable[[NationalExchange], object]) -> IntegrationError:
    with pytest.raises(IntegrationError) as caught:
        call(client)
    return caught.value


@pytest.mark.parametrize(("reply", "error"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_each_service_makes_the_same_of_an_answer(joined: Joined, reply: Reply, error: type[IntegrationError]) -> None:
    client = _short(joined)
    for service, call in SERVICES.items():
        joined.partner.faults.append(reply)
        failure = _failure(client, call)
        assert type(failure) is error, (service, failure)
        if isinstance(failure, BadAnswer) and reply.status == 200 and reply is not TOO_LONG:
            assert failure.raw == reply.body
    assert joined.exchange.log_ins == 1


@pytest.mark.parametrize(("reply", "error"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_log_in_is_never_refused_for_good(joined: Joined, reply: Reply, error: type[IntegrationError]) -> None:
    client = NationalExchange(joined.client._settings, OutsideService("một cửa quốc gia", read_s=5, most_bytes=2048))
    joined.partner.faults.append(reply)
    failure = _failure(client, WRITES["DongBoHoSoMC"])
    assert type(failure) is (BadAnswer if error is BadAnswer else Unavailable), failure
    assert joined.partner.asked("/g") == []
    client.sync_dossier(RECORD, updating=False)  # and the next message logs in anew


@pytest.mark.parametrize(
    "reply", [told({"error_code": 0}), told({"error_code": 0, "session": " "}), told({"error_code": 0, "session": {}})]
)
def test_a_log_in_without_a_session_is_broken(joined: Joined, reply: Reply) -> None:
    joined.partner.faults.append(reply)
    assert type(_failure(joined.client, WRITES["LayDanhSachTTHC"])) is BadAnswer


@pytest.mark.parametrize("code", [0, "0", "00", " 0 "])
def test_nothing_but_zero_is_a_yes_however_it_is_written(joined: Joined, code: object) -> None:
    client = _short(joined)
    for call in SERVICES.values():
        joined.partner.faults.append(told({"ERROR_CODE": code, "message": "Thành công", "new": {}, "result": []}))
        assert call(client) in (None, ())


EXPIRIES: dict[str, Reply] = {
    "401": Reply(401),
    "403 with HTML": Reply(403, HTML),
    "error_code 401": told({"error_code": 401}),
    "error_code '403'": told({"error_code": "403"}),
    "a sentence on the session": told({"error_code": 12, "message": "Session không tồn tại"}),
    "a sentence in Vietnamese": told({"error_code": 13, "error_message": "Phiên đăng nhập không tồn tại"}),
}


@pytest.mark.parametrize("expiry", EXPIRIES.values(), ids=EXPIRIES)
@pytest.mark.parametrize("service", SERVICES)
def test_each_service_logs_in_again_and_asks_once_more(joined: Joined, service: str, expiry: Reply) -> None:
    joined.client.list_procedures()
    joined.partner.faults.append(expiry)
    SERVICES[service](joined.client)
    _, refused, repeated = joined.partner.asked("/g")
    assert [refused.json["session"], repeated.json["session"]] == ["phien-1", "phien-2"]
    assert joined.exchange.log_ins == 2


@pytest.mark.parametrize("expiry", EXPIRIES.values(), ids=EXPIRIES)
@pytest.mark.parametrize("service", SERVICES)
def test_a_second_expiry_means_later_and_never_an_absence(joined: Joined, service: str, expiry: Reply) -> None:
    joined.client.list_procedures()
    joined.partner.faults += [expiry, told({"error_code": 0, "session": "phien-x"}), expiry]
    assert type(_failure(joined.client, SERVICES[service])) is Unavailable
    assert len(joined.partner.asked("/login")) == 2
    assert len(joined.partner.asked("/g")) == 3


@pytest.mark.parametrize(
    "reply", [Reply(404), told({"error_code": 404}), told({"error_code": 3, "message": "Not found"})]
)
def test_an_absence_is_an_answer_to_a_question_and_a_refusal_of_a_message(joined: Joined, reply: Reply) -> None:
    joined.client.list_procedures()
    for call in LOOKS.values():
        joined.partner.faults.append(reply)
        assert call(joined.client) is None
    for call in WRITES.values():
        joined.partner.faults.append(reply)
        assert type(_failure(joined.client, call)) is Rejected


def test_how_much_later_is_kept(joined: Joined) -> None:
    joined.client.list_procedures()
    joined.partner.faults.append(Reply(429, headers={"Retry-After": "7"}))
    failure = _failure(joined.client, WRITES["DongBoHoSoMC"])
    assert isinstance(failure, Unavailable)
    assert (failure.retry_after_s, failure.status) == (7, 429)


def test_a_redirect_takes_neither_the_secret_nor_a_session_along(joined: Joined, serve: Serve) -> None:
    elsewhere = serve()
    away = Reply(307, headers={"Location": elsewhere.url})
    for _ in range(2):  # of the log-in, then of a call
        joined.partner.faults.append(away)
        assert type(_failure(joined.client, WRITES["LayDanhSachTTHC"])) is BadAnswer
        joined.partner.faults.clear()
        joined.client.list_procedures()
    assert elsewhere.asked == []


def test_an_exchange_that_does_not_answer_means_later(joined: Joined, serve: Serve) -> None:
    slow = serve(Answer(hang_s=0.4))
    settings = replace(joined.client._settings, login_url=slow.url)
    failure = _failure(NationalExchange(settings, OutsideService("chậm", read_s=0.05)), WRITES["LayDanhSachTTHC"])
    assert type(failure) is Unavailable
