"""`tannha doctor`: can this installation work, and if not, what is to be done?"""

from __future__ import annotations

import argparse
from dataclasses import asdict

from app.cli.checks import Check, everything, worst
from app.cli.embedded import start_embedded
from app.cli.output import add_json, show
from app.config import Settings, SettingsError
from app.gateways.probes import send_test_message

NO = 1
SIGNS = {"ok": "ok     ", "warning": "WARNING", "fault": "FAULT  "}


def configure(parser: argparse.ArgumentParser) -> None:
    add_json(parser)
    parser.add_argument(
        "--message-to",
        metavar="WHOM",
        action="append",
        default=[],
        help="send a real test message to this telephone (over every operator, and pay for it) or address of e-mail",
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    checks = everything(start_embedded(settings))
    for whom in args.message_to:
        checks += _test_messages(settings, whom)
    state = worst(checks)
    width = max(len(check.name) for check in checks)
    lines = [f"{SIGNS[check.state]}  {check.name:<{width}}  {check.sentence}" for check in checks]
    show({"state": state, "checks": [asdict(check) for check in checks]}, "\n".join(lines), as_json=args.json)
    return NO if state == "fault" else 0


def _test_messages(settings: Settings, to: str) -> list[Check]:
    try:
        sent = send_test_message(settings, to)
    except ValueError:
        raise SettingsError("--message-to is neither a telephone number nor an address of e-mail.") from None
    except SettingsError as error:
        return [Check("test message", "fault", str(error))]
    if not sent:
        return [Check("test message", "fault", "Nobody carries such: join a mail server, or give a telephone number.")]
    return [
        Check(f"test message by {name}", "ok", "Taken. Look at the telephone: taken is not delivered.")
        if code is None
        else Check(f"test message by {name}", "fault", f"Refused with {code}: docs/connect.md says what to look at.")
        for name, code in sent
    ]
