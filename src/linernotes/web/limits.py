"""How much a visitor may ask for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of a server.

    Parameters
    ----------
    upload_bytes
        Of one upload.
    upload_seconds, stall_seconds
        That an upload may take, and that it may stand still.
    uploads_at_once
        Being received.
    waiting
        Jobs that wait or are worked on.
    waiting_bytes
        Of all uploads that lie on disk.
    analysis_seconds
        After which a track is given up.
    analysis_bytes
        That a process may hold while it listens, where the system keeps to it.
    keep_seconds
        How long results are kept.
    kept, kept_on_disk, kept_bytes
        How many, in memory and on disk, and bytes of the latter together.
    request_bytes
        Of a request that is no upload.
    watchers
        Connections that follow the progress of jobs.

    Examples
    --------
    >>> Limits(upload_bytes=10**6).upload_bytes
    1000000
    """

    upload_bytes: int = 200 * 10**6
    upload_seconds: float = 300.0
    stall_seconds: float = 20.0
    uploads_at_once: int = 32
    waiting: int = 100
    waiting_bytes: int = 4 * 2**30
    analysis_seconds: float = 120.0
    analysis_bytes: int = 3 * 2**30
    keep_seconds: float = 30 * 24 * 3600.0
    kept: int = 200
    kept_on_disk: int = 1000
    kept_bytes: int = 512 * 2**20
    request_bytes: int = 8 * 2**20
    watchers: int = 200
