"""A scan in a process of its own: what it is to do comes in as JSON, what it does goes out.

``python -m linernotes.web.scanner`` reads one object from standard input, and prints one a line.
The signal to terminate ends it as Ctrl-C ends ``linernotes scan``: what was found is kept.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from linernotes.errors import Failure, LinernotesError
from linernotes.explore import Library
from linernotes.library import Progress
from linernotes.library.time_left import in_words
from linernotes.web.subprocesses import heed_termination, say


def main() -> None:
    """Scan, and tell of it."""
    heed_termination()
    order = json.load(sys.stdin)

    def tell(progress: Progress) -> None:
        failure = progress.failure
        say({
            "phase": progress.phase, "done": progress.done, "total": progress.total,
            "failed": progress.failed,
            "left": None if progress.seconds_left is None else in_words(progress.seconds_left),
            "failure": None if failure is None else told(failure),
        })  # fmt: skip

    try:
        result = Library(order["library"]).scan(
            [os.fsdecode(bytes.fromhex(folder)) for folder in order["folders"]],
            progress=tell,
            **order["options"],
        )
        say({"result": {**result.as_dict(), "warnings": list(result.warnings)}})
    except KeyboardInterrupt:
        say({"stopped": True})
    except LinernotesError as error:
        say({"error": {"code": error.code, "message": str(error)}})


def told(failure: Failure) -> dict[str, Any]:
    """Return what is told of a file that failed."""
    return {"file": failure.file, "code": failure.code, "message": failure.message}


if __name__ == "__main__":
    main()
