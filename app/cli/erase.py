"""`tannha erase`: empty what is personal of one applicant; the chain stays whole and `verify-custody` says `erased`."""

from __future__ import annotations

import argparse

from app.cli.opening import opened
from app.cli.output import add_json, show
from app.clock import make_clock
from app.config import Settings
from app.queries.tracking.requests import by_reference
from app.services.evidence.erasure import erase_applicant

BY = "system"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "reference", help="of any request of the applicant, such as TN-7K3Q9X; its errands must be closed"
    )
    parser.add_argument("--basis", required=True, help="the legal basis, kept in the audit: a law and its article")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database, database.transaction() as session:
        request = by_reference(session, args.reference)
        applicant = erase_applicant(
            session, request.applicant_id, BY, make_clock(settings).now(), legal_basis=args.basis
        )
    result = {"reference": request.reference, "erased_at": applicant.erased_at}
    show(result, f"The person behind {request.reference} is erased; the custody chain stays whole.", as_json=args.json)
    return 0
