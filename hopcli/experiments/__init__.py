"""What is known and what is measured of the networks."""
