"""`tannha account`: open an account for somebody of the staff, give it a new password, close it.

The password comes from standard input, or is asked for twice: an argument would stand in the shell's history and in `ps`.
"""

from __future__ import annotations

import argparse
import sys
from getpass import getpass

from app.cli.opening import opened
from app.cli.output import add_json, show
from app.clock import make_clock
from app.config import Settings
from app.domain.errors import DomainError
from app.domain.identity import Role, parse_phone
from app.domain.wording import tidy
from app.models import StaffAccount
from app.services.staff import access, accounts, password_rules, passwords, second_factor

BY = "system"  # whoever may start the command has the database anyway


def configure(parser: argparse.ArgumentParser) -> None:
    parts = parser.add_subparsers(dest="act", required=True)
    create = parts.add_parser("create", help="a new account; the password is read from standard input or asked for")
    create.add_argument("username", help="small letters, digits, . _ -")
    create.add_argument("--role", required=True, choices=[role.value for role in Role])
    create.add_argument("--name", required=True, help="as on the staff card")
    create.add_argument("--office", metavar="CODE", help="of couriers, counter and office managers")
    create.add_argument("--desk", metavar="CODE", help="of desk clerks")
    create.add_argument("--phone", help="of couriers: the office calls it")
    password = parts.add_parser("password", help="a new password; every session of the account ends")
    password.add_argument("username")
    deactivate = parts.add_parser("deactivate", help="nobody signs in with it any more")
    deactivate.add_argument("username")
    factor = parts.add_parser(
        "second-factor", help="forget a lost authenticator or card; one enrols at the next sign-in"
    )
    factor.add_argument("username")
    for part in (create, password, deactivate, factor):
        add_json(part)


def run(args: argparse.Namespace, settings: Settings) -> int:
    acts = {"create": _create, "password": _password, "deactivate": _deactivate, "second-factor": _second_factor}
    account, sentence = acts[args.act](args, settings)
    result = {"username": account.username, "role": account.role.value, "active": account.active}
    show(result, f"{account.username} ({account.role.value}): {sentence}", as_json=args.json)
    return 0


def _create(args: argparse.Namespace, settings: Settings) -> tuple[StaffAccount, str]:
    phone = parse_phone(args.phone) if args.phone else None  # before anybody types a password
    command = accounts.OpenAccount(
        username=args.username,
        name=tidy(args.name),
        role=Role(args.role),
        password_hash=_typed_password(args.username, args.name),
        by=BY,
        now=make_clock(settings).now(),
        office=args.office,
        desk=args.desk,
        phone=phone,
    )
    with opened(settings) as database, database.transaction() as session:
        return accounts.open_account(session, command), "the account is open."


def _password(args: argparse.Namespace, settings: Settings) -> tuple[StaffAccount, str]:
    password_hash = _typed_password(args.username)
    with opened(settings) as database, database.transaction() as session:
        account = accounts.account_of(session, args.username)
        access.set_password(session, account, password_hash, BY, make_clock(settings).now())
    return account, "the password is new, and older sessions have ended."


def _deactivate(args: argparse.Namespace, settings: Settings) -> tuple[StaffAccount, str]:
    with opened(settings) as database, database.transaction() as session:
        account = accounts.account_of(session, args.username)
        accounts.close_account(session, account, BY, make_clock(settings).now())
    return account, "the account is closed."


def _second_factor(args: argparse.Namespace, settings: Settings) -> tuple[StaffAccount, str]:
    with opened(settings) as database, database.transaction() as session:
        account = accounts.account_of(session, args.username)
        second_factor.remove(session, account, BY, make_clock(settings).now())
    return account, "the second factor is gone, and sessions have ended; one enrols at the next sign-in."


def _typed_password(*names: str) -> str:
    """The hash of one line of standard input, or of what is typed twice unseen.

    Raises `passwords_differ` and the refusals of `check_new`.
    """
    if not sys.stdin.isatty():
        return _hashed(sys.stdin.readline().rstrip("\r\n"), names)
    first = getpass("Password: ")
    if getpass("Once more: ") != first:
        raise DomainError("passwords_differ", kind="invalid", field="password")
    return _hashed(first, names)


def _hashed(password: str, names: tuple[str, ...]) -> str:
    password_rules.check_new(password, *names)
    return passwords.hash_password(password)
