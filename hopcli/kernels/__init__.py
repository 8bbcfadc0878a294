"""Compiled kernels: raw arrays in, raw arrays out.

Nothing is checked here, and nothing printed; callers ensure shapes and types. numba is imported in
this package and nowhere else. Every kernel has a declared signature, so that importing its module
loads (or, the first time, compiles) it, and calling it does only the work.
"""

import os

from hopcli.kernels import cache_folder

# Whether compiled kernels are kept; chosen before numba is loaded, which then reads the folder.
KEPT = cache_folder.choose()

# Waiting threads sleep: one that spins keeps others from its core until its time slice ends. Where
# the other core was busy, a pass of 3 ms took 23 ms.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
