"""`tannha erase`: empty what is personal of one person; the chain stays whole and `verify-custody` says `erased`."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from app.cli.erasures import list_only
from app.cli.opening import opened
from app.cli.output import add_json, show
from app.clock import make_clock
from app.config import Settings
from app.domain.erasing import ErasePerson
from app.models import ServiceRequest
from app.queries.tracking.lookalikes import Lookalike, lookalikes
from app.queries.tracking.requests import by_reference
from app.services.evidence.erasure import erase_person
from app.services.evidence.free_texts import texts_of

BY = "system"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("reference", help="of any request of the person, such as TN-7K3Q9X; its errands must be closed")
    parser.add_argument(
        "--basis", default="", help="the legal basis, kept in the audit: a law and its article, no name"
    )
    parser.add_argument("--also", nargs="+", default=[], help="references of more requests of the same person")
    parser.add_argument(
        "--helped", nargs="+", default=[], help="requests of others, of whom this person was the helper"
    )
    parser.add_argument("--look", action="store_true", help="change nothing; say what looks like the same person")
    add_json(parser)


def run(args: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database:
        with database.transaction() as session:
            request = by_reference(session, args.reference)
            chosen = [request, *(by_reference(session, one) for one in args.also)]
            ticked = {one.applicant_id for one in chosen}
            helped = tuple(by_reference(session, one).id for one in args.helped)
            more = [_plain(one) for one in lookalikes(session, request) if not _is_ticked(one, ticked, helped)]
            texts = _elsewhere(session, chosen)
            references = sorted(one.reference for one in chosen)
            if not args.look:
                command = ErasePerson(tuple(sorted(ticked)), BY, make_clock(settings).now(), args.basis, helped)
                erase_person(session, command)
        if not args.look:
            list_only(settings, database)
    result = {"references": references, "more": more, "texts_elsewhere": texts}
    show(result, _sentence(args.reference, more, texts, look=args.look), as_json=args.json)
    return 0


def _is_ticked(one: Lookalike, ticked: Collection[UUID], helped: Collection[UUID]) -> bool:
    return one.request.id in helped if one.as_helper else one.request.applicant_id in ticked


def _plain(one: Lookalike) -> dict[str, object]:
    """Ids and codes: what a terminal shows ends in its history."""
    role = "helper" if one.as_helper else "applicant"
    return {"reference": one.reference, "as": role, "matches": list(one.matches), "open": one.open_errands}


def _elsewhere(session: Session, chosen: Sequence[ServiceRequest]) -> list[str]:
    """Texts of other people's rows that name this person: decided on the coordinator's page, where they can be read."""
    texts = texts_of(session, [one.applicant_id for one in chosen])
    return [one.key for one in texts if not one.linked]


def _sentence(reference: str, more: Sequence[dict[str, object]], texts: Sequence[str], *, look: bool) -> str:
    done = f"The person behind {reference} is erased; the custody chain stays whole."
    lines = [f"What looks like the person behind {reference}:" if look else done]
    for one in more:
        option = "--helped" if one["as"] == "helper" else "--also"
        matches = ", ".join(map(str, one["matches"])) if isinstance(one["matches"], list) else ""
        lines.append(f"  {one['reference']} may be the same person ({matches}): look, then name it with {option}")
    lines += [f"  {key} names this person: decide on the coordinator's page" for key in texts]
    return "\n".join(lines)
