"""Methods that give sound and covers: tracks as they are or in another format, and pictures."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from linernotes.integrations.subsonic.answers import sayable, spell_error
from linernotes.integrations.subsonic.connection import while_connected
from linernotes.integrations.subsonic.errors import NoSuchItemError, SubsonicError
from linernotes.integrations.subsonic.server import Call
from linernotes.integrations.subsonic.transcoding import (
    SoundFormat,
    TranscodingOrder,
    choose_format,
)
from linernotes.library.covers import SIZES

MediaMethod = Callable[[Call, str], Awaitable[Response]]

# Seconds for which a player may take nothing of a track that is converted for it.
_STALL = 600.0
_LONGEST_TRACK = 24 * 3600
# What an estimated length is longer than the sound by, so that nothing is cut off.
_SPARE = 1.02
_SPARE_BYTES = 8192
# Tracks of an album or an artist whose covers are looked for.
_MOST_COVERS = 4
_KEEP = {"Cache-Control": "private, max-age=3600"}


class ConvertedSound(Response):
    """A track that is converted while it is sent.

    Parameters
    ----------
    call
        Of the app.
    order
        What to make.
    made
        In which format.
    length
        Bytes that were promised, to which it is filled up; ``None`` for as many as come.
    head
        Whether only the headers were asked for.
    """

    def __init__(
        self,
        call: Call,
        order: TranscodingOrder,
        made: SoundFormat,
        *,
        length: int | None,
        head: bool,
    ) -> None:
        super().__init__(media_type=made.media_type)
        del self.headers["content-length"]
        self.headers["Accept-Ranges"] = "none"
        if length is not None:
            self.headers["Content-Length"] = str(length)
        self._call, self._order, self._length, self._head = call, order, length, head

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it until it ends or its player goes away; nothing of it stays."""
        await while_connected(self._send(scope, receive, send), receive)

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = {
            "type": "http.response.start", "status": self.status_code, "headers": self.raw_headers,
        }  # fmt: skip
        if self._head:
            await send(start)
            await send({"type": "http.response.body", "body": b""})
            return
        async with AsyncExitStack() as stack:
            run = self._call.server.transcoders.run(self._order)
            try:
                chunks = await stack.enter_async_context(run)
            except SubsonicError as error:
                body, kind = spell_error(error, self._call.asked.text("f") or "xml")
                await Response(body, media_type=kind)(scope, receive, send)
                return
            await send(start)
            left = self._length
            async for chunk in chunks:
                part = chunk if left is None else chunk[:left]
                left = None if left is None else left - len(part)
                if part:
                    body_part = {"type": "http.response.body", "body": part, "more_body": True}
                    async with asyncio.timeout(_STALL):
                        await send(body_part)
        # Players pass over zeros at the end of an mp3.
        await send({"type": "http.response.body", "body": bytes(left or 0)})


async def _stream(call: Call, http_method: str) -> Response:
    asked, catalog = call.asked, call.catalog
    place = catalog.place(asked.needed("id"))
    path = catalog.collection.path[place]
    found = await run_in_threadpool(_regular_file, path)
    start = asked.number("timeOffset", 0, most=_LONGEST_TRACK)
    most = asked.number("maxBitRate", 0)
    duration = float(catalog.collection.duration[place])
    if start >= duration:
        start = 0
    wanted = (asked.text("format") or "").casefold() or None
    chosen = choose_format(
        suffix=catalog.suffix(place), kilobits=catalog.kilobits(place), wanted=wanted, most=most,
        start=start,
    )  # fmt: skip
    if chosen is None:
        return _file(call, place, found)
    made, kilobits = chosen
    length = None
    if asked.is_true("estimateContentLength") and made.name == "mp3":
        length = int(_SPARE * kilobits * 125 * (duration - start)) + _SPARE_BYTES
    order = TranscodingOrder(path, made.name, kilobits, float(start))
    return ConvertedSound(call, order, made, length=length, head=http_method == "HEAD")


async def _download(call: Call, _: str) -> Response:
    place = call.catalog.place(call.asked.needed("id"))
    found = await run_in_threadpool(_regular_file, call.catalog.collection.path[place])
    return _file(call, place, found, attached=True)


async def _cover(call: Call, _: str) -> Response:
    item = call.asked.needed("id")
    rows = await run_in_threadpool(call.catalog.rows_of, item)
    wanted = call.asked.number("size", SIZES[-1])
    size = next((each for each in SIZES if each >= wanted), SIZES[-1])
    for i in rows[:_MOST_COVERS]:
        later = call.server.covers.later(call.catalog.collection.path[i], size=size)
        drawn = await asyncio.wrap_future(later)
        if drawn is not None:
            return Response(drawn.jpeg, media_type="image/jpeg", headers=_KEEP)
    raise NoSuchItemError("there is no cover of this")


def _regular_file(path: str) -> os.stat_result:
    """Return what the system knows of a file that can be read."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a string, as it was scanned
    except (OSError, ValueError) as error:
        raise NoSuchItemError("the file of this track is not there now") from error
    if not stat.S_ISREG(found.st_mode) or not os.access(path, os.R_OK):
        raise NoSuchItemError("the file of this track cannot be read")
    return found


def _file(call: Call, place: int, found: os.stat_result, *, attached: bool = False) -> Response:
    path = call.catalog.collection.path[place]
    name = sayable(os.path.basename(path)) if attached else None  # noqa: PTH119
    return FileResponse(
        path, media_type=call.catalog.media_type(place), stat_result=found, filename=name,
        headers=_KEEP,
    )  # fmt: skip


METHODS: dict[str, MediaMethod] = {
    "stream": _stream,
    "download": _download,
    "getCoverArt": _cover,
}
