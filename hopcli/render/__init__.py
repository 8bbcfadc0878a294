"""What is shown in a terminal; knows arrays, not networks."""
