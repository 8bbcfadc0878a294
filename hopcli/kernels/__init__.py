"""Compiled kernels: raw arrays in, raw arrays out.

Nothing is checked here, and nothing printed; the rooms above see to shapes and types. numba lives
in this room and nowhere else. Every kernel has a declared signature, so that importing its module
loads (or, the first time, compiles) it, and calling it does only the work.
"""

from hopcli.kernels import places

# Before numba is loaded, which reads then where it keeps compiled kernels.
KEPT = places.choose()
