"""`tannha messages`: what citizens are told, as a list to register with an operator, and what a day of it costs."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from app.cli.output import add_json, show
from app.config import Settings
from app.domain.templates import TEMPLATES
from app.gateways import new_push_key
from app.gateways.message_costs import SmsTerms, longest_segments, sms_terms
from app.texts import LANGUAGES
from app.texts.message_examples import LINK_PLACE, patterns
from integrations.messages import unaccented

HEAD: Final = ("template", "version", "language", "sender", "unaccented", "accented", "segments")

A_DAY: Final[
    Mapping[str, float]
] = {  # messages a visit, of which 60 in 100 fetch papers and 40 bring results [assumption]
    "sign_in_code": 0.10,
    "booked": 0.60,
    "evening_before": 0.60,
    "collected": 0.50,
    "collected_in_part": 0.04,
    "handed_to_desk": 0.54,
    "accepted_until": 0.52,
    "papers_wanted": 0.02,
    "more_papers": 0.02,
    "refused": 0.01,
    "result_ready": 0.40,
    "scheduled": 0.40,
    "evening_before_result": 0.40,
    "delivered": 0.34,
    "asked_to_confirm": 0.01,
    "failed": 0.04,
    "failed_scheduled": 0.06,
    "failed_held": 0.01,
    "rescheduled": 0.02,
    "cancelled": 0.02,
}


@dataclass(frozen=True, slots=True)
class DayLine:
    """One message of a day: how often, and segments and đồng of one and of all."""

    template: str
    count: int
    segments: int
    dong: int


def configure(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True)
    templates = what.add_parser("templates", help="every text: what an operator registers")
    templates.add_argument("--csv", action="store_true", help="as the file that is handed in")
    add_json(templates)
    what.add_parser("push-key", help="a new key of notices to browsers, to stand first in the file of their keys")
    day = what.add_parser("day", help="what the messages of a day cost at most, at the operator's price")
    day.add_argument("--visits", type=int, default=1500)
    add_json(day)


def run(args: argparse.Namespace, settings: Settings) -> int:
    if args.what == "push-key":
        sys.stdout.write(f"{new_push_key()}\n")
        return 0
    terms = sms_terms(settings)
    if args.what == "templates":
        return _templates(args, settings, terms)
    lines = day_lines(settings, terms, args.visits)
    text = "\n".join(f"{one.template:<22} {one.count:>5} × {one.segments}  {one.dong:>10}" for one in lines)
    sums = {
        "messages": sum(one.count for one in lines),
        "segments": sum(one.count * one.segments for one in lines),
        "dong": sum(one.dong for one in lines),
    }
    last = "Together {messages} messages, {segments} segments, {dong} dong.".format(**sums)
    table = [
        {"template": one.template, "count": one.count, "segments": one.segments, "dong": one.dong} for one in lines
    ]
    show({"lines": table, **sums}, f"{text}\n{last}", as_json=args.json)
    return 0


def day_lines(settings: Settings, terms: SmsTerms, visits: int) -> list[DayLine]:
    lines = []
    for name, share in A_DAY.items():
        count = round(visits * share)
        each = longest_segments(terms.form, settings.base_url, name, "vi").count
        lines.append(DayLine(name, count, each, count * each * terms.price))
    return lines


def _templates(args: argparse.Namespace, settings: Settings, terms: SmsTerms) -> int:
    rows = [
        (
            one.name,
            one.version,
            language,
            terms.sender,
            unaccented(said),
            said,
            longest_segments(
                replace(terms.form, links=said.endswith(LINK_PLACE)), settings.base_url, one.name, language
            ).count,
        )
        for one in TEMPLATES.values()
        for language in LANGUAGES
        for said in patterns(one.name, language, links=terms.form.links)
    ]
    if args.csv:
        written = csv.writer(sys.stdout, lineterminator="\n")
        written.writerow(HEAD)
        written.writerows(rows)
        return 0
    text = "\n".join(f"{row[0]} {row[1]} {row[2]} ({row[6]}): {row[4]}" for row in rows)
    show({"templates": [dict(zip(HEAD, row, strict=True)) for row in rows]}, text, as_json=args.json)
    return 0
