"""Paths and addresses are told apart."""

from __future__ import annotations

import pytest

from linernotes.storage.addresses import is_in_object_store, is_remote, split


@pytest.mark.parametrize(
    ("uri", "remote", "stored"),
    [
        ("/music/a.mp3", False, False), ("a.mp3", False, False), ("C:\\a.mp3", False, False),
        ("file:///music/a.mp3", False, False), ("s3://bucket/a.mp3", True, True),
        ("gs://bucket/a.mp3", True, True), ("az://box/a.mp3", True, True),
        ("https://example.org/a.mp3", True, False), ("HTTP://example.org/a.mp3", True, False),
        ("/odd://name.mp3", False, False), ("ftp://example.org/a.mp3", True, False),
    ],
)  # fmt: skip
def test_what_lies_elsewhere(uri: str, remote: bool, stored: bool) -> None:
    assert (is_remote(uri), is_in_object_store(uri)) == (remote, stored)


def test_keys_are_taken_literally() -> None:
    assert split("s3://bucket/100%/a#b?c.mp3") == ("s3://bucket", "100%/a#b?c.mp3")
    assert split("s3://bucket") == ("s3://bucket", "")
