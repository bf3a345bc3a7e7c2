from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from integrations.errors import BadAnswer, Rejected, Unavailable
from integrations.http import OutsideService
from integrations.identity import Provider, ProviderSettings
from tests.canaries import plant
from tests.fakes.identity import Forger, agree, forger, provider

BACK = "http://localhost:8000/dang-nhap/tinh/tro-lai"
SECRET = plant("bi mat cua tinh", "provider's secret")


def of(issuer: str) -> Provider:
    return Provider(ProviderSettings(issuer, "tan-nha", lambda: SECRET), OutsideService("sign-in"))


@pytest.fixture
def bad() -> Iterator[Forger]:
    with forger() as made:
        yield made


def test_a_person_comes_back_with_what_a_real_provider_vouches_for() -> None:
    with provider({"s-1": {"roles": ["one-stop-clerk"], "desk": "H21.65"}}) as issuer:
        one = of(issuer)
        begun = one.begin(BACK)
        brought = agree(begun.url, "s-1")
        assert brought["state"] == begun.state
        claims = one.finish(BACK, brought["code"], begun.nonce, begun.verifier)
    assert (claims["sub"], claims["roles"], claims["desk"]) == ("s-1", ["one-stop-clerk"], "H21.65")


def test_a_code_opens_once() -> None:
    with provider({"s-1": {}}) as issuer:
        one = of(issuer)
        begun = one.begin(BACK)
        code = agree(begun.url, "s-1")["code"]
        one.finish(BACK, code, begun.nonce, begun.verifier)
        with pytest.raises(Rejected):
            one.finish(BACK, code, begun.nonce, begun.verifier)


def test_a_code_of_another_sign_in_is_refused_by_its_nonce() -> None:
    with provider({"s-1": {}}) as issuer:
        one = of(issuer)
        begun = one.begin(BACK)
        code = agree(begun.url, "s-1")["code"]
        with pytest.raises(BadAnswer, match="wrong nonce"):
            one.finish(BACK, code, one.begin(BACK).nonce, begun.verifier)


def test_the_way_there_carries_a_challenge_and_never_the_verifier() -> None:
    with provider({}) as issuer:
        begun = of(issuer).begin(BACK)
    assert "code_challenge_method=S256" in begun.url
    assert begun.verifier not in begun.url


@pytest.mark.parametrize(
    ("wrong", "given"),
    [
        ("nonce", {"nonce": "another"}),
        ("nonce", {"nonce": None}),
        ("aud", {"aud": "another"}),
        ("aud", {"aud": ["tan-nha", "another"]}),
        ("azp", {"azp": "another"}),
        ("iss", {"iss": "https://another.example"}),
        ("exp", {"exp": 1_000_000_000}),
        ("exp", {"exp": None}),
        ("exp", {"exp": "tomorrow"}),
        ("iat", {"iat": 9_999_999_999}),
        ("nbf", {"nbf": 9_999_999_999}),
        ("sub", {"sub": ""}),
        ("sub", {"sub": 7}),
    ],
)
def test_a_token_with_a_wrong_claim_proves_nothing(bad: Forger, wrong: str, given: dict[str, Any]) -> None:
    bad.sign(bad.claims(time.time(), **given))
    with pytest.raises(BadAnswer, match=f"wrong {wrong}"):
        of(bad.issuer).finish(BACK, "c", "n", "v")


def test_a_good_token_of_the_same_maker_is_believed(bad: Forger) -> None:
    bad.sign(bad.claims(time.time()))
    assert of(bad.issuer).finish(BACK, "c", "n", "v")["sub"] == "s-1"


def test_a_clock_that_is_a_little_wrong_is_forgiven(bad: Forger) -> None:
    bad.sign(bad.claims(time.time() + 30) | {"exp": time.time() - 30})
    assert of(bad.issuer).finish(BACK, "c", "n", "v")["sub"] == "s-1"


def test_an_unsigned_token_is_refused(bad: Forger) -> None:
    parts = [{"alg": "none"}, bad.claims(time.time())]
    bad.token = (
        ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."
    )
    with pytest.raises(BadAnswer, match="proves nothing"):
        of(bad.issuer).finish(BACK, "c", "n", "v")


def test_a_token_signed_with_the_shared_secret_is_refused(bad: Forger) -> None:
    bad.token = jwt.encode({"alg": "HS256"}, bad.claims(time.time()), OctKey.import_key(SECRET * 4))
    with pytest.raises(BadAnswer, match="proves nothing"):
        of(bad.issuer).finish(BACK, "c", "n", "v")


def test_a_token_signed_by_somebody_else_is_refused(bad: Forger) -> None:
    bad.published = ECKey.generate_key("P-256", {"kid": "one"})
    bad.sign(bad.claims(time.time()))
    with pytest.raises(BadAnswer, match="proves nothing"):
        of(bad.issuer).finish(BACK, "c", "n", "v")


def test_a_rotated_key_is_looked_for_once_more(bad: Forger) -> None:
    one = of(bad.issuer)
    bad.sign(bad.claims(time.time()))
    one.finish(BACK, "c", "n", "v")
    bad.key = ECKey.generate_key("P-256", {"kid": "two"})
    bad.sign(bad.claims(time.time()), kid="two")
    assert one.finish(BACK, "c", "n", "v")["sub"] == "s-1"
    assert bad.keys_read == 2


def test_a_description_of_another_issuer_is_refused(bad: Forger) -> None:
    with pytest.raises(BadAnswer, match="another issuer"):
        of(bad.issuer.replace("127.0.0.1", "localhost")).begin(BACK)


def test_a_provider_that_is_away_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        of("http://127.0.0.1:1").begin(BACK)


def test_signing_out_there_is_offered_only_when_it_is_described(bad: Forger) -> None:
    assert of(bad.issuer).end_session_url(BACK) is None
    with provider({}) as issuer:
        assert "post_logout_redirect_uri=" in (of(issuer).end_session_url(BACK) or "")
