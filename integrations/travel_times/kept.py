"""Answers kept by their content: the same question about the same road data is asked once."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CachedTravelTimes:
    """A folder of arrays named by the SHA-256 of what was asked; without a folder nothing is kept.

    A file that can't be read (cut off by a full disk) counts as not kept. Written aside and renamed, so that a reader never
    sees half of it.
    """

    folder: Path | None

    def get(self, asked: object) -> Ints | None:
        """Return what was answered before, or None."""
        if self.folder is None:
            return None
        try:
            kept: Ints = np.load(self._path(self.folder, asked), allow_pickle=False)
        except (FileNotFoundError, ValueError, EOFError):
            return None
        return kept

    def put(self, asked: object, answer: Ints) -> None:
        """Keep an answer; a full or read-only disk keeps nothing, and says nothing: the roads can be asked again."""
        if self.folder is None:
            return
        path = self._path(self.folder, asked)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as aside:
                np.save(aside, answer, allow_pickle=False)
            Path(aside.name).replace(path)
        except OSError:
            return

    @staticmethod
    def _path(folder: Path, asked: object) -> Path:
        name = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
        return folder / name[:2] / f"{name}.npy"
