"""``linernotes serve``."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console

from linernotes.errors import LinernotesError

if TYPE_CHECKING:
    from pathlib import Path

    from linernotes.web.certificates import HouseCertificate

# Connections beyond that are refused at once instead of slowing all others down.
_CONNECTIONS = 500
_GOODBYE = 3


class ServeError(LinernotesError):
    """The pages cannot be served as it was asked for."""

    code = "serve"


def serve_pages(
    *,
    library: str | None = None,
    host: str = "127.0.0.1",
    port: int = 8000,
    token: str | None = None,
    names: Sequence[str] = (),
    music: Sequence[Path] = (),
    workers: int | None = None,
    upload_megabytes: int = 200,
    https: bool = False,
    open_browser: bool = False,
    subsonic: bool = False,
    taste: bool = False,
    networks: Sequence[str] = (),
) -> None:
    """Serve the pages until Ctrl-C.

    Parameters
    ----------
    library
        Folder or URL.
    host, port
        Where to listen; port 0 takes any that is free.
    token
        What visitors have to show; made up where others can reach the server and none is given.
    names
        More names that the server may be called by.
    music
        Folders that may be scanned from a page.
    workers, upload_megabytes
        Processes that listen to uploads, and how large these may be.
    https
        Whether pages come encrypted, with a certificate that is made for this machine.
    open_browser
        Whether to show the page at once.
    subsonic
        Whether apps that speak Subsonic are let in.
    taste
        Whether what is similar leans to what is liked.
    networks
        An installed network that words are asked of; several say what is alike as well.

    Raises
    ------
    ServeError
        Something is not installed, or the address or the certificate cannot be had.
    """
    try:
        import uvicorn

        from linernotes.integrations.subsonic.authentication import PasswordFile
        from linernotes.web.app import create_app, is_loopback
        from linernotes.web.encryption import encrypted, kept_fresh
        from linernotes.web.limits import Limits
        from linernotes.web.machine import own_names
    except ImportError as error:
        raise ServeError(
            f"the pages need what is not installed ({error.name}): pip install 'linernotes[web]'"
        ) from error
    from linernotes.explore import Library

    if networks:
        from linernotes.explore.network_ears import check_networks

        check_networks(networks)  # so that a wrong name is said at once
    if token is None and not is_loopback(host):
        token = secrets.token_urlsafe(24)
    names = [*names, *([] if is_loopback(host) else own_names())]
    certificate = _certificate(host, names) if https else None
    protocol: Any = "auto"
    if certificate is not None:
        protocol = encrypted(kept_fresh(certificate, lambda: _certificate(host, names)))
    app = create_app(
        Library(library),
        token=token,
        host=host,
        names=names,
        music=[str(folder.expanduser().absolute()) for folder in music],
        workers=workers,
        limits=Limits(upload_bytes=upload_megabytes * 10**6),
        certificate=None if certificate is None else certificate.authority,
        subsonic=PasswordFile() if subsonic else None,
        taste=taste,
        networks=networks,
    )
    listener = _listen(host, port)
    secret = "" if token is None else f"#token={token}"
    scheme, number = "http" if certificate is None else "https", listener.getsockname()[1]
    addresses = [f"{scheme}://{_in_link(place)}:{number}/" for place in _places(host)]
    link = addresses[0] + secret
    messages = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)
    messages.print(f"linernotes: {link}  (Ctrl-C ends it)", markup=False)
    for other in addresses[1:]:
        messages.print(f"        or: {other}{secret}", markup=False)
    if certificate is not None:
        messages.print(
            f"Browsers warn of the certificate until {addresses[0]}certificate is installed.\n"
            f"Its SHA-256: {certificate.authority_fingerprint}\n"
            f"That of this server: {certificate.fingerprint}",
            markup=False,
        )
    if subsonic:
        _tell_apps(addresses[0], messages)
    if open_browser:
        import webbrowser

        webbrowser.open(link)
    config = uvicorn.Config(
        app, http=protocol, log_level="warning", access_log=False, server_header=False, ws="none",
        proxy_headers=False, limit_concurrency=_CONNECTIONS, timeout_graceful_shutdown=_GOODBYE,
    )  # fmt: skip
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        listener.close()


def _tell_apps(address: str, messages: Console) -> None:
    """Say what to type into an app; the password only when it is made."""
    from linernotes.integrations.subsonic.authentication import PasswordFile

    file = PasswordFile()
    known = file.read()
    shown = "password as before: linernotes subsonic shows it"
    if known is None:
        known = file.renew()
        shown = f"password {known.password}"
    messages.print(f"apps: server {address}  user {known.user}  {shown}", markup=False)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
            listener.listen(_CONNECTIONS)  # whoever is told the address may come at once
        except OSError:
            listener.close()
            raise
    except (OSError, OverflowError) as error:
        raise ServeError(
            f"{host}, port {port}, cannot be listened on ({error}); choose others with "
            "--host and --port"
        ) from error
    return listener


def _certificate(host: str, names: Sequence[str]) -> HouseCertificate:
    """Return the certificate for all that a server may be called."""
    import platformdirs

    from linernotes.web.app import is_loopback
    from linernotes.web.certificates import house_certificate

    folder = platformdirs.user_data_path("linernotes", appauthor=False) / "https"
    places = [] if is_loopback(host) else _places(host)
    try:
        return house_certificate(folder, [*names, *places])
    except ImportError as error:
        raise ServeError(
            f"HTTPS needs what is not installed ({error.name}): pip install 'linernotes[web]'"
        ) from error
    except OSError as error:
        raise ServeError(f"the certificate cannot be kept in {folder} ({error})") from error


def _places(host: str) -> list[str]:
    """Return by what addresses a server is reached, the likeliest first."""
    from linernotes.web.app import ALL_ADDRESSES
    from linernotes.web.machine import own_addresses

    if host not in ALL_ADDRESSES:
        return [host]
    found = own_addresses()
    return [each for each in found if ":" not in each or host == "::"] or ["127.0.0.1"]


def _in_link(place: str) -> str:
    return f"[{place}]" if ":" in place else place
