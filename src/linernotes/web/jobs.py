"""Work that takes longer than a visitor would wait for an answer.

A job is given out by an address that nobody can guess, can be followed and stopped, and is
forgotten some time after it has ended.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from linernotes.errors import Failure
from linernotes.web.errors import NotReadyError, NotThereError, StoppedError, TooManyError
from linernotes.web.limits import Limits

if TYPE_CHECKING:
    from linernotes.web.kept_results import KeptResults

Kind = Literal["identification", "scan", "map", "training"]
State = Literal["waiting", "working", "done", "failed", "stopped"]

ENDED: frozenset[State] = frozenset({"done", "failed", "stopped"})


@dataclass(eq=False)
class Job:
    """One piece of work.

    Parameters
    ----------
    kind
        What is done.
    name
        Of what it is done to, for people.
    id
        Its address.
    created, ended
        Seconds since 1970; ``ended`` is ``None`` before its end.
    state
        How far it is.
    progress
        What is told of it on its way.
    error
        Why it failed.
    result
        What came of it.
    changes
        Rises whenever something of it changes.
    unwanted
        Set to have it stopped.
    on_end
        Called once, when it has ended.
    """

    kind: Kind
    name: str
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    created: float = field(default_factory=time.time)
    ended: float | None = None
    state: State = "waiting"
    progress: dict[str, Any] = field(default_factory=dict)
    error: Failure | None = None
    result: Any = None
    changes: int = 0
    unwanted: threading.Event = field(default_factory=threading.Event)
    on_end: Callable[[], None] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ENDED

    def tell(self, **progress: Any) -> None:
        """Say how far it is."""
        if self.has_ended or all(self.progress.get(k) == v for k, v in progress.items()):
            return
        self.progress = {**self.progress, **progress}
        self.changes += 1

    def begin(self) -> bool:
        """Note that somebody works on it now; ``False`` if it is not wanted any more."""
        if self.unwanted.is_set():
            self._end("stopped")
            return False
        self.state = "working"
        self.changes += 1
        return True

    def finish(self, result: Any) -> None:
        """End it well."""
        self._end("done", result=result)

    def fail(self, failure: Failure) -> None:
        """End it badly."""
        self._end("failed", error=failure)

    def stop(self) -> None:
        """End it since it is not wanted any more."""
        self._end("stopped")

    def done(self) -> Any:
        """Return its result.

        Raises
        ------
        NotReadyError, NotThereError
            There is none yet, or there will never be one.
        """
        if self.state == "done":
            return self.result
        if self.state == "failed" and self.error is not None:
            raise NotThereError(self.error.message)
        if self.state == "stopped":
            raise StoppedError("this was stopped; start it again")
        raise NotReadyError("this is still being worked on; follow the job")

    def as_dict(self) -> dict[str, Any]:
        """Return what is told of it."""
        error = self.error
        return {
            "id": self.id,
            "kind": self.kind,
            "name": self.name,
            "state": self.state,
            "created": round(self.created, 3),
            "ended": None if self.ended is None else round(self.ended, 3),
            "progress": self.progress,
            "error": None if error is None else {"code": error.code, "message": error.message},
        }

    def _end(self, state: State, *, result: Any = None, error: Failure | None = None) -> None:
        with self._lock:
            if self.has_ended:
                return
            self.result, self.error = result, error
            self.ended = time.time()
            self.state = state
        if self.on_end is not None:
            self.on_end()
        self.changes += 1


class Jobs:
    """The jobs that are waiting, at work, or not yet forgotten.

    Parameters
    ----------
    limits
        How many, and for how long.
    kept
        Where results are found that are no longer in memory.

    Examples
    --------
    >>> jobs = Jobs(Limits())
    >>> job = jobs.add(Job("scan", "music"))
    >>> jobs.find(job.id).state
    'waiting'
    """

    def __init__(self, limits: Limits, kept: KeptResults | None = None) -> None:
        self._limits = limits
        self._kept = kept
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def add(self, job: Job) -> Job:
        """Take a job on.

        Raises
        ------
        TooManyError
            There are enough already.
        """
        with self._lock:
            self._forget()
            if len(self._open()) >= self._limits.waiting:
                raise TooManyError("there is too much to do at the moment; try again in a minute")
            self._jobs[job.id] = job
        return job

    def find(self, name: str) -> Job:
        """Return the job at an address.

        Raises
        ------
        NotThereError
            There is none, or none any more.
        """
        with self._lock:
            self._forget()
            job = self._jobs.get(name)
        if job is None and self._kept is not None:
            job = self._kept.recall(name)
        if job is None:
            raise NotThereError(
                "there is nothing here, or no longer: results are kept for a while only"
            )
        return job

    def drop(self, job: Job) -> None:
        """Stop a job that is not done, and forget one that is."""
        job.unwanted.set()
        if job.state == "waiting":
            job.stop()
        elif job.has_ended:
            with self._lock:
                self._jobs.pop(job.id, None)
            if self._kept is not None:
                self._kept.delete(job.id)

    def current(self, kind: Kind) -> Job | None:
        """Return the last job of a kind: the one at work, or the one that ended last."""
        with self._lock:
            return next((job for job in reversed(self._jobs.values()) if job.kind == kind), None)

    def ahead(self, job: Job) -> int:
        """Return how many jobs of the same kind come before one that waits."""
        with self._lock:
            return sum(
                other.kind == job.kind and other.created < job.created for other in self._open()
            )

    def stop_all(self) -> None:
        """Have everything stopped, at the server's end."""
        with self._lock:
            jobs = self._open()
        for job in jobs:
            self.drop(job)

    def are_open(self) -> bool:
        """Whether anything is waiting or at work."""
        with self._lock:
            return bool(self._open())

    def _open(self) -> list[Job]:
        return [job for job in self._jobs.values() if not job.has_ended]

    def _forget(self) -> None:
        ended = [job for job in self._jobs.values() if job.ended is not None]
        oldest = time.time() - self._limits.keep_seconds
        for number, job in enumerate(sorted(ended, key=lambda job: -(job.ended or 0))):
            if number >= self._limits.kept or (job.ended or 0) < oldest:
                del self._jobs[job.id]
