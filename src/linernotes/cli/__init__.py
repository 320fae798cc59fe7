"""The command line: thin functions over the Python API, and how results look in a terminal.

`app` lists the `commands`, a module each with its `options`, help and `examples`; what they print
is in the module of the same name or subject here. `exits` says what exit codes mean, `bars` and
`progress` how far the work is, `completion` what a shell may complete.
"""

from linernotes.cli.app import main

__all__ = ["main"]
