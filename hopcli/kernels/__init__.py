"""Compiled kernels: raw arrays in, raw arrays out.

Nothing is checked here, and nothing printed; the rooms above see to shapes and types. numba lives
in this room and nowhere else. Every kernel has a declared signature, so that importing its module
loads (or, the first time, compiles) it, and calling it does only the work.
"""

import os

from hopcli.kernels import places

# Before numba is loaded, which reads then where it keeps compiled kernels.
KEPT = places.choose()

# A thread that waits for another one by spinning keeps it from the core that both are on, until its
# time there is up: where the other core was busy, a pass of 3 ms took 23 ms. A waiting one sleeps.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
