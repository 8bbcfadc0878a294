"""hop: store patterns in a Hopfield network and recall them from damaged ones."""

__version__ = "0.1.0"
