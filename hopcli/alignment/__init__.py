"""How a damaged picture is explained by a stored one: pose, light, noise and cover."""
