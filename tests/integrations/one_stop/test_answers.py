"""What may come back, and what is made of it: a table answer → error, and the awkward answers replayed."""

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from integrations.errors import BadAnswer, IntegrationError, Rejected, Unavailable
from integrations.one_stop import STATES, SUB_STATES, state_of
from integrations.unknown import Unknown
from tests.fakes.partner import BROKEN, HTML, Reply, told
from tests.integrations.one_stop.conftest import CANARIES, RECORD, STEP, Joined


def test_every_published_state_has_a_meaning() -> None:
    assert list(STATES) == [str(code) for code in range(1, 11)]
    assert list(SUB_STATES) == ["1", "2", "3", "4"]
    assert {code for code, state in STATES.items() if state.final} == {"3", "7", "10"}


def test_a_state_nobody_explained_is_kept_as_it_came() -> None:
    assert state_of("99") == Unknown("99")
    assert state_of("") == Unknown("")
    assert state_of("09") is STATES["9"]


def test_a_dossier_comes_back_with_its_state_and_times_in_utc(joined: Joined) -> None:
    joined.client.put_dossier(RECORD)
    found = joined.client.find_dossier(RECORD.code)
    assert found is not None
    assert found.state is STATES["2"]
    assert found.received_at == datetime(2026, 11, 20, 18, 30, 5, tzinfo=UTC)
    assert (found.channel, found.return_form, found.returned_at) == ("3", "1", None)


def test_a_dossier_that_is_not_there_is_none(joined: Joined) -> None:
    assert joined.client.find_dossier("H21.65-220914-9999") is None
    assert joined.client.find_procedure("9.999999") is None


@pytest.mark.parametrize("said", [{"error_code": 404}, {"error_code": 9, "message": "Không tìm thấy hồ sơ"}])
def test_the_exchange_may_call_an_absence_an_error(joined: Joined, said: dict[str, object]) -> None:
    joined.client.list_procedures()
    joined.partner.faults.append(told(said))
    assert joined.client.find_dossier(RECORD.code) is None


def test_the_list_of_procedures_ignores_what_it_does_not_know(joined: Joined) -> None:
    assert [one.code for one in joined.client.list_procedures()] == ["1.003560"]


def test_a_procedure_tells_ways_times_fees_and_papers(joined: Joined) -> None:
    found = joined.client.find_procedure("1.003560")
    assert found is not None
    assert found.post_allowed
    in_person, by_post = found.ways
    assert (in_person.times[0].length, in_person.times[0].unit) == (Decimal("0.5"), "Ngày làm việc")
    assert [(fee.amount_dong, fee.said) for fee in in_person.times[0].fees] == [(8000, "8000"), (None, "Miễn phí")]
    assert by_post.times[0].fees == ()
    form, proof = found.papers[0]
    assert (form.name, form.originals, form.copies) == ("Tờ khai", 1, 0)
    assert (proof.name, proof.originals) == ("Giấy chứng sinh", None)


def test_a_procedure_may_stand_at_the_top_of_the_answer(joined: Joined) -> None:
    joined.client.list_procedures()
    joined.partner.faults.append(told({"error_code": 0, "CACHTHUCTHUCHIEN": [{"KENH": 2, "THOIGIAN": []}]}))
    found = joined.client.find_procedure("1.003560")
    assert found is not None
    assert not found.post_allowed


TABLE: dict[str, tuple[Reply, type[IntegrationError]]] = {
    "502 with HTML": (Reply(502, HTML), Unavailable),
    "500": (Reply(500), Unavailable),
    "429": (Reply(429, headers={"Retry-After": "7"}), Unavailable),
    "a reset line": (Reply(reset=True), Unavailable),
    "an answer cut short": (Reply(body=b'{"error_code": 0', cut=True), Unavailable),
    "their own 'later'": (told({"error_code": 503}), Unavailable),
    "400": (Reply(400), Rejected),
    "a 200 that says failed": (told({"error_code": 7, "message": "Hồ sơ của Nguyễn Văn Thử sai"}), Rejected),
    "minus one": (told({"error_code": "-1"}), Rejected),
    "a redirect": (Reply(302, headers={"Location": "http://127.0.0.1/"}), BadAnswer),
    "an error code of the wrong type": (told({"error_code": True}), BadAnswer),
    "an error code in words": (told({"error_code": "OK"}), BadAnswer),
    "a list for an object": (told({"error_code": 0, "result": [[]]}), BadAnswer),
    "a text for a list": (told({"error_code": 0, "result": "H21"}), BadAnswer),
    "a row without a state": (told({"error_code": 0, "result": [{"MaHoSo": RECORD.code}]}), BadAnswer),
    "a row with an impossible date": (
        told({"error_code": 0, "result": [{"MaHoSo": RECORD.code, "TrangThaiHoSo": 4, "NgayHenTra": "31/02/2026"}]}),
        BadAnswer,
    ),
    "another dossier": (told({"error_code": 0, "result": [{"MaHoSo": "H21-1", "TrangThaiHoSo": 4}]}), BadAnswer),
    **{name: (reply, BadAnswer) for name, reply in BROKEN.items()},
}


