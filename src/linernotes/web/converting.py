"""Tracks in a format that every browser plays, made while they are sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import Response

from linernotes.integrations.subsonic.connection import while_connected
from linernotes.integrations.subsonic.errors import SubsonicError
from linernotes.integrations.subsonic.transcoding import FORMATS, Transcoders, TranscodingOrder
from linernotes.web.responses import failure

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_FORMAT = FORMATS["mp3"]
# Seconds that a browser may take nothing; it takes what it needs for a minute or two.
_STALL = 900.0


class ConvertedTrack(Response):
    """A track as MP3; the process that makes it ends when whoever listens has gone.

    Parameters
    ----------
    transcoders
        Who make it.
    path
        The file.
    start
        Second to begin at.
    """

    def __init__(self, transcoders: Transcoders, path: str, *, start: float) -> None:
        super().__init__(media_type=_FORMAT.media_type)
        del self.headers["content-length"]
        self.headers["Accept-Ranges"] = "none"
        self._transcoders = transcoders
        self._order = TranscodingOrder(path, _FORMAT.name, _FORMAT.kilobits, start)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it until it ends or nobody listens any more."""
        await while_connected(self._send(scope, receive, send), receive)

    async def _send(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with self._transcoders.run(self._order) as chunks:
                head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
                await send(head)
                async for chunk in chunks:
                    async with asyncio.timeout(_STALL):
                        body = {"type": "http.response.body", "body": chunk, "more_body": True}
                        await send(body)
                await send({"type": "http.response.body", "body": b""})
        except SubsonicError as error:
            await failure(422, "unsupported", str(error))(scope, receive, send)
