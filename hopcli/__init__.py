"""hop: store patterns in a Hopfield network and recall them from damaged ones."""

import time

__version__ = "0.1.0"

# The seconds that a command reports as its total are counted from here.
STARTED = time.perf_counter()
