"""A folder (`file:///srv/files`) or a bucket (`s3://bucket/prefix`, its credentials in the usual `AWS_…` variables)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore, S3Store

from integrations.calls import calling
from integrations.errors import Rejected, Unavailable

SERVICE: Final = "files"
OWNER_ONLY_FOLDER, OWNER_ONLY_FILE = 0o700, 0o600


class ObjectFiles:
    """A `FileStore`. Two letters of the name make a folder, so that none grows beyond what a person can list."""

    def __init__(self, store: LocalStore | S3Store, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    def put(self, name: str, body: bytes) -> None:
        with self._told():
            obstore.put(self._store, _path(name), body)
        if self._folder is not None:
            (self._folder / _path(name)).chmod(OWNER_ONLY_FILE)

    def get(self, name: str) -> bytes | None:
        try:
            with self._told():
                return bytes(obstore.get(self._store, _path(name)).bytes())
        except FileNotFoundError:
            return None

    def delete(self, name: str) -> None:
        try:
            with self._told():
                obstore.delete(self._store, _path(name))
        except FileNotFoundError:
            return

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Two answers to everything that goes wrong; the library's own words may quote an address: the kind is enough.

        A bucket's calls are told to whoever watches; that a file is not there is an answer, too.
        """
        missing: FileNotFoundError | None = None
        with calling(SERVICE) if self._folder is None else nullcontext():
            try:
                yield
            except FileNotFoundError as error:
                missing = error
            except (PermissionDeniedError, UnauthenticatedError, PermissionError) as error:
                raise Rejected(SERVICE, type(error).__name__) from None
            except (BaseError, OSError) as error:
                raise Unavailable(SERVICE, type(error).__name__) from None
        if missing is not None:
            raise missing


def file_store(url: str, *, patience_s: float = 3.0) -> ObjectFiles:
    """The store at `url`; an answer is awaited `patience_s` seconds. Raises ValueError for an address of another kind."""
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
        return _in_folder(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        return ObjectFiles(
            S3Store(
                parts.netloc,
                prefix=parts.path.strip("/") or None,
                client_options={"timeout": timedelta(seconds=patience_s), "allow_http": _plain_http()},
                retry_config={"max_retries": 1, "retry_timeout": timedelta(seconds=patience_s)},
            )
        )
    raise ValueError("neither file:///a/folder nor s3://bucket/prefix")


def _plain_http() -> bool:
    """Options given here hide the library's own reading of this variable (a store beside us, on loopback)."""
    return os.environ.get("AWS_ALLOW_HTTP", "").lower() in {"1", "true"}


def _in_folder(folder: Path) -> ObjectFiles:
    folder.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY_FOLDER)
    folder.chmod(OWNER_ONLY_FOLDER)
    return ObjectFiles(LocalStore(prefix=folder), folder)


def _path(name: str) -> str:
    return f"{name[:2]}/{name}"
