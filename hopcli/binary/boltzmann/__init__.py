"""Boltzmann machines: a picture's neurons, and hidden ones that interpret it."""
