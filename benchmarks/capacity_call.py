"""How long does `hop capacity --n 100 --energy exp` take, the whole process? To reach: 5 s."""

import statistics
import subprocess
import sys
import time

CALLS = (
    ["--n", "100", "--energy", "exp"],
    ["--n", "100"],
    ["--n", "100", "--energy", "poly", "--degree", "3"],
    ["--n", "100", "--energy", "poly", "--degree", "3", "--measure", "retrieval"],
)
RUNS = 5


def seconds(arguments: list[str]) -> float:
    """One call, from start to end."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "hopcli", "capacity", *arguments], check=True, capture_output=True
    )
    return time.perf_counter() - start


def main() -> None:
    """Print a table."""
    print("| call | seconds, median of 5 |\n| --- | --- |")
    for arguments in CALLS:
        # The first call compiles and loads, for all that follow.
        seconds(arguments)
        median = statistics.median(seconds(arguments) for _ in range(RUNS))
        print(f"| hop capacity {' '.join(arguments)} | {median:.2f} |")


if __name__ == "__main__":
    main()
