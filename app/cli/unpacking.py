"""Reads a backup in two passes: the first proves every hash and the signature, the second hands out what was proved.

Nothing is written and no program is fed before the first pass has come to the end; the second checks each piece again
before it is used, so that a file exchanged in between gains nothing. No plain copy lies anywhere.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from app.cli.age_pipe import MAGIC, Undecryptable, identities_of, opening
from app.cli.archive import FILES, FORMAT, KEY_FILES, LIST, SIGNATURE, list_holds
from app.config import SECRETS, SecretList, SettingsError

CHUNK: Final = 1 << 20
LONGEST_LIST: Final = 256 << 20  # a million files
LONGEST_KEY: Final = 64 << 10


@dataclass(frozen=True, slots=True)
class Listing:
    """What the first pass proved."""

    contents: dict[str, Any]
    hashes: dict[str, str]  # of every member, as the list says and the archive has it
    signer: str  # the public key, hex
    secrets: dict[str, SecretList]  # by kind: what the archive brings

    @property
    def summary(self) -> dict[str, Any]:
        """Without the names of all files."""
        return {name: value for name, value in self.contents.items() if name != "entries"} | {"signed_by": self.signer}


@dataclass(slots=True)
class _Found:
    hashes: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)  # list, signature, keys


@dataclass(frozen=True, slots=True)
class Archive:
    file: Path
    identity: Path | None = None

    def prove(self) -> Listing:
        """The first pass. Raises SettingsError: not ours, cut off, altered, unsigned, or closed to us."""
        found = _Found()
        with self.members() as members:
            for name, size, body in members:
                self._take(found, name, size, body)
        return self._listing(found)

    def _take(self, found: _Found, name: str, size: int, body: BinaryIO) -> None:
        if name in found.hashes:
            raise self._refused(f"{name} is in it twice")
        small = LONGEST_LIST if name in {LIST, SIGNATURE} else LONGEST_KEY if name in _KEY_NAMES else 0
        if small:
            if size > small:
                raise self._refused(f"{name} is too long")
            found.kept[name] = body.read(size)
            hashed = hashlib.sha256(found.kept[name])
        else:
            hashed = hashlib.sha256()
            while part := body.read(CHUNK):
                hashed.update(part)
        found.hashes[name], found.sizes[name] = hashed.hexdigest(), size

    def _listing(self, found: _Found) -> Listing:
        raw = found.kept.get(LIST)
        if raw is None or SIGNATURE not in found.kept:
            raise self._refused(
                "it has no signed list: cut off, or of a version that signed none; if you know it to be yours, "
                f"`tannha backup NEW --adopt {self.file}` signs it"
            )
        try:
            signed = json.loads(found.kept[SIGNATURE])
            signer, signature = str(signed["public_key"]), str(signed["signature"])
            contents = json.loads(raw)
            entries = {entry["name"]: (entry["size"], entry["sha256"]) for entry in contents["entries"]}
        except (ValueError, KeyError, TypeError):
            raise self._refused("nobody can read its list") from None
        if not list_holds(signer, signature, raw):
            raise self._refused("its list was altered after it was signed")
        if contents.get("format") != FORMAT:
            raise self._refused(f"its format is {contents.get('format')}, this version reads {FORMAT}")
        self._compare(found, entries)
        return Listing(contents, {name: sha256 for name, (_, sha256) in entries.items()}, signer, _secrets(found.kept))

    def _compare(self, found: _Found, entries: dict[str, tuple[int, str]]) -> None:
        there = {name: (found.sizes[name], sha256) for name, sha256 in found.hashes.items()}
        for name in sorted({*entries, *there} - {LIST, SIGNATURE}):
            if name not in there:
                raise self._refused(f"{name} is missing from it")
            if name not in entries:
                raise self._refused(f"{name} was put into it, its list does not know it")
            if entries[name] != there[name]:
                raise self._refused(f"{name} was altered")

    @contextmanager
    def proved(self, listing: Listing) -> Iterator[Iterator[tuple[str, int, BinaryIO]]]:
        """The second pass: members in their order, without list and signature."""
        with self.members() as members:
            yield (one for one in members if one[0] in listing.hashes)

    def piece(self, listing: Listing, name: str, body: BinaryIO) -> bytes:
        """A whole member, checked once more before anybody uses it."""
        content = body.read()
        if hashlib.sha256(content).hexdigest() != listing.hashes[name]:
            raise self._refused(f"{name} changed while it was read")
        return content

    def write(self, listing: Listing, name: str, body: BinaryIO, target: Path) -> None:
        """The same for a file of any length: it gets its name once it is proved."""
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        partial, hashed = target.with_name(target.name + ".restored"), hashlib.sha256()
        with partial.open("wb") as out:
            partial.chmod(0o600)
            while part := body.read(CHUNK):
                hashed.update(part)
                out.write(part)
        if hashed.hexdigest() != listing.hashes[name]:
            partial.unlink()
            raise self._refused(f"{name} changed while it was read")
        partial.replace(target)

    @contextmanager
    def members(self) -> Iterator[Iterator[tuple[str, int, BinaryIO]]]:
        """Each with its size, in their order, whether or not anybody signed them."""
        with self._told(), self._members() as members:
            yield members

    @contextmanager
    def _members(self) -> Iterator[Iterator[tuple[str, int, BinaryIO]]]:
        with self.file.open("rb") as raw:
            sealed = raw.read(len(MAGIC)) == MAGIC
            raw.seek(0)
            if sealed and self.identity is None:
                raise SettingsError(f"{self.file} is encrypted: name the file of its identity with --identity FILE.")
            identities = identities_of(self.identity) if sealed and self.identity else []
            with (
                _plain(raw, identities) as plain,
                tarfile.open(fileobj=plain, mode="r|", bufsize=tarfile.RECORDSIZE) as archive,
            ):
                yield self._each(archive)

    def _each(self, archive: tarfile.TarFile) -> Iterator[tuple[str, int, BinaryIO]]:
        for member in archive:
            archive.members.clear()  # type: ignore[attr-defined]  # it remembers each, which a million files would feel
            body = archive.extractfile(member) if member.isreg() else None
            if body is None or member.name.startswith("/") or ".." in Path(member.name).parts:
                raise self._refused(f"{member.name} is not a file that a backup holds")
            yield member.name, member.size, body  # type: ignore[misc]  # typeshed: IO[bytes]

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            if error.filename != str(self.file):
                raise
            raise SettingsError(f"There is no file {self.file}: name an archive that `tannha backup` wrote.") from None
        except Undecryptable as error:
            raise self._refused(f"it does not decrypt ({error}): another identity, cut off, or altered") from error
        except (tarfile.TarError, EOFError) as error:
            raise self._refused("it is cut off, altered, or none at all") from error

    def _refused(self, why: str) -> SettingsError:
        return SettingsError(f"{self.file} is not a backup that can be believed: {why}. Nothing was changed.")


_KEY_NAMES: Final = frozenset(f"{FILES}/{name}" for name in KEY_FILES)


def _secrets(kept: dict[str, bytes]) -> dict[str, SecretList]:
    brought = {place.kind: kept.get(f"{FILES}/{place.file}") for place in SECRETS}
    return {kind: SecretList.read(body.decode(), kind) for kind, body in brought.items() if body is not None}


@contextmanager
def _plain(raw: BinaryIO, identities: Sequence[Any]) -> Iterator[BinaryIO]:
    if not identities:
        yield raw
        return
    with opening(raw, identities) as plain:
        yield plain
