"""An installation that is joined to partners on loopback."""

from __future__ import annotations

import json
from pathlib import Path

from app.clock import Clock
from app.config import Settings
from app.database import Database
from app.gateways import known_links
from app.services.outbox import link_health
from app.worker.context import WorkerContext
from tests.factories import KEYS, NOW


def joined(folder: Path, database: Database, links: str, secret: str = "bi-mat-khong-ai-biet") -> WorkerContext:
    """`links`: the text of the links file; `secret` lies in the file `secret` beside it."""
    (folder / "secret").write_text(secret)
    (folder / "links.toml").write_text(links)
    settings = Settings(environment="test", var=folder, links=folder / "links.toml")
    with database.transaction() as session:
        link_health.register(session, known_links(settings))
    return WorkerContext(settings, database, Clock(fixed=NOW), KEYS)


def one_stop_at(url: str) -> str:
    return f"""
[one_stop]
login_url = "{url}/login"
call_url = "{url}/call"
unit_code = "H21"
username = "tan-nha"
secret_file = "secret"
read_s = 3
"""


CODES = {
    "10": {"milestone": "picked_up", "means": "Đã nhận"},
    "30": {"milestone": "in_transit", "means": "Đang vận chuyển"},
    "50": {"milestone": "out_for_delivery", "means": "Đang phát"},
    "60": {"milestone": "delivery_failed", "means": "Phát không thành công"},
    "70": {"milestone": "delivered", "means": "Phát thành công", "final": True},
    "80": {"milestone": "returned", "means": "Đã chuyển hoàn", "final": True},
    "90": {"milestone": "cancelled", "means": "Đã hủy", "final": True},
}


def carrier_at(folder: Path, url: str, more: str = "") -> str:
    """Interface A of a carrier at this address."""
    (folder / "codes.json").write_text(json.dumps(CODES))
    return f"""
[carriers.vnpost]
interface = "A"
customer_code = "GL01"
username = "gialai"
secret_file = "secret"
token_url = "{url}/token"
post_url = "{url}/post"
cancel_url = "{url}/cancel"
tracking_url = "{url}/tracking"
tracking_codes_file = "codes.json"
read_s = 3
{more}
"""
