"""Memories and what is done with them: the layer that the library, commands and page share.

`Memory` (model/memory.py) holds stored patterns; each of its methods calls a function of the module
of the method's name (model/recall.py, model/classify.py, ...), which chooses the network, the
weights, beta and the arithmetic, and returns a frozen result. A result's `answer()` is the JSON
that the command of the same name writes.
"""
