"""Answers are JSON and XML that every parser takes, whatever names are made of."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given, strategies

from linernotes.integrations.subsonic.answers import spell, spell_error
from linernotes.integrations.subsonic.errors import NoSuchItemError
from linernotes.library.errors import LibraryError

NAMESPACE = "{http://subsonic.org/restapi}"


def test_one_tree_gives_both() -> None:
    tree = {
        "genres": {"genre": [{"songCount": 2, "albumCount": 1, "value": "Rock & Roll"}]},
        "song": {"id": "1", "isDir": False, "year": None, "moods": ["calm", "sad"],
                 "artists": [{"id": "ar-1", "name": "<A>"}], "similarity": 0.5},
    }  # fmt: skip
    told = json.loads(spell(tree, "json")[0])["subsonic-response"]
    assert (told["status"], told["openSubsonic"]) == ("ok", True)
    assert told["genres"] == tree["genres"]
    assert told["song"]["moods"] == ["calm", "sad"]
    assert "year" not in told["song"]
    root = ElementTree.fromstring(spell(tree, "xml")[0])
    assert root.tag == f"{NAMESPACE}subsonic-response"
    genre = root.find(f"{NAMESPACE}genres/{NAMESPACE}genre")
    assert genre is not None
    assert (genre.text, genre.attrib) == ("Rock & Roll", {"songCount": "2", "albumCount": "1"})
    song = root.find(f"{NAMESPACE}song")
    assert song is not None
    assert song.attrib == {"id": "1", "isDir": "false", "similarity": "0.5"}
    assert [each.text for each in song.findall(f"{NAMESPACE}moods")] == ["calm", "sad"]
    artist = song.find(f"{NAMESPACE}artists")
    assert artist is not None
    assert artist.attrib["name"] == "<A>"


@given(strategies.text(strategies.characters(), max_size=40))
def test_any_text_can_be_told(text: str) -> None:
    odd = text + "\x00\x1f\ud800\udcff\uffff\r\n\t"
    tree = {"song": {"title": odd, "moods": [odd], "value": odd}}
    told = json.loads(spell(tree, "json")[0])["subsonic-response"]["song"]
    told["title"].encode()
    song = ElementTree.fromstring(spell(tree, "xml")[0]).find(f"{NAMESPACE}song")
    assert song is not None
    assert song.attrib["title"] == told["title"]
    assert song[0].text == told["moods"][0]


@pytest.mark.parametrize(
    ("error", "number"), [(NoSuchItemError("no"), 70), (LibraryError("no"), 0)]
)
def test_errors_have_numbers(error: Exception, number: int) -> None:
    told = json.loads(spell_error(error, "json")[0])["subsonic-response"]  # type: ignore[arg-type]
    assert (told["status"], told["error"]) == ("failed", {"code": number, "message": "no"})
    root = ElementTree.fromstring(spell_error(error, "xml")[0])  # type: ignore[arg-type]
    assert root[0].attrib == {"code": str(number), "message": "no"}
