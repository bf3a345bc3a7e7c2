"""`tannha sandbox`: both outside systems on this machine, for demonstrations and drills; a program of its own."""

from __future__ import annotations

import argparse
import os
import signal
from importlib.util import find_spec
from types import FrameType

from app.cli.output import say
from app.cli.ports import check_port
from app.clock import make_clock
from app.config import Settings, SettingsError, private_folder


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="instead of the web's port + 1")
    parser.add_argument("--seed", type=int, default=0, help="of its faults (default 0)")
    parser.add_argument("--speed", type=float, default=0.0, help="seconds between two steps in time; 0: only when told")
    parser.add_argument("--desk", metavar="NAME", help="move on the dossiers of this desk alone (default: all)")
    parser.add_argument("--still", action="store_true", help="the post's items move only when told")
    parser.add_argument(
        "--faults",
        nargs="*",
        default=[],
        metavar="KIND=RATE",
        help="what goes wrong, e.g. latency=0.1 reset_after=0.05",
    )
    parser.add_argument(
        "--mild", action="store_true", help="a little of what heals by itself, unless faults were set before"
    )
    parser.add_argument("--mail-port", type=int, help="take letters to citizens there, on loopback (default: none are)")
    parser.add_argument("--our-url", help="where our own API answers (default: TANNHA_BASE_URL)")


def run(args: argparse.Namespace, settings: Settings) -> int:
    if settings.production:
        raise SettingsError("The sandbox plays with invented systems: not with TANNHA_ENV=production.")
    from integrations.sandbox.program import Program  # noqa: PLC0415 (Flask is loaded for this command alone)
    from integrations.sandbox.program import SandboxSettings as Sandbox  # noqa: PLC0415 - a program of its own

    port = args.port or settings.port + 1
    check_port(settings.host, port)
    if args.mail_port is not None:
        if not letters_can_be_played():
            raise SettingsError("--mail-port needs aiosmtpd: `pip install tannha[sandbox]`, or leave it out.")
        check_port("127.0.0.1", args.mail_port)
    program = Program(
        Sandbox(
            folder=private_folder(settings) / "sandbox",
            port=port,
            host=settings.host,
            seed=args.seed,
            speed=args.speed,
            our_url=args.our_url or settings.base_url,
            our_key=os.environ.get("TANNHA_SANDBOX_KEY"),
            clock=make_clock(settings).now,
            desk=args.desk,
            items=not args.still,
            mail_port=args.mail_port,
        )
    )
    try:
        program.faults.begin(mild=args.mild)
        program.faults.set(_rates(args.faults))
    except ValueError as error:
        raise SettingsError(f"--faults: {error}.") from None

    def stop(_number: int, _frame: FrameType | None) -> None:
        program.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    say(f"The sandbox answers at http://{settings.host}:{port}/")
    program.serve()
    return 0


def letters_can_be_played() -> bool:
    """Is the server of SMTP there? An installation without the extra `sandbox` plays everything else."""
    return find_spec("aiosmtpd") is not None


def _rates(given: list[str]) -> dict[str, float]:
    rates: dict[str, float] = {}
    for one in given:
        kind, _, rate = one.partition("=")
        try:
            rates[kind] = float(rate)
        except ValueError:
            raise ValueError(f"{one!r} is not KIND=RATE") from None
    return rates
