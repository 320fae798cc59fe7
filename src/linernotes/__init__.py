"""linernotes writes the liner notes of music by listening to it."""

__version__ = "0.1.0"
