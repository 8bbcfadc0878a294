"""Options that several commands share, and what they are read as."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click

from hopcli.cli.signatures import Option
from hopcli.formats.limits import MOST_PIXELS as MOST_PIXELS
from hopcli.model.options import ACCEPT, ALIGN

if TYPE_CHECKING:
    from hopcli.executors import PartitionedExecutor

MEMORY: Any = Option(
    "--memory",
    "-m",
    envvar="HOP_MEMORY",
    metavar="PATH",
    help="The memory: a file, or a folder of several.",
)
MemoryOption = Annotated[Path, MEMORY]
# A path would not know whether it was given with a slash at its end.
StoredMemoryOption = Annotated[str, MEMORY]
SeedOption = Annotated[
    int,
    Option(
        "--seed", min=0, metavar="N", help="Same seed, same result, with any number of threads."
    ),
]
JsonOption = Annotated[bool, Option("--json", help="Write one JSON object to standard output.")]
NoiseOption = Annotated[
    str | None,
    Option(
        "--noise", metavar="P", default="0",
        help="Flip each pixel with this probability; in grey and colour, add Gaussian noise of "
        "this deviation.",
    ),
]  # fmt: skip
OccludeOption = Annotated[
    str | None,
    Option(
        "--occlude", metavar="WHAT",
        help="Hide half of the picture (left, right, top, bottom), or a random fraction of its "
        "pixels (0 to 1).",
    ),
]  # fmt: skip
CueThresholdOption = Annotated[
    str | None,
    Option(
        "--threshold", metavar="T", default="otsu",
        help="Only for binary memories: otsu, or the level from 0 to 1 above which is bright.",
    ),
]  # fmt: skip
AlignOption = Annotated[
    str | None,
    Option("--align", metavar="auto|off", help=ALIGN.help),
]
AcceptOption = Annotated[
    str | None,
    Option("--accept", metavar="P", default=str(ACCEPT.default), help=ACCEPT.help),
]
ClusterOption = Annotated[
    str | None,
    Option(
        "--cluster", metavar="ADDRESS",
        help="Let the workers of a dask cluster look at the patterns; they must see the memory's "
        "files under the same path.",
    ),
]  # fmt: skip
ModeOption = Annotated[
    str,
    Option(
        "--mode", metavar="MODE", help="auto, binary (black and white by a threshold), gray or rgb."
    ),
]
MaxMemoryOption = Annotated[
    str,
    Option(
        "--max-memory", metavar="SIZE",
        help="The most memory that the content of a file may take, such as 2G or 500M; half is "
        "half of the machine's. Patterns that are read from the file as needed do not count.",
    ),
]  # fmt: skip
ThresholdOption = Annotated[
    str,
    Option(
        "--threshold", metavar="T", help="otsu, or the level from 0 to 1 above which is bright."
    ),
]

MaxPixelsOption = Annotated[
    int,
    Option(
        "--max-pixels", min=1, metavar="N",
        help="Refuse pictures of more pixels, before they are decoded.",
    ),
]  # fmt: skip

PatternOption = Annotated[
    Sequence[str],
    Option(
        "--pattern", metavar="SIGNS",
        help="A pattern typed here: signs such as +-+-, or numbers such as 1,0,1; semicolons "
        "divide the rows of a picture, and ? is unknown. May be given again.",
    ),
]  # fmt: skip
FramesOption = Annotated[
    str,
    Option(
        "--frames",
        metavar="WHICH",
        help="first or all, of animations and of pages; all are named a.gif[0], a.gif[1], …",
    ),
]

DEFAULT_MEMORY = Path("memory.npz")


def with_patterns(paths: Sequence[Path], patterns: Sequence[str], what: str) -> list[Path | str]:
    """Return paths and typed patterns, of which there must be one.

    Args:
        paths: that were given.
        patterns: that were typed.
        what: the paths' name in the help.

    Raises:
        click.UsageError: there is neither.
        ParameterError: a pattern is none.
    """
    from hopcli.model.patterns import typed

    if not paths and not patterns:
        raise click.UsageError(f"missing argument '{what}...'", click.get_current_context())
    return [*paths, *(typed(pattern) for pattern in patterns)]


@contextmanager
def workers(cluster: str | None) -> "Iterator[PartitionedExecutor | None]":
    """Connect to a cluster until the block ends; None without one.

    Raises:
        HopError: the cluster does not answer, or cannot help (cluster/executor.py).
    """
    if cluster is None:
        yield None
        return
    from hopcli.cluster.executor import cluster_executor

    with cluster_executor(cluster) as executor:
        yield executor
