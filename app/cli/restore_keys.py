"""What a restore needs beside the archive: a signer that is known here, and the keys without which it is paper."""

from __future__ import annotations

from pathlib import Path

from app.cli.archive import public_of
from app.cli.unpacking import Listing
from app.config import (
    SECRETS,
    Keys,
    SecretList,
    SecretPlace,
    Settings,
    SettingsError,
    fingerprint,
    keys_of,
    secret_list,
)


def check_signer(settings: Settings, file: Path, listing: Listing, signed_by: str | None) -> None:
    """The archive's own word is not enough: whoever has the recipient's public key can encrypt, and sign with any key."""
    if signed_by is not None:
        if signed_by.strip().lower() != listing.signer:
            raise SettingsError(f"{file} is signed by {listing.signer}, not by {signed_by}. Nothing was changed.")
        return
    (place,) = (one for one in SECRETS if one.kind == "signing")
    known = secret_list(settings, place, make=False)
    if known is not None and listing.signer in _publics(known):
        return
    if known is None:
        raise SettingsError(
            f"{file} is signed by {listing.signer}, and no signing key is here to know it by: give {place.variable}, or, "
            f"if this is the key that `tannha backup` printed, add --signed-by {listing.signer}. Nothing was changed."
        )
    raise SettingsError(
        f"{file} is signed by {listing.signer}, which is no key of this installation ({place.variable}): it is another "
        "installation's, or forged. Nothing was changed."
    )


def _publics(found: SecretList) -> set[str]:
    keys: Keys = keys_of({place.kind: found for place in SECRETS})
    return {public_of(seed) for seed in (keys.signing, *keys.other_signings)}


def check_keys(settings: Settings, file: Path, listing: Listing) -> None:
    """Raises SettingsError, which names each key that is missing and the way to give it."""
    missing = [sentence for place in SECRETS for sentence in _missing(settings, listing, place)]
    if missing:
        raise SettingsError(f"{file} can't be used without its keys. {' '.join(missing)} Nothing was changed.")


def _missing(settings: Settings, listing: Listing, place: SecretPlace) -> list[str]:
    """What is named here wins over what the archive brings: a program would use that."""
    here = secret_list(settings, place, make=False) or listing.secrets.get(place.kind)
    there = {fingerprint(place.kind, value) for value in (here.current, *here.others)} if here else set()
    needed = [one["fingerprint"] for one in listing.contents["keys"] if one["kind"] == place.kind]
    path = settings.private / place.file
    return [
        f"The key {one} ({place.kind}) is missing: put it into {place.variable} or into {path}, beside the values there."
        for one in needed
        if one not in there
    ]


def lists_for(settings: Settings, listing: Listing) -> dict[str, SecretList]:
    """The keys that a restored installation would work with here."""
    found = {
        place.kind: secret_list(settings, place, make=False) or listing.secrets.get(place.kind) for place in SECRETS
    }
    return {kind: one for kind, one in found.items() if one is not None}
