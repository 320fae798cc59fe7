"""A client for MPD's protocol: lines to a socket and back, all of it bounded.

`MPD's protocol <https://mpd.readthedocs.io/en/stable/protocol.html>`_: a command a line, answered
by lines up to ``OK``, or by ``ACK [error@place] {command} message``.
"""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Self

from linernotes.errors import LinernotesError

PORT = 6600
NOT_FOUND, EXISTS, NO_PERMISSION, UNKNOWN = 50, 56, 4, 5
"""Numbers of MPD's errors."""

_TIMEOUT = 30.0
_LONGEST_LINE = 1 << 16
_MOST_LINES = 1_000_000
# MPD takes lists of 2 MiB unless it is told otherwise, and is busy with nothing else meanwhile.
_LIST_BYTES, _LIST_COMMANDS = 1 << 17, 500
_ACK = re.compile(rb"ACK \[(\d+)@(\d+)\] \{([^}]*)\} ?(.*)")

Command = Sequence[str | bytes]
Pairs = list[tuple[str, str]]


class MpdError(LinernotesError):
    """MPD cannot be reached, went away, or refuses something."""

    code = "mpd"


class MpdRefusedError(MpdError):
    """MPD refuses a command.

    Parameters
    ----------
    message
        What it says.
    number
        Of its error, such as `NOT_FOUND`.
    """

    code = "mpd-refused"

    def __init__(self, message: str, number: int) -> None:
        super().__init__(message)
        self.number = number


class MpdClient:
    """A connection to MPD; a context manager.

    Parameters
    ----------
    host
        A name or address, or the path of a socket; ``password@host`` as in ``MPD_HOST``.
    port
        Of a host.
    password
        If it wants one.

    Examples
    --------
    >>> with MpdClient("localhost") as mpd:  # doctest: +SKIP
    ...     mpd.call("status")
    [('volume', '100'), ...]
    """

    def __init__(
        self, host: str = "localhost", port: int = PORT, *, password: str | None = None
    ) -> None:
        told, at, place = host.rpartition("@")
        # What begins with an at sign is the name of a socket without a file.
        if at and told:
            host, password = place, password or told
        self.name = host if host.startswith(("/", "@", "~")) else f"{host}:{port}"
        self._socket = self._connected(host, port)
        self._file = self._socket.makefile("rb")
        try:
            greeting = self._line()
            if not greeting.startswith(b"OK MPD "):
                raise MpdError(f"what answers at {self.name} is no MPD")
            if password:
                self.call("password", password)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()

    @property
    def is_local(self) -> bool:
        """Whether the connection is a socket on this machine, by which MPD tells its settings."""
        return hasattr(socket, "AF_UNIX") and self._socket.family == socket.AF_UNIX

    def call(self, *command: str | bytes) -> Pairs:
        """Call a command, and return the pairs of its answer.

        Raises
        ------
        MpdRefusedError
            It is refused; the connection stays.
        MpdError
            MPD went away.
        """
        self._send(_line_of(command))
        return self._answer()

    def call_all(self, commands: Iterable[Command]) -> Iterator[Pairs | MpdRefusedError]:
        """Call many commands, in lists; what one is refused does not keep the others.

        Yields
        ------
        list of pairs, or MpdRefusedError
            What each command was answered.

        Raises
        ------
        MpdError
            MPD went away.
        """
        for lines in _lists(commands):
            rest = lines
            while rest:
                self._send(b"command_list_ok_begin\n" + b"".join(rest) + b"command_list_end\n")
                done = 0
                try:
                    for answer in self._answers():
                        done += 1
                        yield answer
                except MpdRefusedError as error:
                    yield error
                    done += 1  # those behind it were not called
                rest = rest[done:] if done else []

    def _connected(self, host: str, port: int) -> socket.socket:
        try:
            if host.startswith(("/", "@", "~")):
                return _connected_to_file(host)
            return socket.create_connection((host, port), timeout=_TIMEOUT)
        except (OSError, ValueError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise MpdError(
                f"there is no MPD at {self.name} ({reason}); is it running, and is this where it "
                "listens? See --host and --port"
            ) from error

    def _send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise self._gone() from error

    def _line(self) -> bytes:
        try:
            line = self._file.readline(_LONGEST_LINE)
        except OSError as error:
            raise self._gone() from error
        if not line.endswith(b"\n"):
            raise self._gone()
        return line[:-1]

    def _gone(self) -> MpdError:
        return MpdError(f"MPD at {self.name} went away; call this again: it goes on from there")

    def _answer(self) -> Pairs:
        for answer in self._answers(last=True):
            return answer
        return []

    def _answers(self, *, last: bool = False) -> Iterator[Pairs]:
        """Yield the answers of the commands of a list, or the last one."""
        pairs: Pairs = []
        for _ in range(_MOST_LINES):
            line = self._line()
            if line == b"OK":
                if last:
                    yield pairs
                return
            if line == b"list_OK":
                yield pairs
                pairs = []
                continue
            if found := _ACK.fullmatch(line):
                raise MpdRefusedError(found[4].decode("utf-8", "replace")[:200], int(found[1]))
            name, mark, value = line.partition(b": ")
            if not mark:
                raise MpdError(f"what answers at {self.name} does not speak as MPD does")
            pairs.append((name.decode("utf-8", "replace"), os.fsdecode(value)))
        raise MpdError(f"MPD at {self.name} answers without end")


def _connected_to_file(name: str) -> socket.socket:
    if not hasattr(socket, "AF_UNIX"):
        raise OSError("this system knows no sockets that are files")
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(_TIMEOUT)
        connection.connect(f"\0{name[1:]}" if name[0] == "@" else os.path.expanduser(name))  # noqa: PTH111
    except BaseException:
        connection.close()
        raise
    return connection


def can_be_said(text: str | bytes) -> bool:
    """Whether a text can be part of a command: a line has no breaks in it."""
    data = text if isinstance(text, bytes) else os.fsencode(text)
    return not re.search(rb"[\n\r\0]", data)


def _line_of(command: Command) -> bytes:
    """Return a command as a line, all but its name in quotes."""
    words = [each if isinstance(each, bytes) else os.fsencode(each) for each in command]
    if not all(map(can_be_said, words)):
        raise MpdError("MPD can be told nothing that holds a line break")
    name, *rest = words
    quoted = (b'"' + re.sub(rb'(["\\])', rb"\\\1", word) + b'"' for word in rest)
    return b" ".join([name, *quoted]) + b"\n"


def _lists(commands: Iterable[Command]) -> Iterator[list[bytes]]:
    waiting: list[bytes] = []
    size = 0
    for command in commands:
        line = _line_of(command)
        if waiting and (size + len(line) > _LIST_BYTES or len(waiting) == _LIST_COMMANDS):
            yield waiting
            waiting, size = [], 0
        waiting.append(line)
        size += len(line)
    if waiting:
        yield waiting
