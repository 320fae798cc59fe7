"""The library of this server, handed to the apps that speak Subsonic."""

from __future__ import annotations

from linernotes.integrations.subsonic.authentication import PasswordFile
from linernotes.integrations.subsonic.server import ScanProgress, SubsonicServer
from linernotes.library.playlists import Playlists
from linernotes.web.scanning import folders_of, scan
from linernotes.web.services import Services


def make_server(services: Services, password: PasswordFile) -> SubsonicServer:
    """Return what apps are given access to.

    Parameters
    ----------
    services
        Of the server.
    password
        What apps have to show.
    """
    shelf = services.shelf

    def start_scan() -> None:
        folders = folders_of(shelf, services.folders.music, services.folders.chosen())
        if folders:
            services.only("scan", ", ".join(folders), lambda job: scan(job, shelf, folders, {}))

    def progress() -> ScanProgress:
        job = services.jobs.current("scan")
        going = job is not None and not job.has_ended
        return ScanProgress(going, job.progress.get("done", 0) if job is not None else 0)

    return SubsonicServer(
        location=shelf.library.location,
        known=shelf.now,
        learned=services.learned,
        playlists=Playlists(shelf.library.location),
        covers=services.covers,
        password=password,
        start_scan=start_scan,
        scan_progress=progress,
        leans=services.leans,
    )
