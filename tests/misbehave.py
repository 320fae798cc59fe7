"""Work that does what it should not; in a module of its own, so that processes can import it."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path


def work(item: str) -> str:
    if item == "raise":
        raise ValueError(item)
    if item.startswith("hang"):
        # "hang at PATH" leaves a mark there first.
        if item != "hang":
            Path(item.removeprefix("hang at ")).touch()
        time.sleep(3600)
    if item == "die":
        os._exit(7)
    if item == "kill":
        os.kill(os.getpid(), 9)
    if item == "hog":
        return str(len(bytearray(2**32)))
    if item == "slow":
        time.sleep(2)
    if item == "noise":
        sys.stderr.write("noise from the decoder\n")
        os.write(2, b"noise from below\n")
    return item.upper()


def priority(_: object) -> int:
    """Tell how willingly this process makes room for others, up to 19."""
    return os.getpriority(os.PRIO_PROCESS, 0)
