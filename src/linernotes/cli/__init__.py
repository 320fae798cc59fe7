"""The command line: thin functions over the Python API, and how results look in a terminal."""

from linernotes.cli.app import main

__all__ = ["main"]
