from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.commands import DossierGiven, QuoteVisit
from app.domain.errand import RequestKind
from app.domain.errors import DomainError
from app.domain.tariff import ChargeKind, Direction, Discount, PricePart
from app.models import Charge, Procedure, TariffRate
from app.services.booking import pricing
from app.unit_of_work import UnitOfWork
from tests.factories import (
    DAY,
    World,
    make_desk,
    make_dossier,
    make_errand,
    make_paper,
    make_procedure,
    make_request,
    make_unit,
    make_world,
)


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def quote(
    session: UnitOfWork, world: World, *procedures: Procedure, kind: RequestKind = RequestKind.SEND, **given: object
) -> list[PricePart]:
    dossiers = tuple(DossierGiven(procedure.code) for procedure in procedures)
    return pricing.quote(session, QuoteVisit(kind, world.unit.code, dossiers, DAY, **given))  # type: ignore[arg-type]  # test shorthand


def heavy(session: Session, papers: int, **given: object) -> Procedure:
    return make_procedure(session, [make_paper(line) for line in range(1, papers + 1)], **given)


def test_there_and_back_is_the_sum_of_two_postages(session: UnitOfWork, world: World) -> None:
    parts = quote(session, world, world.procedure, kind=RequestKind.SEND_AND_RECEIVE)
    postages = [(part.direction, part.lower) for part in parts if part.kind is ChargeKind.POSTAGE]
    assert postages == [(Direction.SEND, 26_000), (Direction.RETURN, 26_000)]


def test_the_price_is_shown_from_this_band_to_the_next(session: UnitOfWork, world: World) -> None:
    (postage, *_) = quote(session, world, heavy(session, papers=30))
    assert (postage.lower, postage.upper) == (26_000, 26_500)


def test_every_part_names_its_legal_basis(session: UnitOfWork, world: World) -> None:
    assert all(part.basis for part in quote(session, world, world.procedure) if part.kind is ChargeKind.POSTAGE)


def test_another_zone_costs_more(session: UnitOfWork, world: World) -> None:
    make_desk(session, level="province", unit=make_unit(session, zone="Vùng khác"))
    (postage, *_) = quote(session, world, make_procedure(session, level="province"))
    assert postage.lower == 30_000


def test_a_known_state_fee_brings_the_price_of_remitting_it(session: UnitOfWork, world: World) -> None:
    parts = quote(session, world, make_procedure(session, state_fee=20_000))
    assert [(part.kind, part.lower) for part in parts[1:]] == [
        (ChargeKind.STATE_FEE, 20_000),
        (ChargeKind.REMITTANCE, 8_000),
    ]


def test_an_unknown_state_fee_is_never_free(session: UnitOfWork, world: World) -> None:
    parts = quote(session, world, make_procedure(session, state_fee=None))
    assert parts[1].lower is None
    assert pricing.total(parts) == pricing.Total(26_000, 26_000, unknown=True)


def test_nothing_is_remitted_where_the_fee_is_nothing(session: UnitOfWork, world: World) -> None:
    parts = quote(session, world, make_procedure(session, state_fee=0))
    assert [part.kind for part in parts] == [ChargeKind.POSTAGE, ChargeKind.STATE_FEE]


def test_who_only_receives_pays_no_state_fee_here(session: UnitOfWork, world: World) -> None:
    parts = quote(session, world, make_procedure(session, state_fee=20_000), kind=RequestKind.RECEIVE)
    assert [(part.kind, part.direction) for part in parts] == [(ChargeKind.POSTAGE, Direction.RETURN)]


@pytest.mark.parametrize(("discount", "paid"), [(Discount.FREE, 0), (Discount.HALF, 13_000)])
def test_those_the_law_honours_pay_less_postage(
    session: UnitOfWork, world: World, discount: Discount, paid: int
) -> None:
    assert quote(session, world, world.procedure, discount=discount)[0].lower == paid


