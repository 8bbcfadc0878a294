"""How long does `hop capacity --n 100 --energy exp` take, the whole process? To reach: 5 s."""

import sys
from statistics import median

from timing import process_seconds

CALLS = (
    ["--n", "100", "--energy", "exp"],
    ["--n", "100"],
    ["--n", "100", "--energy", "poly", "--degree", "3"],
    ["--n", "100", "--energy", "poly", "--degree", "3", "--measure", "retrieval"],
)
RUNS = 5


def main() -> None:
    """Print a table."""
    print("| call | seconds, median of 5 |\n| --- | --- |")
    for arguments in CALLS:
        call = [sys.executable, "-m", "hopcli", "capacity", *arguments]
        # The first call compiles kernels.
        process_seconds(call)
        spent = median(process_seconds(call) for _ in range(RUNS))
        print(f"| hop capacity {' '.join(arguments)} | {spent:.2f} |")


if __name__ == "__main__":
    main()
