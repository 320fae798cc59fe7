"""Methods about the server: what it is, what it can do, who asks, and scans."""

from __future__ import annotations

from linernotes.integrations.subsonic.answers import Tree
from linernotes.integrations.subsonic.authentication import USER
from linernotes.integrations.subsonic.errors import NoSuchItemError, NotAllowedError
from linernotes.integrations.subsonic.server import Call, Method

_EXTENSIONS = ("apiKeyAuthentication", "formPost", "sonicSimilarity", "transcodeOffset")
_ALLOWED = ("downloadRole", "streamRole", "playlistRole", "scrobblingEnabled")
_NOT_ALLOWED = (
    "adminRole", "settingsRole", "uploadRole", "coverArtRole", "commentRole", "podcastRole",
    "jukeboxRole", "shareRole", "videoConversionRole",
)  # fmt: skip


def _ping(_: Call) -> Tree:
    return {}


def _license(_: Call) -> Tree:
    return {"license": {"valid": True}}


def _extensions(_: Call) -> Tree:
    return {
        "openSubsonicExtensions": [{"name": name, "versions": [1]} for name in _EXTENSIONS],
    }


def _user(call: Call) -> Tree:
    if call.asked.text("username") not in (None, "", USER):
        raise NotAllowedError("an app may ask about its own user alone")
    return {"user": _told_user()}


def _users(_: Call) -> Tree:
    return {"users": {"user": [_told_user()]}}


def _told_user() -> Tree:
    return {
        "username": USER,
        **dict.fromkeys(_ALLOWED, True),
        **dict.fromkeys(_NOT_ALLOWED, False),
        "folder": [1],
    }


def _token(_: Call) -> Tree:
    return {"tokenInfo": {"username": USER}}


def _scan_status(call: Call) -> Tree:
    progress = call.server.scan_progress()
    count = progress.count if progress.scanning else len(call.catalog.collection)
    return {"scanStatus": {"scanning": progress.scanning, "count": count}}


def _start_scan(call: Call) -> Tree:
    call.server.start_scan()
    return _scan_status(call)


def _nothing(**told: Tree) -> Method:
    """Return a method of which there is nothing here, so that apps that begin with it go on."""
    return lambda _: dict(told)


def _no_picture(_: Call) -> Tree:
    raise NoSuchItemError("nobody here has a picture")


METHODS: dict[str, Method] = {
    "ping": _ping,
    "getLicense": _license,
    "getOpenSubsonicExtensions": _extensions,
    "getUser": _user,
    "getUsers": _users,
    "tokenInfo": _token,
    "getScanStatus": _scan_status,
    "startScan": _start_scan,
    "getAvatar": _no_picture,
    "getBookmarks": _nothing(bookmarks={"bookmark": []}),
    "getInternetRadioStations": _nothing(internetRadioStations={"internetRadioStation": []}),
    "getLyrics": _nothing(lyrics={"value": ""}),
    "getLyricsBySongId": _nothing(lyricsList={"structuredLyrics": []}),
    "getNewestPodcasts": _nothing(newestPodcasts={"episode": []}),
    "getPodcasts": _nothing(podcasts={"channel": []}),
    "getShares": _nothing(shares={"share": []}),
    "getVideos": _nothing(videos={"video": []}),
}
