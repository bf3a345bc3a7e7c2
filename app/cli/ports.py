"""Whether an address can be listened at, said before anything is started there."""

from __future__ import annotations

import socket

from app.config import SettingsError


def check_port(host: str, port: int, setting: str = "PORT") -> None:
    """Raise one sentence when somebody else listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingsError(
                f"Port {port} on {host} can't be used ({error.strerror}): stop the program that holds it, "
                f"or choose another, for example {setting}={_next(host, port, setting)}."
            ) from None


def _next(host: str, port: int, setting: str) -> str:
    return str(port + 1) if setting == "PORT" else f"{host}:{port + 1}"
