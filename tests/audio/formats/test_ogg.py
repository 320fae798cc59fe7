"""Noticing that pages of an ogg file are missing, and where one stream follows another."""

from __future__ import annotations

import io
from pathlib import Path

from linernotes.audio.formats.ogg import find_links


def is_whole(data: bytes) -> bool:
    return all(link.whole for link in find_links(io.BytesIO(data)))


def test_whole_and_broken_files(song_files: dict[str, Path]) -> None:
    for name in ("ogg", "opus"):
        data = song_files[name].read_bytes()
        assert is_whole(data)
        assert is_whole(data + b"TAG" + bytes(125))
        assert not is_whole(data[: len(data) // 2])
        assert not is_whole(data[:-10])
        hole = len(data) // 2
        assert not is_whole(data[:hole] + bytes(9000) + data[hole + 9000 :])


def test_a_page_that_was_cut_out_is_missed(song_files: dict[str, Path]) -> None:
    data = song_files["ogg"].read_bytes()
    pages = [at for at in range(len(data)) if data.startswith(b"OggS", at)]
    first, last = pages[len(pages) // 2 : len(pages) // 2 + 2]
    assert not is_whole(data[:first] + data[last:])


def test_links_of_a_chain(song_files: dict[str, Path]) -> None:
    first, second = (song_files[name].read_bytes() for name in ("ogg", "opus"))
    links = find_links(io.BytesIO(b"tag" + first + second), 3)
    joint, end = 3 + len(first), 3 + len(first) + len(second)
    assert [link.span for link in links] == [(3, joint), (joint, end)]
    assert all(link.whole for link in links)
    broken = find_links(io.BytesIO(first[:-10] + second))
    assert not all(link.whole for link in broken)
