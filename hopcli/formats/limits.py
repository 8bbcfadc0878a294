"""What a file from outside may ask for, unless more is allowed; known without loading anything."""

# Pixels of a picture: those of a camera, and 100 MB of levels.
MOST_PIXELS = 25_000_000
