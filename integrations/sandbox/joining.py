"""What an operator would hand over on paper: addresses, names, secrets and the list of codes, as a links file of this sandbox."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from integrations.sandbox import bank, hcc, one_stop, operators, push
from integrations.sandbox.world import TRACKING_CODES

NAME: Final = "links.toml"
LINKS: Final = """\
[one_stop]
login_url = "{url}/one-stop/login"
call_url = "{url}/one-stop/call"
unit_code = "{unit}"
username = "{exchange_user}"
secret_file = "one-stop-secret"
read_s = 5

[carriers.vnpost]
interface = "{interface}"
customer_code = "{customer}"
username = "{post_user}"
secret_file = "post-secret"
token_url = "{url}/hcc/token"
post_url = "{url}/hcc/post"
cancel_url = "{url}/hcc/cancel"
tracking_url = "{url}/hcc/tracking"
price_url = "{url}/hcc/price"
tracking_codes_file = "codes.json"
read_s = 5

[messages.esms]
url = "{url}/esms"
sender = "{sender}"
api_key_file = "esms-key"
secret_file = "esms-secret"
read_s = 5

[messages.push]
contact = "mailto:truc@vidu.example"
secret_file = "push-keys"
hosts = {hosts}
"""
LETTERS: Final = """
[messages.email]
host = "127.0.0.1"
port = {port}
security = "none"
sender = "Tận Nhà <tan-nha@sandbox.example>"
read_s = 5
"""
BANK: Final = """
[bank]
bin = "{bin}"
account = "{account}"
name = "{holder}"
webhook_key_file = "sepay-key"
"""


def write_links(
    folder: Path, url: str, interface: str = "A", mail_port: int | None = None, *, with_bank: bool = False
) -> Path:
    """Write the file, its secrets and its codes into `folder`, readable by their owner alone; returns the file.

    `url`: where the sandbox answers; `interface` of the carrier: A, B-query or B-header;
    `mail_port`: where it takes letters, None: it takes none;
    `with_bank`: postage may be transferred to its bank, whose statement comes by webhook.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = LINKS.format(
        url=url,
        interface=interface,
        unit=one_stop.UNIT,
        exchange_user=one_stop.USER,
        post_user=hcc.USER,
        customer=hcc.CUSTOMER,
        sender=operators.SENDER,
        hosts=json.dumps(push.SERVICES),
    )
    if mail_port is not None:
        written += LETTERS.format(port=mail_port)
    if with_bank:
        written += BANK.format(bin=bank.BIN, account=bank.ACCOUNT, holder=bank.HOLDER)
        write_private(folder / "sepay-key", bank.KEY)
    if not (folder / "push-keys").exists():  # with another key nobody who allowed notices would be told any more
        write_private(folder / "push-keys", push.new_key())
    write_private(folder / "esms-key", operators.API_KEY)
    write_private(folder / "esms-secret", operators.SECRET_KEY)
    write_private(folder / "one-stop-secret", one_stop.SECRET)
    write_private(folder / "post-secret", hcc.SECRET)
    write_private(folder / "codes.json", json.dumps(TRACKING_CODES))
    write_private(folder / NAME, written)
    return folder / NAME


def write_private(path: Path, text: str) -> None:
    """Put a whole file in place, 0600: whoever reads it meanwhile sees the old one or the new one."""
    partial = path.with_name(path.name + ".part")
    with os.fdopen(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)
    partial.replace(path)
