"""Finding a recording at services that let it be listened to, and fetching half a minute of it.

A preview is looked for by the recording's code first, then by artist, title and duration. It
is fetched once and kept; the next run, and the next folder, take it from there.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from linernotes.collect.http import (
    NotFoundError,
    NotTheFileError,
    RefusedError,
    ResponseTooLargeError,
    Service,
    ServiceError,
    Session,
)
from linernotes.collect.http.service import DAY
from linernotes.collect.matching import Offer, RecordingMatch, Wanted, match
from linernotes.collect.versions import VERSIONS
from linernotes.errors import LinernotesError

_LARGEST = 16 * 2**20
_TOTAL = 180.0
_ACCEPT = ("audio/", "video/mp4", "application/ogg")
_TRIES = 2
_BAD_EXPIRES = 1 * DAY


class PreviewError(ServiceError):
    """There is a preview, but it cannot be had."""

    code: ClassVar[str] = "preview"


class PreviewSource(Protocol):
    """A service with previews."""

    SERVICE: Service
    LICENCE: str

    def preview_url(self, session: Session, offer: Offer) -> str:
        """Return where the preview is at present."""


class Shop(PreviewSource, Protocol):
    """A service that can be searched for a recording; the modules `deezer` and `itunes`."""

    def by_isrc(self, session: Session, isrc: str) -> list[Offer]:
        """Return what has this recording code."""

    def search(self, session: Session, wanted: Wanted) -> list[Offer]:
        """Return what may be the recording."""


@dataclass(frozen=True)
class FoundPreview:
    """A recording at a service.

    Parameters
    ----------
    shop, offer
        Where and what it is.
    how
        What it was found by: "isrc" or "search".
    score
        How well it fits, from 0 to 1.
    """

    shop: Shop
    offer: Offer
    how: str
    score: float


@dataclass(frozen=True)
class Missing:
    """That no service has a recording, and why.

    Parameters
    ----------
    reason
        "not-found", "no-preview" or "wrong-version".
    detail
        Of a wrong version: which one there is.
    """

    reason: str
    detail: str = ""


def find_preview(
    session: Session,
    shops: Sequence[Shop],
    wanted: Wanted,
    *,
    allowed: frozenset[str] = frozenset(),
) -> FoundPreview | Missing:
    """Find a recording that can be listened to.

    Parameters
    ----------
    session
        Who asks.
    shops
        Services in order of preference.
    wanted
        The recording.
    allowed
        Versions that may differ; see `matching.match`.

    Raises
    ------
    ServiceError
        A service does not answer as it should.
    """
    silent, versions = False, Counter[str]()
    for shop in shops:
        for how, offers in (("isrc", _by_isrc), ("search", _by_search)):
            rated = [
                (match(wanted, offer, allowed=allowed), offer)
                for offer in offers(session, shop, wanted)
            ]
            fitting = sorted(
                ((fit, offer) for fit, offer in rated if fit.accepted),
                key=lambda pair: (-pair[0].score, pair[1].album != wanted.album, pair[1].id),
            )
            for fit, offer in fitting:
                if offer.has_preview:
                    return FoundPreview(shop, offer, how, fit.score)
                silent = True
            versions.update(_other_versions(rated, wanted))
    if silent:
        return Missing("no-preview")
    if versions:
        return Missing("wrong-version", min(versions, key=lambda name: (-versions[name], name)))
    return Missing("not-found")


def _by_isrc(session: Session, shop: Shop, wanted: Wanted) -> list[Offer]:
    return [offer for isrc in wanted.isrcs[:3] for offer in shop.by_isrc(session, isrc)]


def _by_search(session: Session, shop: Shop, wanted: Wanted) -> list[Offer]:
    return shop.search(session, wanted)


def _other_versions(rated: Sequence[tuple[RecordingMatch, Offer]], wanted: Wanted) -> list[str]:
    """Versions of offers that would fit, were they not of another version."""
    every = frozenset(VERSIONS)
    return [
        fit.detail for fit, offer in rated
        if fit.reason == "wrong-version" and match(wanted, offer, allowed=every).accepted
    ]  # fmt: skip


def fetch_preview(
    session: Session,
    shop: PreviewSource,
    offer: Offer,
    *,
    check: Callable[[Path], object] | None = None,
) -> Path:
    """Fetch a preview, once, and return where it is kept.

    Parameters
    ----------
    session, shop, offer
        Who asks whom for what.
    check
        Called with the file; raises a `LinernotesError` if it is not audio. Its first bytes
        are looked at in any case.

    Returns
    -------
    Path
        Without a suffix; `suffix_of` tells it.

    Raises
    ------
    PreviewError
        It is not there, refused even at a new address, or no audio. That is remembered for a
        day.
    ServiceError
        The service does not answer as it should.
    """
    service = shop.SERVICE
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", offer.id):
        raise PreviewError(service.title, "it names the track in an odd way")
    target = session.cache.folder / "previews" / service.name / offer.id[-2:] / offer.id
    if target.exists():
        return target
    known = session.cache.get("previews", f"{service.name}/{offer.id}")
    if known is not None and time.time() - known.time < _BAD_EXPIRES:
        raise PreviewError(service.title, known.body.decode(errors="replace"))

    def see(path: Path) -> None:
        if suffix_of(path) is None:
            raise NotTheFileError(service.title, "its preview is not audio")
        try:
            if check is not None:
                check(path)
        except LinernotesError as error:
            message = getattr(error, "message", str(error))
            raise NotTheFileError(service.title, f"its preview is not audio: {message}") from None

    message = ""
    for _ in range(_TRIES):
        # The address of the first try may just have expired.
        try:
            url = shop.preview_url(session, offer)
            return session.download(
                service, url, target, largest=_LARGEST, total=_TOTAL, accept=_ACCEPT, check=see
            )
        except (NotFoundError, RefusedError, NotTheFileError, ResponseTooLargeError) as error:
            message = error.message
    session.cache.put("previews", f"{service.name}/{offer.id}", "", 404, message.encode())
    raise PreviewError(service.title, message)


def suffix_of(path: Path) -> str | None:
    """Tell the suffix of an audio file by its first bytes; ``None`` if it is none.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a"
    ...     _ = path.write_bytes(b"fLaC" + bytes(20))
    ...     suffix_of(path)
    '.flac'
    """
    with path.open("rb") as file:
        head = file.read(16)
    if len(head) < 12:
        return None
    if head[:3] == b"ID3" or (head[0] == 0xFF and head[1] & 0xE0 == 0xE0):
        # ADTS has no layer: its two bits are zero.
        return ".mp3" if head[:3] == b"ID3" or head[1] & 0x06 else ".aac"
    if head[4:8] == b"ftyp":
        return ".m4a"
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return ".wav"
    return {b"OggS": ".ogg", b"fLaC": ".flac"}.get(head[:4])
