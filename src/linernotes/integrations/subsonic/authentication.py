"""Who is let in: a user, a password of its own for apps, and an API key.

Apps show ``md5(password + salt)``, which can be checked only by who has the password itself. So
the password is none that a person has thought of or uses elsewhere: it is made here, good for
nothing but these apps, kept in a file that only its owner can read, and made anew when asked for.
The file is looked at with each request, so that a password that was replaced is good no longer.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import platformdirs

from linernotes.integrations.subsonic.errors import (
    ConflictingKeysError,
    MissingParameterError,
    SubsonicError,
    WrongKeyError,
    WrongPasswordError,
)

USER = "linernotes"

# No letters that are mistaken for others when they are typed on a phone.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 5, 4
_LONGEST = 1000
# Wrong passwords from one address within so many seconds, after which it has to wait.
_MOST_FAILURES = 10
_WINDOW = 60.0
_ADDRESSES = 4096


@dataclass(frozen=True)
class AppPassword:
    """What apps show to be let in.

    Parameters
    ----------
    user
        The name to type.
    password
        Of apps that ask for one; about 99 bits of chance.
    api_key
        Of apps that take a key instead.
    """

    user: str
    password: str = field(repr=False)
    api_key: str = field(repr=False)

    @classmethod
    def new(cls) -> AppPassword:
        """Make one up.

        Returns
        -------
        AppPassword
            Unlike any other.
        """
        groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
        return cls(USER, "-".join(groups), secrets.token_urlsafe(32))


class PasswordFile:
    """The file in which the password of apps is kept.

    Parameters
    ----------
    path
        By default in the user's data folder.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(platformdirs.user_data_dir("linernotes")) / "subsonic.json"
        self._lock = threading.Lock()
        self._known: tuple[tuple[int, int, int], AppPassword] | None = None

    def read(self) -> AppPassword | None:
        """Return the password, or ``None`` where there is none yet.

        Returns
        -------
        AppPassword or None
            As it is in the file now.

        Raises
        ------
        SubsonicError
            The file cannot be read.
        """
        with self._lock:
            try:
                found = self.path.stat()
                stamp = (found.st_mtime_ns, found.st_ino, found.st_size)
                if self._known is None or self._known[0] != stamp:
                    if os.name == "posix" and found.st_mode & 0o077:
                        self.path.chmod(0o600)
                    told = json.loads(self.path.read_bytes())
                    known = AppPassword(told["user"], told["password"], told["api_key"])
                    if not all(isinstance(each, str) and each for each in asdict(known).values()):
                        raise ValueError("not all of it is text")
                    self._known = stamp, known
            except FileNotFoundError:
                return None
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise SubsonicError(
                    f"{self.path} cannot be read ({error}); "
                    "linernotes subsonic --renew makes it anew"
                ) from error
            return self._known[1]

    def renew(self) -> AppPassword:
        """Make a new password, after which the old one is good no longer.

        Returns
        -------
        AppPassword
            The new one.

        Raises
        ------
        SubsonicError
            The file cannot be written.
        """
        made = AppPassword.new()
        part = self.path.with_name(f".{self.path.name}-{secrets.token_hex(6)}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Nobody else could read it at any moment.
            number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(number, "wb") as file:
                file.write(json.dumps(asdict(made), indent=1).encode())
                file.flush()
                os.fsync(file.fileno())
            part.replace(self.path)
        except OSError as error:
            with suppress(OSError):
                part.unlink()
            raise SubsonicError(f"{self.path} cannot be written: {error.strerror}") from error
        return made


class Attempts:
    """Counts wrong passwords by address, so that nobody can try many.

    Parameters
    ----------
    most
        Wrong ones within a minute, after which an address has to wait.

    Examples
    --------
    >>> attempts = Attempts(most=1)
    >>> attempts.failed("192.0.2.1")
    >>> attempts.are_too_many("192.0.2.1"), attempts.are_too_many("192.0.2.2")
    (True, False)
    """

    def __init__(self, most: int = _MOST_FAILURES) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def are_too_many(self, address: str) -> bool:
        """Whether an address has to wait.

        Parameters
        ----------
        address
            Where the request comes from.

        Returns
        -------
        bool
            ``True`` until a minute has passed since its first failure.
        """
        with self._lock:
            count, since = self._failures.get(_network(address), (0, 0.0))
            return count >= self._most and time.monotonic() - since < _WINDOW

    def failed(self, address: str) -> None:
        """Count a failure.

        Parameters
        ----------
        address
            Where the request came from.
        """
        network, now = _network(address), time.monotonic()
        with self._lock:
            count, since = self._failures.pop(network, (0, now))
            if now - since >= _WINDOW:
                count, since = 0, now
            self._failures[network] = count + 1, since
            while len(self._failures) > _ADDRESSES:
                self._failures.popitem(last=False)


def check(asked: Mapping[str, str], known: AppPassword) -> None:
    """See that a request may be answered.

    Parameters
    ----------
    asked
        The request's parameters.
    known
        The user and what it shows.

    Raises
    ------
    MissingParameterError
        It does not say who it is.
    WrongPasswordError, WrongKeyError, ConflictingKeysError
        It is not who it says, or says it in several ways.

    Examples
    --------
    >>> known = AppPassword("linernotes", "secret", "key")
    >>> check({"u": "linernotes", "p": "enc:736563726574"}, known)
    >>> check({"u": "linernotes", "t": "0", "s": "salt"}, known)
    Traceback (most recent call last):
    ...
    linernotes.integrations.subsonic.errors.WrongPasswordError: wrong user or password
    """
    told = {name for name in ("u", "p", "t", "s", "apiKey") if name in asked}
    if "apiKey" in told:
        if told != {"apiKey"}:
            raise ConflictingKeysError("an API key stands alone, without user and password")
        if not _same(asked["apiKey"], known.api_key):
            raise WrongKeyError("wrong API key; linernotes subsonic shows it")
        return
    if "p" in told and told & {"t", "s"}:
        raise ConflictingKeysError("either a password or a token with its salt, not both")
    if "u" not in told or not ("p" in told or {"t", "s"} <= told):
        raise MissingParameterError("say who you are: u with t and s, u with p, or apiKey")
    if "p" in told:
        fits = _same(_plain_password(asked["p"]), known.password)
    else:
        salted = (known.password + asked["s"][:_LONGEST]).encode("utf-8", "replace")
        # The protocol is older than better functions.
        token = hashlib.md5(salted, usedforsecurity=False).hexdigest()
        fits = _same(asked["t"].casefold(), token)
    # Both are looked at in any case, so that the time that it takes tells nothing.
    if not (_same(asked["u"], known.user) & fits):
        raise WrongPasswordError("wrong user or password")


def _plain_password(text: str) -> str:
    if not text.startswith("enc:"):
        return text
    try:
        return bytes.fromhex(text.removeprefix("enc:")[: 2 * _LONGEST]).decode("utf-8", "replace")
    except ValueError:
        return ""


def _same(one: str, other: str) -> bool:
    cut = one[:_LONGEST].encode("utf-8", "replace")
    return secrets.compare_digest(cut, other.encode("utf-8", "replace"))


def _network(address: str) -> str:
    """Return what belongs to one household: an address, of IPv6 its first half."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
