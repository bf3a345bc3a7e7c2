"""What a province has before it installs: a name with its certificate, a store of files, an operator of messages, roads.

All are played inside the machine: an own certificate authority, moto, the sandbox, roads from unit to unit.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from app.clock import Clock
from integrations.sandbox import operators
from tests.drill.machine import TOOLS, Machine
from tests.repository.sources import ROOT

NAME: Final = "tannha.drill.example"
BUNDLE: Final = "/etc/ssl/certs/ca-certificates.crt"
PYTHON: Final = ROOT / ".venv/bin/python"

CERTIFICATES: Final = f"""
mkdir -p /root/ca /etc/tannha/tls && cd /root/ca
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj '/CN=Drill' -keyout ca.key -out ca.crt 2>&1
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN={NAME}' -keyout /etc/tannha/tls/tannha.key -out one.csr 2>&1
printf 'subjectAltName=DNS:{NAME}\\nextendedKeyUsage=serverAuth\\n' > one.ext
openssl x509 -req -in one.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile one.ext -out /etc/tannha/tls/tannha.crt 2>&1
chmod 0600 /etc/tannha/tls/tannha.key
cp ca.crt /usr/local/share/ca-certificates/drill.crt
update-ca-certificates 2>&1
echo '127.0.0.1 {NAME}' >> /etc/hosts
"""
EDITOR: Final = f"""\
#!/bin/sh
# The engineer's hand: what a person would type into each file.
set -eu
case "$1" in
/etc/tannha/tannha.env)
    sed -i -e 's|^TANNHA_BASE_URL=.*|TANNHA_BASE_URL=https://{NAME}|' -e 's|^AWS_ACCESS_KEY_ID=.*|AWS_ACCESS_KEY_ID=drill|' \\
        -e 's|^AWS_SECRET_ACCESS_KEY=.*|AWS_SECRET_ACCESS_KEY=drill|' "$1" ;;
/etc/tannha/links.toml)
    printf %s {operators.API_KEY} > /etc/tannha/esms-key
    printf %s {operators.SECRET_KEY} > /etc/tannha/esms-secret
    printf '[messages.esms]\\nurl = "http://127.0.0.1:9100/esms"\\nsender = "{operators.SENDER}"\\n' > "$1"
    printf 'api_key_file = "esms-key"\\nsecret_file = "esms-secret"\\nrate_per_minute = 600\\n' >> "$1"
    chgrp tannha /etc/tannha/esms-* "$1"
    chmod 0640 /etc/tannha/esms-* "$1" ;;
*)
    echo "nobody said what to write into $1" >&2
    exit 1 ;;
esac
"""
UNIT: Final = """\
[Unit]
Description={what}

[Service]
{environment}
ExecStart={start}
Restart=on-failure
RestartSec=1
"""
BUCKET: Final = (
    "import boto3; boto3.client('s3', endpoint_url='http://127.0.0.1:9000', region_name='us-east-1', "
    "aws_access_key_id='drill', aws_secret_access_key='drill').create_bucket(Bucket='tannha')"
)


def before(machine: Machine, wheel: Path) -> None:
    """On the engineer's desk: the wheel, a fresh cluster such as Debian's package makes, and an editor. It is noon in Gia Lai."""
    machine.run(_noon(Clock().now()))
    machine.run(f"cp {wheel} /root/ && (pg_dropcluster --stop 15 main || true) 2>/dev/null && pg_createcluster 15 main")
    machine.put("/usr/local/bin/editor", EDITOR, 0o755)
    machine.run(f"{PYTHON} -m tests.drill.inside roads /root/roads.osm.pbf", PYTHONPATH=str(ROOT))


def _noon(now: datetime) -> str:
    """The zone of the service, where it is noon now: at night nobody is sent a message before seven, whenever this runs."""
    east = 12 - now.hour  # `now` is in UTC
    zone = f"/usr/share/zoneinfo/Etc/GMT{-east:+d}" if east else "/usr/share/zoneinfo/Etc/UTC"  # east of it is "GMT-"
    return f"cp --remove-destination {zone} /usr/share/zoneinfo/Asia/Ho_Chi_Minh"


def opens(machine: Machine) -> None:
    """Certificate, store and operator, once the program is there that plays the operator."""
    machine.run(CERTIFICATES)
    play = "/opt/tannha/bin/tannha sandbox --port 9100 --seed 7 --speed 1 --faults latency=0.05 undelivered=0.02 server_error=0.02"
    told = f"Environment=TANNHA_ENV=test\nEnvironment=TANNHA_VAR=/srv/operator\nEnvironment=REQUESTS_CA_BUNDLE={BUNDLE}"
    store = f"{TOOLS}/moto_server --host 127.0.0.1 --port 9000"
    for name, what, environment, start in (
        ("operator", "an operator of messages", told, play),
        ("store", "a store", "Environment=AWS_DEFAULT_REGION=us-east-1", store),
    ):
        machine.put(
            f"/etc/systemd/system/site-{name}.service", UNIT.format(what=what, environment=environment, start=start)
        )
    machine.run("systemctl daemon-reload; systemctl start site-operator site-store")
    machine.run("for try in $(seq 60); do curl -s -o /dev/null http://127.0.0.1:9000/ && break; sleep 0.5; done")
    machine.run(f'{TOOLS}/python -c "{BUCKET}"')
