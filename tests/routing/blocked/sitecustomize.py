"""Put on the path of a process, this hides the engines that are extras, and the compiled one, from it and its children."""

import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec


class Hidden(MetaPathFinder):
    """Finds that two packages are not there, and no compiled library."""

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Refuse these, leave the rest to the other finders."""
        if name.partition(".")[0] in {"pyvrp", "vroom"} or name == "routing.engines.sisr.library":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


sys.meta_path.insert(0, Hidden())