@pytest.mark.parametrize(("reply", "error"), TABLE.values(), ids=TABLE.keys())
def test_an_answer_becomes_later_never_or_broken(joined: Joined, reply: Reply, error: type[IntegrationError]) -> None:
    joined.client.list_procedures()
    joined.partner.faults.append(reply)
    with pytest.raises(error) as caught:
        joined.client.find_dossier(RECORD.code)
    assert type(caught.value) is error
    if isinstance(caught.value, BadAnswer) and reply.status == 200:
        assert caught.value.raw == reply.body


@pytest.mark.parametrize("reply", BROKEN.values(), ids=BROKEN.keys())
def test_a_log_in_that_makes_no_sense_is_broken(joined: Joined, reply: Reply) -> None:
    joined.partner.faults.append(reply)
    with pytest.raises(BadAnswer):
        joined.client.list_procedures()


def test_a_refusal_keeps_their_sentence_for_a_person_and_out_of_the_message(joined: Joined) -> None:
    joined.client.put_dossier(RECORD)
    with pytest.raises(Rejected) as caught:
        joined.client.sync_dossier(RECORD, updating=False)
    assert caught.value.code == "7"
    assert caught.value.said == "Ho so cua Nguyễn Văn Thử khong hop le"
    assert "Thử" not in str(caught.value)


EXPIRIES: tuple[Any, ...] = (
    told({"error_code": 401}),
    told({"error_code": 12, "message": "Session khong ton tai"}),
    told({"error_code": 13, "message": "Phiên làm việc đã hết hạn"}),
    Reply(401),
    Reply(403),
)


@pytest.mark.parametrize("expiry", EXPIRIES)
def test_an_expired_session_is_renewed_and_the_call_repeated_once(joined: Joined, expiry: Reply) -> None:
    joined.client.list_procedures()
    joined.partner.faults.append(expiry)
    joined.client.sync_dossier(RECORD, updating=False)
    assert joined.exchange.log_ins == 2
    assert joined.body("DongBoHoSoMC")["session"] == "phien-2"


def test_a_session_that_never_counts_is_not_renewed_for_ever(joined: Joined) -> None:
    joined.client.list_procedures()
    joined.exchange.sessions = set()
    joined.partner.faults += [told({"error_code": 401}), told({"session": "x", "error_code": 0})]
    with pytest.raises(Unavailable, match=r"\(401\)"):
        joined.client.list_procedures()
    assert len(joined.partner.asked("/login")) == 2


def test_concurrent_callers_share_one_log_in(joined: Joined) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: joined.client.list_procedures(), range(32)))
    assert joined.exchange.log_ins == 1


def test_concurrent_callers_share_one_renewal(joined: Joined) -> None:
    joined.client.list_procedures()
    joined.exchange.sessions.clear()
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: joined.client.list_procedures(), range(32)))
    assert joined.exchange.log_ins == 2


def test_a_wrong_secret_means_later_and_a_rotated_one_needs_no_restart(joined: Joined) -> None:
    joined.exchange.password = "moi"
    with pytest.raises(Unavailable, match="log-in is refused"):
        joined.client.list_procedures()
    joined.wallet["secret"] = "moi"
    assert joined.client.list_procedures()


def test_nothing_personal_and_no_secret_reaches_a_log_or_an_error(
    joined: Joined, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[str] = []
    with caplog.at_level(logging.DEBUG):
        joined.client.put_dossier(RECORD)
        joined.client.report_progress(STEP)
        for reply, _ in TABLE.values():
            joined.partner.faults.append(reply)
            with pytest.raises(IntegrationError) as caught:
                joined.client.find_dossier(RECORD.code)
            heard += [str(caught.value), repr(caught.value)]
            joined.partner.faults.clear()
    heard += [caplog.text, repr(RECORD), repr(STEP), repr(joined.client._settings)]
    assert not [word for word in CANARIES for text in heard if re.search(re.escape(word), text)]
