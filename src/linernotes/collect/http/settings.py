"""Settings for services: who is asking, keys, and places of one's own.

They are read from the environment and from ``config.toml``::

    contact = "me@example.org"        # or LINERNOTES_CONTACT

    [keys]
    discogs_token = "…"               # or LINERNOTES_DISCOGS_TOKEN

    [manners]
    retries = 8

    [services.musicbrainz]            # a mirror of one's own
    url = "http://localhost:5000/ws/2"
    requests = 50
    seconds = 1

``LINERNOTES_CONFIG`` names another file. One with keys must be readable by its owner alone.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import platformdirs

from linernotes.collect.http.errors import SettingsError
from linernotes.collect.http.service import Manners, Service

_CONTACT = re.compile(r"[\x21-\x7e]+@[\x21-\x7e]+|https?://[\x21-\x7e]+")


def _cache() -> Path:
    return Path(platformdirs.user_cache_path("linernotes", appauthor=False)) / "sources"


@dataclass(frozen=True)
class Settings:
    """The user's settings about services.

    Parameters
    ----------
    contact
        Address of mail or page at which a service can reach whoever is asking.
    keys
        Keys by name; they are never shown.
    manners
        How patiently services are asked.
    services
        What is different about a service, by its name.
    cache
        Folder of kept answers.
    """

    contact: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    manners: Manners = field(default_factory=Manners)
    services: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    cache: Path = field(default_factory=_cache)

    def key(self, name: str) -> str | None:
        """Key of this name, from the environment (``LINERNOTES_NAME``) or the file.

        Parameters
        ----------
        name
            Such as ``discogs_token``.

        Returns
        -------
        str or None
            ``None`` where it is not set.
        """
        return os.environ.get(f"LINERNOTES_{name.upper()}") or self.keys.get(name)

    def service(self, service: Service) -> Service:
        """Return a service as the user has set it: a mirror, another pace.

        Parameters
        ----------
        service
            As it is by default.

        Returns
        -------
        Service
            As the settings want it.
        """
        own = self.services.get(service.name, {})
        trusted = service.trusted or "url" in own or "hosts" in own
        return replace(service, trusted=trusted, **own) if own else service


def read_settings(*, contact: str | None = None, cache: Path | None = None) -> Settings:
    """Read the settings of this user.

    Parameters
    ----------
    contact, cache
        What to take instead of what is written there.

    Returns
    -------
    Settings
        Of the file and the environment, the environment first.

    Raises
    ------
    SettingsError
        The file is malformed, or holds keys and can be read by others; the contact is none.
    """
    named = os.environ.get("LINERNOTES_CONFIG")
    path = Path(named) if named else settings_path()
    content = _read(path, required=named is not None)
    settings = Settings(
        contact=contact or os.environ.get("LINERNOTES_CONTACT") or _text(content, "contact", path),
        keys={name: _text(_table(content, "keys", path), name, path) or ""
              for name in _table(content, "keys", path)},
        manners=_manners(_table(content, "manners", path), path),
        services={name: _service(_table(_table(content, "services", path), name, path), path)
                  for name in _table(content, "services", path)},
    )  # fmt: skip
    folder = cache or _text(content, "cache", path)
    if folder:
        settings = replace(settings, cache=Path(folder).expanduser())
    if settings.contact is not None and not _CONTACT.fullmatch(settings.contact):
        raise SettingsError(
            "the contact must be an address of mail (me@example.org) or of a page "
            "(https://example.org), in plain letters"
        )
    return settings


def settings_path() -> Path:
    """Where the settings are read from, unless the environment says otherwise."""
    return Path(platformdirs.user_config_path("linernotes", appauthor=False)) / "config.toml"


def _read(path: Path, *, required: bool) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = tomllib.load(file)
    except FileNotFoundError:
        if required:
            raise SettingsError(f"there are no settings at {path}") from None
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"the settings at {path} cannot be read ({error})") from None
    if content.get("keys") and os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(f"the keys in {path} can be read by others; call: chmod 600 {path}")
    return content


def _table(content: Mapping[str, Any], name: str, path: Path) -> dict[str, Any]:
    table = content.get(name, {})
    if not isinstance(table, dict):
        raise SettingsError(f"in {path}, {name} must be a table: [{name}]")
    return table


def _text(content: Mapping[str, Any], name: str, path: Path) -> str | None:
    text = content.get(name)
    if text is not None and not isinstance(text, str):
        raise SettingsError(f"in {path}, {name} must be a text in quotes")
    return text


def _manners(table: Mapping[str, Any], path: Path) -> Manners:
    known = {entry.name for entry in fields(Manners)}
    for name, value in table.items():
        if name not in known or isinstance(value, bool) or not isinstance(value, int | float):
            raise SettingsError(f"in {path}, [manners] knows no number {name!r}")
        if value < 0:
            raise SettingsError(f"in {path}, {name} cannot be less than nothing")
    return Manners(**table)


def _service(table: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    checked: dict[str, Any] = {}
    for name, value in table.items():
        if name == "hosts" and isinstance(value, list):
            checked[name] = tuple(map(str, value))
        elif name == "url" and isinstance(value, str) and value.startswith(("http://", "https://")):
            checked[name] = value.rstrip("/")
        elif name in ("requests", "seconds", "expires") and isinstance(value, int | float):
            if value <= 0:
                raise SettingsError(f"in {path}, {name} must be more than nothing")
            checked[name] = float(value)
        else:
            raise SettingsError(
                f"in {path}, a service has url, hosts, requests, seconds and expires; "
                f"{name} = {value!r} is none of them"
            )
    return checked
