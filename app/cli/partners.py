"""`tannha partner`: give a program a key to the API, replace it without a stop, take it back. A key is shown once."""

from __future__ import annotations

import argparse

from app.cli.opening import opened
from app.cli.output import add_json, show
from app.clock import make_clock
from app.config import Settings
from app.services.staff import access

BY = "system"


def configure(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="act", required=True)
    create = parts.add_parser("create", help="a new partner; prints its key, which is kept nowhere else")
    create.add_argument("name", help="the agency or program, as in the agreement")
    create.add_argument("--live", action="store_true", help="a key of real work (default: one that says `test`)")
    create.add_argument("--desk", metavar="CODE", help="an agency's key: it speaks for this desk only")
    rotate = parts.add_parser("rotate", help="a second key; both open until --finish ends the older")
    rotate.add_argument("name")
    rotate.add_argument("--finish", action="store_true", help="the agency uses the newer key: end the older one")
    revoke = parts.add_parser("revoke", help="the key opens nothing any more")
    revoke.add_argument("name")
    for part in (create, rotate, revoke):
        add_json(part)


def run(args: argparse.Namespace, settings: Settings) -> int:
    return {"create": _create, "rotate": _rotate, "revoke": _revoke}[args.act](args, settings)


def _create(args: argparse.Namespace, settings: Settings) -> int:
    now = make_clock(settings).now()
    with opened(settings) as database, database.transaction() as session:
        partner, key = access.make_partner(session, args.name, BY, now, live=args.live, desk=args.desk)
    text = f"The key of {partner.name}, shown this once:\n{key}"
    show({"name": partner.name, "live": partner.live, "key": key}, text, as_json=args.json)
    return 0


def _rotate(args: argparse.Namespace, settings: Settings) -> int:
    now = make_clock(settings).now()
    with opened(settings) as database, database.transaction() as session:
        partner = access.partner_of(session, args.name)
        key = None
        if args.finish:
            access.finish_rotation(session, partner, BY, now)
        else:
            key = access.rotate_key(session, partner, BY, now)
    result: dict[str, object] = {"name": partner.name, "live": partner.live} | ({"key": key} if key else {})
    text = f"The newer key of {partner.name}, shown this once; the older opens until --finish:\n{key}"
    show(result, text if key else f"Only the newer key of {partner.name} opens now.", as_json=args.json)
    return 0


def _revoke(args: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database, database.transaction() as session:
        partner = access.partner_of(session, args.name)
        access.revoke_partner(session, partner, BY, make_clock(settings).now())
    result = {"name": partner.name, "revoked_at": partner.revoked_at}
    show(result, f"The key of {partner.name} opens nothing any more.", as_json=args.json)
    return 0
