"""`tannha roads FILE.osm.pbf`: prepare a province's roads and serve them, so that `TANNHA_ROADS` needs no other product.

With `--map` the roads of each commune go into the database, to be drawn on the maps of phones and boards.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import NoReturn

from app.cli.opening import opened
from app.cli.output import say
from app.cli.ports import check_port
from app.clock import make_clock
from app.config import Settings, SettingsError
from app.queries.reference.areas import grounds
from app.services.reference.road_layers import keep_layers
from integrations.travel_times import ExtractUnreadable, OsrmPrograms, RoadsNotPrepared, road_layers

PORT = 5000
MISSING = (
    "OSRM's programs are not here. With Python 3.12 or newer: pip install 'osrm-bindings>=26.10,<27'. With 3.11: pip install "
    "--python-version 3.12 --platform manylinux_2_28_x86_64 --only-binary=:all: --no-deps --target DIR "
    "'osrm-bindings>=26.10,<27', then --programs DIR/osrm."
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("extract", type=Path, metavar="FILE.osm.pbf", help="the province's part of OpenStreetMap")
    parser.add_argument("--host", default="127.0.0.1", help="where it listens (default 127.0.0.1)")
    parser.add_argument("--port", type=int, default=PORT, help=f"default {PORT}")
    parser.add_argument("--programs", type=Path, metavar="DIR", help="OSRM's folder (default: the installed package's)")
    parser.add_argument(
        "--map", action="store_true", help="only put each commune's roads on the maps of phones and boards"
    )
    parser.add_argument("--prepare", action="store_true", help="only prepare; print where the prepared roads lie")


def run(args: argparse.Namespace, settings: Settings) -> int:
    if args.map:
        return _draw(args.extract, settings)
    programs = OsrmPrograms.found(args.programs)
    if programs is None:
        raise SettingsError(MISSING)
    say("Preparing the roads: some minutes for a province, once a file …")
    try:
        roads = programs.prepare(args.extract, settings.var / "roads")
    except OSError as error:
        raise SettingsError(f"{args.extract} can't be read or {settings.var} written: {error.strerror}.") from error
    except RoadsNotPrepared as error:
        raise SettingsError(str(error)) from error
    if args.prepare:
        print(roads)
    else:
        _serve(programs.serving(roads, args.host, args.port), args.host, args.port)
    return 0


def _draw(extract: Path, settings: Settings) -> int:
    with opened(settings) as database:
        with database.transaction() as session:
            known = grounds(session)
        try:
            layers = road_layers(extract, known)
        except OSError as error:
            raise SettingsError(f"{extract} can't be read: {error.strerror}.") from error
        except ExtractUnreadable as error:
            raise SettingsError(f"{error}.") from error
        if not layers:
            raise SettingsError(
                f"{extract.name} holds no road of these {len(known)} communes: is it another province's?"
            )
        with database.transaction() as session:
            size = keep_layers(session, layers, "system", make_clock(settings).now())
    largest = max(map(len, layers.values()))
    print(
        f"{len(layers)} of {len(known)} communes have roads on their maps: {size:,} bytes, the largest {largest:,} unpacked."
    )
    return 0


def _serve(command: list[str], host: str, port: int) -> NoReturn:
    """From here on this process is the server, for whoever supervises it."""
    check_port(host, port)
    say(f"Serving them. For the worker: TANNHA_ROADS=http://{host}:{port}")
    os.execv(command[0], command)  # noqa: S606  (OSRM's own program)