def test_each_dossier_travels_in_its_own_envelope(session: UnitOfWork, world: World) -> None:
    dossiers = (DossierGiven(world.procedure.code), DossierGiven(heavy(session, 3).code))
    asked = QuoteVisit(RequestKind.SEND, world.unit.code, dossiers, DAY)
    assert len(pricing.quote_by_dossier(session, asked)) == 2


def test_only_papers_of_the_case_are_weighed(session: Session, world: World) -> None:
    assert pricing.papers_to_carry(world.procedure, []) == 2
    assert pricing.papers_to_carry(world.procedure, ["proxy"]) == 3


def test_originals_and_copies_both_weigh_and_a_declared_line_weighs_nothing(session: Session) -> None:
    papers = [make_paper(1, originals=2, copies=2), make_paper(2, originals=None, copies=None),
              make_paper(3, mode="declare", originals=0)]  # fmt: skip
    assert pricing.papers_to_carry(make_procedure(session, papers), []) == 5


def test_a_day_before_the_tariff_has_no_price(session: UnitOfWork, world: World) -> None:
    asked = QuoteVisit(RequestKind.SEND, world.unit.code, (DossierGiven(world.procedure.code),), date(2025, 1, 1))
    with pytest.raises(DomainError, match="no_tariff"):
        pricing.quote(session, asked)


def test_an_unknown_procedure_is_named_at_its_place(session: UnitOfWork, world: World) -> None:
    asked = QuoteVisit(RequestKind.SEND, world.unit.code, (DossierGiven("0.0"),), DAY)
    with pytest.raises(DomainError, match="procedure_unknown") as refusal:
        pricing.quote(session, asked)
    assert refusal.value.field == "dossiers.0.procedure_code"


def test_an_old_version_of_a_procedure_is_no_longer_sold(session: UnitOfWork, world: World) -> None:
    old = make_procedure(session, current=False)
    with pytest.raises(DomainError, match="procedure_unknown"):
        quote(session, world, old)


def both(session: UnitOfWork, world: World, **given: object) -> list[list[PricePart]]:
    """A birth and a marriage, handed over at one door."""
    dossiers = (DossierGiven(world.procedure.code), DossierGiven(heavy(session, 3).code))
    asked = QuoteVisit(RequestKind.SEND, world.unit.code, dossiers, DAY, **given)  # type: ignore[arg-type]  # test shorthand
    return pricing.quote_by_dossier(session, asked)


def test_one_visit_with_two_dossiers_is_paid_once_where_the_tariff_allows_it(session: UnitOfWork, world: World) -> None:
    for rate in session.scalars(select(TariffRate)):
        rate.together = True
    assert [parts[0].lower for parts in both(session, world)] == [26_000, 0]


def test_each_dossier_pays_its_own_postage_where_the_tariff_says_nothing_of_it(
    session: UnitOfWork, world: World
) -> None:
    assert [parts[0].lower for parts in both(session, world)] == [26_000, 26_000]


def test_a_half_price_is_the_half_of_the_whole_sending(session: UnitOfWork, world: World) -> None:
    for rate in session.scalars(select(TariffRate)):
        rate.together = True
    assert [parts[0].lower for parts in both(session, world, discount=Discount.HALF)] == [13_000, 0]


def test_what_is_paid_for_all_passes_on_when_its_dossier_goes(session: UnitOfWork, world: World) -> None:
    request = make_request(session)
    gone, stays = make_dossier(session, request=request), make_dossier(session, request=request)
    stays.desk_id = gone.desk_id
    errand = make_errand(session, request=request)
    band = PricePart(ChargeKind.POSTAGE, Direction.SEND, 26_000, 26_500, "")
    session.add_all(
        [
            pricing.charge_of(band, gone, errand),
            pricing.charge_of(replace(band, lower=0, upper=0), stays, errand),
        ]
    )
    session.flush()
    pricing.drop_charges(session, gone.id)
    (left,) = session.scalars(select(Charge).where(Charge.request_id == request.id))
    assert (left.dossier_id, left.amount, left.upper_amount) == (stays.id, 26_000, 26_500)
