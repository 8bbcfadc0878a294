"""Options that several commands share, and what they are read as."""

import difflib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from hopcli.cli.signatures import Option
from hopcli.errors import HopError
from hopcli.formats.limits import MOST_PIXELS as MOST_PIXELS

if TYPE_CHECKING:
    from hopcli.binary.interactions import AbstractInteraction
    from hopcli.executors import PartitionedExecutor
    from hopcli.storage.memory_file import AbstractMemory, Memory
    from hopcli.storage.memory_limit import MemoryLimit

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
ClusterOption = Annotated[
    str | None,
    Option(
        "--cluster", metavar="ADDRESS",
        help="Let the workers of a dask cluster look at the patterns; they must see the memory's "
        "files under the same path.",
    ),
]  # fmt: skip
DegreeOption = Annotated[int, Option("--degree", metavar="N", help="n of xⁿ, for poly.")]
ModeOption = Annotated[
    str,
    Option(
        "--mode", metavar="MODE", help="auto, binary (parts grey into black and white), gray, rgb."
    ),
]
MaxMemoryOption = Annotated[
    str,
    Option(
        "--max-memory", metavar="SIZE",
        help="The most memory that the content of a file may take, such as 2G or 500M; half is "
        "half of the machine's. What is used where it lies in the file takes none.",
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

DEFAULT_MEMORY = Path("memory.npz")
ENERGIES = ("classical", "poly", "exp", "lse", "boltzmann")
BINARY_ENERGIES = ENERGIES[:3]
WEIGHT_RULES = ("hebbian", "projection", "storkey", "perceptron")
MODES = ("auto", "binary", "gray", "rgb")


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


def choice(option: str, given: str, choices: Sequence[str]) -> str:
    """What was given, if it is one of the choices.

    Raises:
        HopError: it is not; the nearest choice is named.
    """
    if given in choices:
        return given
    near = difflib.get_close_matches(given, choices, n=1, cutoff=0.0)
    listed = " or ".join([", ".join(choices[:-1]), choices[-1]] if choices[1:] else choices)
    if len(choices) > 8:
        listed = f"one of {len(choices)}, such as {choices[0]}"
    raise HopError(f"{option} {given} was given, but it takes {listed}; did you mean {near[0]}?")


def number(option: str, given: str, low: float, high: float) -> float:
    """What was given as a number from low to high.

    Raises:
        HopError: it is none.
    """
    try:
        value = float(given)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        wanted = f"above 0, up to {high:g}" if low == 1e-300 else f"from {low:g} to {high:g}"
        raise HopError(
            f"{option} {given} was given, but it takes a number {wanted}; try {option} "
            f"{max(low, min(high, 0.5)):g}"
        )
    return value


def probability(option: str, given: float) -> float:
    """What was given, if it is from 0 to 1."""
    return number(option, f"{given:g}", 0, 1)


def sharpness(given: str) -> float | None:
    """A β above 0; None for auto."""
    return None if given == "auto" else positive("--beta", given)


def positive(option: str, given: str) -> float:
    """What was given as a finite number above 0.

    Raises:
        HopError: it is none.
    """
    return number(option, given, 1e-300, 1e300)


def check_output(out: Path | None, json: bool) -> None:
    """See that no more than one thing is written to standard output.

    Raises:
        HopError: --json and -o - both would be.
    """
    if json and str(out) == "-":
        raise HopError("--json and -o - both write to standard output; give one of them")


def check_labels(memory: "AbstractMemory", path: Path) -> None:
    """See that a memory has labels.

    Raises:
        HopError: it has none.
    """
    if not len(memory.label_names):
        raise HopError(
            f"{path} has no labels; store the pictures in a sub-folder for each label, or with "
            f"--labels stem"
        )


def one_file(memory: "AbstractMemory", path: Path, kept: str) -> "Memory":
    """A memory in one file, which alone keeps what is learned.

    Args:
        memory: as it was loaded.
        path: where it is.
        kept: what is to be kept in it, with its verb.

    Raises:
        HopError: it is a folder.
    """
    from hopcli.storage.memory_file import Memory

    if path.is_dir() or not isinstance(memory, Memory):
        raise HopError(
            f"{path} is a folder of several files, and {kept} kept in one; store the pictures in a "
            f"file, with 'hop store PICTURES -m NAME.npz'"
        )
    return memory


def memory_limit(given: str) -> "MemoryLimit":
    """Bytes, with K, M, G or T for powers of 1,024; half for half of the machine's memory.

    Raises:
        HopError: it is neither.
    """
    from hopcli.storage.memory_limit import MemoryLimit

    if given == "half":
        return MemoryLimit()
    text = given.upper().removesuffix("B").removesuffix("I")
    power = "KMGT".find(text[-1:]) + 1 if text else 0
    digits = text[:-1] if power else text
    try:
        return MemoryLimit(int(float(number("--max-memory", digits, 1, 2**62)) * 1024**power))
    except HopError:
        raise HopError(
            f"--max-memory {given} was given, but it takes bytes, as 2G, 500M or 1000000; try "
            f"--max-memory 2G"
        ) from None


def threshold(given: str) -> float | None:
    """The level that parts dark from bright; None for Otsu's."""
    return None if given == "otsu" else number("--threshold", given, 0, 1)


def interaction(energy: str, degree: int, beta: float) -> "AbstractInteraction":
    """The interaction of an energy's name."""
    from hopcli.binary import interactions

    energy = choice("--energy", energy, BINARY_ENERGIES)
    given = {"degree": degree, "beta": beta}
    known = [parameter.name for parameter in interactions.get(energy).parameters]
    return interactions.make(energy, **{name: given[name] for name in known if name in given})
