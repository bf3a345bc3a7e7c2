"""Put on the path of a process, this hides the engines that are extras from it and from its children."""

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec


class Hidden(MetaPathFinder):
    """Finds that two packages are not there."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Refuse the two, leave the rest to the other finders."""
        if name.partition(".")[0] in {"pyvrp", "vroom"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


sys.meta_path.insert(0, Hidden())
