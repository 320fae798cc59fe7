"""The server, put together."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import threading
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import platformdirs
from fastapi import FastAPI

import linernotes
from linernotes.explore import Library
from linernotes.explore.leaning import LearnedTaste
from linernotes.integrations.subsonic.authentication import PasswordFile
from linernotes.integrations.subsonic.router import PREFIX as SUBSONIC
from linernotes.integrations.subsonic.router import make_router as make_subsonic_router
from linernotes.learning.catalogue import default_folder
from linernotes.library.covers import Covers
from linernotes.library.taste import Taste
from linernotes.web import (
    api_albums,
    api_discover,
    api_folders,
    api_identify,
    api_labels,
    api_library,
    api_map,
    api_models,
    api_playlists,
    api_taste,
    api_tracks,
    pages,
)
from linernotes.web.drawing import Maps
from linernotes.web.errors import SetupError
from linernotes.web.folders import FolderChoice
from linernotes.web.guard import AccessKey, Guard, Hosts, is_address, names_of
from linernotes.web.jobs import Jobs
from linernotes.web.kept_results import KeptResults
from linernotes.web.library_cache import LibraryCache
from linernotes.web.limits import Limits
from linernotes.web.listening import Listeners
from linernotes.web.models import Models
from linernotes.web.responses import Json, answer_errors
from linernotes.web.services import API, Services
from linernotes.web.subsonic import make_server
from linernotes.web.uploads import Uploads
from linernotes.web.waveforms import Waveforms

_Lifespan = Callable[[FastAPI], contextlib.AbstractAsyncContextManager[None]]

_SHORTEST = 16
# Seconds that work has to end when the server ends.
_GOODBYE = 5.0
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
#: What people name who want all addresses of this machine.
ALL_ADDRESSES = ("0.0.0.0", "::")  # noqa: S104


def create_app(
    library: Library | None = None,
    *,
    token: str | None = None,
    host: str = "127.0.0.1",
    names: Sequence[str] = (),
    music: Sequence[str] = (),
    limits: Limits | None = None,
    workers: int | None = None,
    cache: Path | None = None,
    models: Path | None = None,
    state: Path | None = None,
    certificate: bytes | None = None,
    subsonic: PasswordFile | None = None,
    taste: bool = False,
    networks: Sequence[str] = (),
) -> FastAPI:
    """Make the application that ``linernotes serve`` serves.

    Parameters
    ----------
    library
        What it shows; the default one if not given.
    token
        What visitors have to show; at least 16 characters. Not needed on this machine alone.
    host
        The address it will listen on.
    names
        More names that it may be called by.
    music
        Folders that may be scanned from a page. Those that may be chosen there lie below them;
        if there are none, below the home folder and on mounted drives.
    limits
        What visitors may ask for.
    workers
        Processes that listen to uploads; one less than there are processors if not given.
    cache
        A folder to keep maps, covers and waveforms in; the user's cache if not given.
    models
        The folder of the user's own models, where what is trained on a page goes; that in the
        user's data if not given.
    state
        A folder to keep results of identifications in, and which folders were chosen; one for
        each library in the user's data if not given.
    certificate
        Of the authority that devices are to trust, DER, where pages come by HTTPS.
    subsonic
        The password of apps that speak Subsonic; they are let in only if it is given.
    taste
        Whether what is similar leans to what is liked, where a visitor says nothing of it.
    networks
        An installed network that says where words are among the tracks that it has heard; several
        say what is alike as well.

    Returns
    -------
    FastAPI
        To be served by any ASGI server.

    Raises
    ------
    SetupError
        It would be open to the network without a token, or the token is too short.

    Examples
    --------
    >>> create_app(host="192.168.1.5")
    Traceback (most recent call last):
    ...
    linernotes.web.errors.SetupError: a server that others can reach needs a token
    """
    if token is None and not is_loopback(host):
        raise SetupError("a server that others can reach needs a token")
    if token is not None and len(token) < _SHORTEST:
        raise SetupError(f"the token is too short; take at least {_SHORTEST} characters")
    limits = limits or Limits()
    shelf = LibraryCache(library or Library(), networks=networks)
    memory = state or _memory_of(shelf.library.location)
    kept = KeptResults(memory / "results", limits)
    folder = cache or Path(platformdirs.user_cache_dir("linernotes"))
    services = Services(
        limits=limits,
        key=AccessKey(token),
        shelf=shelf,
        jobs=Jobs(limits, kept),
        uploads=Uploads(limits),
        listeners=Listeners(workers=workers, limits=limits, keep=kept.write),
        maps=Maps(shelf, folder / "maps"),
        covers=Covers(folder / "covers"),
        waveforms=Waveforms(folder / "waveforms"),
        learned=LearnedTaste(Taste(shelf.library.location)),
        models=Models(models or default_folder()),
        folders=FolderChoice(tuple(music), memory / "folders.json"),
        examples=folder / "samples",
        closing=threading.Event(),
        leans=taste,
    )
    app = FastAPI(
        title="linernotes",
        summary="Writes the liner notes of your music by listening to it.",
        version=linernotes.__version__,
        openapi_url=f"{API}/openapi.json",
        # Their pages would load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        default_response_class=Json,
        lifespan=_lifespan(services),
    )
    app.state.services = services
    answer_errors(app, pages.show_lost)
    for router in (
        api_identify.make_router(services),
        api_library.make_router(services),
        api_folders.make_router(services),
        api_tracks.make_router(services),
        api_discover.make_router(services),
        api_albums.make_router(services),
        api_playlists.make_router(services),
        api_map.make_router(services),
        api_labels.make_router(services),
        api_models.make_router(services),
        api_taste.make_router(services),
    ):
        app.include_router(router, prefix=API)
    if subsonic is not None:
        app.state.subsonic = make_server(services, subsonic)
        app.include_router(make_subsonic_router(app.state.subsonic))
    app.include_router(pages.make_router(certificate))
    # "All addresses" is no name: browsers let any page call a server by it.
    own = names_of([*_LOOPBACK, *([] if host in ALL_ADDRESSES else [host]), *names])
    app.add_middleware(
        Guard,
        hosts=Hosts(own, any_address=host in ALL_ADDRESSES),
        key=services.key,
        body=limits.request_bytes,
        uploads=f"{API}{api_identify.UPLOADS}",
        apps=None if subsonic is None else f"{SUBSONIC}/",
    )
    return app


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on an address.

    Examples
    --------
    >>> is_loopback("127.0.0.1"), is_loopback("0.0.0.0")
    (True, False)
    """
    import ipaddress

    if is_address(host):
        return ipaddress.ip_address(host).is_loopback
    return host.casefold() == "localhost"


def _memory_of(library: str) -> Path:
    """Return where is kept what pages remember of a library."""
    mark = hashlib.sha256(os.fsencode(library)).hexdigest()[:16]
    return Path(platformdirs.user_data_dir("linernotes", appauthor=False)) / "web" / mark


def _lifespan(services: Services) -> _Lifespan:
    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=services.shelf.warm, name="warm", daemon=True).start()
        try:
            yield
        finally:
            services.closing.set()
            services.jobs.stop_all()
            deadline = time.monotonic() + _GOODBYE
            while services.jobs.are_open() and time.monotonic() < deadline:
                await asyncio.sleep(0.1)  # a scan writes what it has
            services.covers.close()
            services.waveforms.close()
            services.listeners.close()
            services.uploads.close()

    return lifespan
