"""Facts about a service before it is asked: where it is, and how fast it may be asked."""

from __future__ import annotations

from dataclasses import dataclass

DAY = 86400.0


@dataclass(frozen=True)
class Service:
    """A public service.

    Parameters
    ----------
    name
        Name in settings and file names: lower-case letters.
    title
        The name that people know it by.
    url
        Where its paths begin, without a slash at the end.
    requests, seconds
        At most so many requests in so many seconds, over all processes together.
    hosts
        Other hosts that its answers may lead to, such as those of its audio files; one that
        begins with a dot stands for every host below it.
    expires
        Seconds after which a kept answer is asked for again.
    trusted
        Whether the user has named this place in the settings himself: only then may it lie
        on a private address, or speak without encryption.

    Examples
    --------
    >>> Service("deezer", "Deezer", "https://api.deezer.com", requests=50, seconds=5).interval
    0.1
    """

    name: str
    title: str
    url: str
    requests: float = 1.0
    seconds: float = 1.0
    hosts: tuple[str, ...] = ()
    expires: float = 30 * DAY
    trusted: bool = False

    @property
    def interval(self) -> float:
        """Seconds between two requests."""
        return self.seconds / self.requests


@dataclass(frozen=True)
class Manners:
    """How patiently services are asked.

    Parameters
    ----------
    connect, read, total
        Seconds to wait for a connection, for the next bytes, and for a whole answer.
    retries
        How often a request that failed in passing is sent again.
    backoff
        Seconds before the first repetition; doubled each time, with jitter.
    patience
        The longest time in seconds to wait for a service that says how long it needs.
    largest
        Bytes that an answer may have, unpacked.
    slowest
        Bytes a second that a download of any length must bring, over half a minute.
    """

    connect: float = 10.0
    read: float = 20.0
    total: float = 120.0
    retries: int = 6
    backoff: float = 1.0
    patience: float = 300.0
    largest: int = 32 * 2**20
    slowest: float = 1024.0
