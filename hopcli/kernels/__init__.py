"""Compiled kernels: raw arrays in, raw arrays out.

Nothing is checked here, and nothing printed; the rooms above see to shapes and types. numba lives
in this room and nowhere else. Every kernel has a declared signature, so that importing its module
loads (or, the first time, compiles) it, and calling it does only the work.
"""

import os
import tempfile
from pathlib import Path


def _writable(folder: Path) -> bool:
    """Whether a file can be made in this folder, or in the nearest one above it that exists."""
    while not folder.exists():
        folder = folder.parent
    return os.access(folder, os.W_OK)


# numba keeps compiled kernels beside the source or in the home folder, and raises where it can
# write to neither. A private folder for this process then serves: nobody else can write to it.
if "NUMBA_CACHE_DIR" not in os.environ and not (
    _writable(Path(__file__).parent / "__pycache__") or _writable(Path.home())
):
    os.environ["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(prefix="hop-kernels-")

# A thread that waits for another one by spinning keeps it from the core that both are on, until its
# time there is up: where the other core was busy, a pass of 3 ms took 23 ms. A waiting one sleeps.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
