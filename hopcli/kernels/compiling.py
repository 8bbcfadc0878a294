"""Compiling kernels, and keeping what was compiled.

Unlike numba's own cache, this one may be damaged, and its disk full or missing: then a kernel is
compiled again. numba raises an error, and runs code that was changed.
"""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import FunctionCache

from hopcli.interruption import stand_by, undoing
from hopcli.kernels import KEPT

stand_by()


def njit(signature: Any = None, *, cache: bool = False, **options: Any) -> Any:
    """Compile as `numba.njit` does, with this cache; kernels release the interpreter's lock.

    If they held it, a process would not hear a signal while a kernel runs (hopcli/interruption.py).
    """
    if callable(signature):
        return numba.njit(signature)
    signatures = signature if isinstance(signature, list) else [signature] if signature else []

    def compile(function: Callable[..., Any]) -> Any:
        if not signatures:
            return numba.njit(**options)(function)
        return _compiled(function, signatures, keep=cache and KEPT, **options)

    return compile


def _compiled(
    function: Callable[..., Any], signatures: Sequence[str], *, keep: bool, **options: Any
) -> Any:
    """Return the kernel, compiled for all signatures, or loaded."""
    kernel = numba.njit(nogil=True, **options)(function)
    if keep:
        # numba finds no folder where a file has its name, or where the disk is read-only.
        with suppress(RuntimeError, OSError):
            kernel._cache = _Kept(function)
    for signature in signatures:
        kernel.compile(signature)
    kernel.disable_compile()
    return kernel


class _Kept(FunctionCache):
    """numba's files of one kernel, and one more with their digests."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return what is kept for a signature; None if that is nothing, or damaged."""
        with suppress(Exception):
            if self._digests_path.read_text() == self._digests():
                return super().load_overload(sig, target_context)
        for path in self._files():
            with suppress(OSError):
                path.unlink()
        return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep what was compiled, if the disk has space."""
        with suppress(OSError), undoing(self._remove_unfinished):
            super().save_overload(sig, data)
            self._digests_path.write_text(self._digests())

    @property
    def _digests_path(self) -> Path:
        return Path(self.cache_path, f"{self._impl.filename_base}.sha256")

    def _files(self) -> list[Path]:
        return sorted(Path(self.cache_path).glob(f"{self._impl.filename_base}.*nb[ic]"))

    def _digests(self) -> str:
        return "".join(
            f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
            for path in self._files()
        )

    def _remove_unfinished(self) -> None:
        for path in Path(self.cache_path).glob(f"{self._impl.filename_base}.*.tmp.*"):
            path.unlink()
