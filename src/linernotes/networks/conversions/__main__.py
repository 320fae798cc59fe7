"""The process that converts: what goes wrong is its last line on standard error."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

# torch itself, and then weights several times: as read, as a graph, and as they are written.
_TORCH, _TIMES, _MOST = 3 << 30, 6, 12 << 30


def main(arguments: list[str]) -> int:
    """Convert."""
    kind, source, output = arguments[0], Path(arguments[1]), Path(arguments[2])
    memory = min(_MOST, _TORCH + _TIMES * sum(f.stat().st_size for f in source.iterdir()))
    _limit_memory(memory)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # each thread takes memory of its own
    warnings.simplefilter("ignore")
    try:
        from linernotes.networks.conversions.kinds import CONVERSIONS

        output.mkdir(parents=True, exist_ok=True)
        CONVERSIONS[kind](source, output)
    except ImportError as error:
        print(f"it needs {error.name}; call: pip install 'linernotes[conversion]'", file=sys.stderr)
        return 1
    except MemoryError:
        print(f"it needs more than {memory / (1 << 30):.0f} GiB of memory", file=sys.stderr)
        return 1
    except Exception as error:  # whatever torch raises is told in a line
        told = str(error) or type(error).__name__
        print(told.replace("\n", " "), file=sys.stderr)
        return 1
    return 0


def _limit_memory(memory: int) -> None:
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (memory, hard))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
