"""A bag's manifest lists every envelope with its seal, and nobody by name."""

from __future__ import annotations

import io

from pypdf import PdfReader

from app.services.desks.bags import close_bag
from app.services.documents import manifest
from app.unit_of_work import UnitOfWork
from tests.app.services.desks.test_bags import closing, in_the_safe


def test_the_manifest_names_envelopes_and_places_but_nobody(session: UnitOfWork) -> None:
    road, parcels = in_the_safe(session, 2)
    bag = close_bag(session, closing(road, parcels, seal_number="TUI0007"))

    pages = PdfReader(io.BytesIO(manifest.render(session, bag))).pages
    words = " ".join(" ".join(page.extract_text().split()) for page in pages)

    assert len(pages) == 1
    for parcel in parcels:
        assert parcel.code in words
        assert parcel.seals[0].number in words
    for said in (bag.code, "TUI0007", road.world.office.name, road.world.desk.name, "hồ sơ gửi đi"):
        assert said in words
    assert str(road.request.applicant.name) not in words
