"""What is heard in the words of each player, in every format, and taken back."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest
from mutagen import File
from mutagen.flac import FLAC
from tagging_support import KINDS, Copy, digest, dress, packets

from linernotes.library.tagging.dialects import DIALECTS, in_dialect
from linernotes.library.tagging.formats import FAMILIES, writable_kind
from linernotes.library.tagging.planning import TagPlan, plan_tags
from linernotes.library.tagging.undo import undo_tags
from linernotes.library.tagging.writing import write_tags

HEARD = {"genre": ("Jazz", "Blues"), "mood": ("Sad",), "bpm": ("121",), "key": ("F#m",)}


def planned(path: Path, player: str, *, overwrite: bool = False, energy: float = 0.63) -> TagPlan:
    family = FAMILIES[writable_kind(path)]
    fields = in_dialect(HEARD, DIALECTS[player], family, energy=energy)
    return plan_tags(path, fields, overwrite=overwrite)


def native(path: Path) -> dict[str, Any]:
    """What another library reads, by the names that stand in the file."""
    file = File(path)
    assert file is not None
    found = {}
    for name, value in (file.tags or {}).items():
        texts = getattr(value, "text", value)
        if isinstance(texts, list):
            plain = [t.decode("latin-1") if isinstance(t, bytes) else str(t) for t in texts]
            found[name.upper().replace("----:COM.APPLE.ITUNES:", "")] = plain
    return found


OTHERS = sorted({*KINDS} - {"mp3", "flac", "m4a"})

# What each player documents, in Vorbis comments and in ID3.
VORBIS = {
    "picard": {"KEY": ["F#m"], "MOOD": ["Sad"], "GENRE": ["Jazz", "Blues"], "ENERGYLEVEL": ["7"]},
    "navidrome": {"KEY": ["F#m"], "MOOD": ["Sad"], "GENRE": ["Jazz", "Blues"]},
    "foobar": {"INITIAL KEY": ["F#m"], "MOOD": ["Sad"], "GENRE": ["Jazz", "Blues"]},
    "plex": {"MOOD": ["Sad"], "GENRE": ["Jazz; Blues"], "BPM": ["121"]},
    "rekordbox": {"INITIALKEY": ["F#m"], "COMMENT": ["[linernotes: energy 7, sad]"]},
}
ID3 = {
    "picard": {"TKEY": ["F#m"], "TMOO": ["Sad"], "TCON": ["Jazz", "Blues"],
               "TXXX:ENERGYLEVEL": ["7"]},
    "navidrome": {"TKEY": ["F#m"], "TMOO": ["Sad"], "TCON": ["Jazz", "Blues"]},
    "foobar": {"TKEY": ["F#m"], "TMOO": ["Sad"], "TXXX:ENERGYLEVEL": ["7"]},
    "plex": {"TCON": ["Jazz; Blues"], "TMOO": ["Sad"], "TBPM": ["121"]},
    "rekordbox": {"TKEY": ["F#m"], "COMM::XXX": ["[linernotes: energy 7, sad]"]},
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "player"),
    [*product(("mp3", "flac", "m4a"), DIALECTS), *((kind, "navidrome") for kind in OTHERS)],
)
def test_each_player_finds_it_where_it_looks(kind: str, player: str, copy: Copy, log: Path) -> None:
    path = copy(kind)
    dress(kind, path)
    before, sound = digest(path), packets(path)
    write_tags(planned(path, player), log=log)
    told = native(path)
    wanted = {"flac": VORBIS, "ogg": VORBIS, "opus": VORBIS, "mp3": ID3, "wav": ID3}.get(kind)
    for name, values in (wanted or {player: {}})[player].items():
        assert told[name] == values, name
    assert ("MOOD" in told or "TMOO" in told) == (player != "rekordbox")
    assert ("ENERGYLEVEL" in told or "TXXX:ENERGYLEVEL" in told) == DIALECTS[player].has_energy
    assert packets(path) == sound
    assert not planned(path, player).changes  # once is enough
    assert len(list(undo_tags(log=log))) == 1
    assert digest(path) == before


def test_what_the_file_says_by_another_name_stays(copy: Copy) -> None:
    path = copy("flac")
    flac = FLAC(path)
    flac["initialkey"], flac["energylevel"], flac["comment"] = "Am", "3", "mine"
    flac.save()
    plan = planned(path, "navidrome")
    kept = {each.field: (each.old, each.new) for each in plan.kept}
    assert kept == {"KEY": ("Am", "F#m"), "ENERGYLEVEL": ("3", "7")}
    assert {each.field for each in planned(path, "rekordbox").kept} == {"key", "comment"}
    flac["initialkey"] = "F#m"
    flac.save()
    # Said by a name that Navidrome does not read, it is said once more.
    assert "KEY" in {change.field for change in planned(path, "navidrome").changes}


def test_a_comment_keeps_what_is_not_ours(copy: Copy, log: Path) -> None:
    path = copy("flac")
    flac = FLAC(path)
    flac["comment"] = "mine"
    flac.save()
    write_tags(planned(path, "rekordbox", overwrite=True), log=log)
    assert FLAC(path)["comment"] == ["mine [linernotes: energy 7, sad]"]
    # From then on our part is brought up to date.
    write_tags(planned(path, "rekordbox", energy=0.2), log=log)
    assert FLAC(path)["comment"] == ["mine [linernotes: energy 3, sad]"]
