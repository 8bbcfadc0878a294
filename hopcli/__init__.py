"""hop: store patterns in a Hopfield network and recall them from damaged ones."""

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hopcli.errors import HopError
    from hopcli.model.capacity import capacity
    from hopcli.model.memory import Memory, load
    from hopcli.model.store import store

__version__ = "0.1.0"
__all__ = ["HopError", "Memory", "__version__", "capacity", "load", "store"]

# The seconds that a command reports as its total are counted from here.
STARTED = time.perf_counter()

# Where each name comes from: `import hopcli` itself loads nothing.
_MODULES = {
    "HopError": "hopcli.errors",
    "Memory": "hopcli.model.memory",
    "load": "hopcli.model.memory",
    "store": "hopcli.model.store",
    "capacity": "hopcli.model.capacity",
}


def __getattr__(name: str) -> Any:
    """Load what is asked for."""
    if name not in _MODULES:
        raise AttributeError(f"module 'hopcli' has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(_MODULES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return __all__
