"""The server as assistants meet it: the official client, over a real process."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import soundfile
from integrations_support import keep, write_tracks
from support import LONG, make_song

from linernotes.explore import Library
from linernotes.integrations.assistant import MOST_TRACKS, Assistant, OutOfBoundsError

pytest.importorskip("mcp")

from mcp import Client, MCPError, StdioServerParameters

REFUSED = "neither a track of the library nor a file in one of the music folders"


def talk(library: Library, *options: str, to: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
    """Start the server as assistants do, and talk to it."""

    async def conversation() -> None:
        arguments = ["-m", "linernotes", "mcp", "--library", library.location, *options]
        server = StdioServerParameters(command=sys.executable, args=arguments, env={**os.environ})
        async with Client(server, read_timeout_seconds=LONG) as client:
            await to(client)

    asyncio.run(conversation())


def told(result: Any) -> Any:
    assert not result.is_error, result.content
    return result.structured_content


def refusal(result: Any) -> str:
    assert result.is_error
    (text,) = result.content
    return str(text.text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A music folder with a song, and a link out of it."""
    home: Path = tmp_path_factory.mktemp("home")
    place = home / "Music"
    place.mkdir()
    soundfile.write(place / "new song.flac", make_song(duration=3), 44100)
    soundfile.write(home / "secret.flac", make_song(duration=3), 44100)
    (place / "link.flac").symlink_to(home / "secret.flac")
    return place


@pytest.mark.slow
def test_an_assistant_asks(library: Library, music: Path, folder: Path) -> None:
    async def ask(client: Any) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert {"identify", "similar", "by_words", "path_between", "playlists"} < set(tools)
        assert all(tool.annotations.read_only_hint for tool in tools.values())
        assert not any("save" in name for name in tools)
        facts = told(await client.call_tool("library_facts", {}))
        assert facts["tracks"] == 40
        found = told(await client.call_tool("query", {"where": ["genre=polka"], "n": 3}))
        assert (found["found"], len(found["tracks"])) == (14, 3)
        first, second, third = (track["track_id"] for track in found["tracks"])
        like = told(await client.call_tool("similar", {"tracks": [first], "n": 5}))["tracks"]
        assert len(like) == 5
        assert first not in [track["track_id"] for track in like]
        way = told(await client.call_tool("path_between", {"start": first, "end": third, "n": 4}))
        assert [way["tracks"][0]["track_id"], way["tracks"][-1]["track_id"]] == [first, third]
        worded = told(await client.call_tool("by_words", {"words": "mellow piano", "n": 2}))
        assert len(worded["tracks"]) == 2
        known = told(await client.call_tool("identify", {"track": found["tracks"][1]["path"]}))
        assert known["track_id"] == second
        heard = told(await client.call_tool("identify", {"track": str(folder / "new song.flac")}))
        assert heard["tags"]
        # What is wrong is a result that says so, and the conversation goes on.
        for tool, arguments, word in (
            ("query", {"where": ["mood=("], "n": 1}, "filter"),
            ("query", {"where": [], "n": MOST_TRACKS + 1}, "ask for 1 to"),
            ("by_words", {"words": "x" * 600}, "500 characters"),
            ("by_words", {"words": "qwertz"}, "qwertz"),
            ("similar", {"tracks": [first] * 21}, "at most 20"),
            ("similar", {"tracks": []}, "name a track"),
            ("path_between", {"start": first, "end": first}, "not to itself"),
            ("identify", {"track": str(folder / "link.flac")}, REFUSED),
            ("identify", {"track": str(folder / ".." / "secret.flac")}, REFUSED),
            ("similar", {"tracks": ["/etc/passwd"]}, REFUSED),
            ("identify", {"track": 7}, ""),
            ("nothing of this name", {}, ""),
        ):
            try:
                answer = await client.call_tool(tool, arguments)
            except MCPError:  # a protocol error is an answer, too
                assert not word
            else:
                assert word in refusal(answer)
        assert told(await client.call_tool("library_facts", {}))["tracks"] == 40

    talk(library, "--music", str(folder), to=ask)


@pytest.mark.slow
def test_playlists_are_saved_only_where_that_is_allowed(tmp_path: Path) -> None:
    own = keep(tmp_path / "library", write_tracks(tmp_path / "music", 3))
    first, second, _ = own.collection().track_id

    async def save(client: Any) -> None:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert not tools["save_playlist"].annotations.read_only_hint
        asked = {"name": "Mine", "tracks": [second, first], "comment": "a\0b"}
        made = told(await client.call_tool("save_playlist", asked))
        assert own.playlists.get(made["id"]).tracks == (second, first)
        shown = told(await client.call_tool("playlists", {"playlist": "mine"}))
        assert [track["track_id"] for track in shown["tracks"]] == [second, first]
        for wrong in (
            {"name": "", "tracks": []}, {"name": "x" * 1000, "tracks": []},
            {"name": "a", "tracks": ["/etc/passwd"]}, {"name": "a", "tracks": [first] * 1001},
        ):  # fmt: skip
            assert refusal(await client.call_tool("save_playlist", wrong))
        assert told(await client.call_tool("playlists", {}))["found"] == 1

    talk(own, "--allow-write", to=save)


def test_paths_outside_are_refused_alike(library: Library, folder: Path) -> None:
    assistant = Assistant(library, music=[folder])
    outside = [
        "/etc/passwd", "/etc/no such file", str(folder), str(folder / "no such file"), "~root/.ssh",
        str(folder.parent / "secret.flac"), f"{folder}/../secret.flac", "file:///etc/passwd",
        str(folder / "link.flac"), "https://example.org/a.mp3", "../../etc/passwd", "\ud800",
    ]  # fmt: skip
    told = set()
    for place in outside:
        with pytest.raises(OutOfBoundsError) as refused:
            assistant.identify(place)
        told.add(str(refused.value))
    assert len(told) == 1
    for odd in ("", "a\0b", "x" * 5000):
        with pytest.raises(OutOfBoundsError):
            assistant.identify(odd)
    with pytest.raises(OutOfBoundsError):
        Assistant(library).identify(str(folder / "new song.flac"))


@pytest.mark.slow
def test_nothing_but_the_protocol_is_on_standard_output(library: Library) -> None:
    asked = [
        "this is no JSON",
        json.dumps({"jsonrpc": "2.0", "id": 1, "method": "no such method"}),
        json.dumps({
            "jsonrpc": "2.0", "id": 2, "method": "initialize",
            "params": {"protocolVersion": "2025-06-18", "capabilities": {},
                       "clientInfo": {"name": "test", "version": "1"}},
        }),
        json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        json.dumps({
            "jsonrpc": "2.0", "id": 3, "method": "tools/call",
            "params": {"name": "library_facts", "arguments": {}},
        }),
    ]  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "-m", "linernotes", "mcp", "--library", library.location],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        encoding="utf-8",
    )  # fmt: skip
    assert server.stdin
    assert server.stdout
    with server:
        server.stdin.write("\n".join([*asked, ""]))
        server.stdin.flush()
        ids = set()
        while 3 not in ids:
            line = server.stdout.readline()
            assert line, "the server ended"
            answer = json.loads(line)
            assert answer["jsonrpc"] == "2.0"
            ids.add(answer.get("id"))
        server.stdin.close()
        assert server.stdout.read() == ""
    assert server.returncode == 0
