"""`hopcli.store`: pictures and arrays as a memory."""

from collections.abc import Sequence
from pathlib import Path

from hopcli.model.memory import Memory, memory_limit


def store(source: str | Path | Sequence[str | Path], *, mode: str = "auto") -> Memory:
    """Read pictures and arrays as the patterns of a memory; nothing is written.

    Args:
        source: folders, which are searched recursively, pictures and `.npy` arrays.
        mode: "auto", "binary", "gray" or "rgb".

    Raises:
        PictureError: none of the files can be read.
    """
    from hopcli.formats import collect, sources

    given = [source] if isinstance(source, str | Path) else source
    files = sources.find([Path(path) for path in given], "folder")
    limit = memory_limit(None)
    memory, _ = collect.collect(files, collect.Plan(None, mode, None, None, limit=limit))
    return Memory.of(memory, None, limit)
