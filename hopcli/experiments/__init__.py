"""Experiments on random patterns: the capacity of binary networks, measured and computed."""
