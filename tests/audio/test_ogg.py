"""Noticing that pages of an ogg file are missing."""

from __future__ import annotations

import io
from pathlib import Path

from linernotes.audio.ogg import is_whole


def test_whole_and_broken_files(song_files: dict[str, Path]) -> None:
    for name in ("ogg", "opus"):
        data = song_files[name].read_bytes()
        file = io.BytesIO(data)
        file.seek(7)
        assert is_whole(file)
        assert file.tell() == 7
        assert is_whole(io.BytesIO(data + b"TAG" + bytes(125)))
        assert not is_whole(io.BytesIO(data[: len(data) // 2]))
        assert not is_whole(io.BytesIO(data[:-10]))
        hole = len(data) // 2
        assert not is_whole(io.BytesIO(data[:hole] + bytes(9000) + data[hole + 9000 :]))
