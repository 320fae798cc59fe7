"""What a network under a licence not free told is marked in a file, as long as it is there."""

from __future__ import annotations

from pathlib import Path

import pytest
from mutagen.flac import FLAC
from tagging_support import KINDS, Copy, dress, write

from linernotes.library.file_tags import read_file_tags
from linernotes.library.tagging.licences import LICENCE_FIELD, read_stamp, write_stamp
from linernotes.library.tagging.planning import plan_tags
from linernotes.library.tagging.undo import undo_tags
from linernotes.library.tagging.writing import write_tags

NOTICE = "heard by Ärger (CC-BY-NC-4.0, not a free licence)"
HEARD = {"genre": ("Jazz",), "LINERNOTES_EAR": ("jazz 0.93",), "LINERNOTES_VERSION": ("1",)}
LICENCES = {"genre": NOTICE, "LINERNOTES_EAR": NOTICE}


def said(path: Path) -> str | None:
    return read_file_tags(path, custom=[LICENCE_FIELD]).get(LICENCE_FIELD)


@pytest.mark.parametrize("kind", KINDS)
def test_the_mark_goes_with_what_it_is_about(kind: str, copy: Copy, log: Path) -> None:
    path = copy(kind)
    dress(kind, path)
    write_tags(plan_tags(path, HEARD, licences=LICENCES), log=log)
    assert said(path) == f"genre, LINERNOTES_EAR: {NOTICE}"
    assert not plan_tags(path, HEARD, licences=LICENCES).changes
    # Of the genre somebody else says the same now; what the ear says is still there.
    plan = plan_tags(path, {"genre": ("Jazz",), "LINERNOTES_VERSION": ("1",)})
    write_tags(plan, log=log)
    assert said(path) == f"LINERNOTES_EAR: {NOTICE}"
    plan = plan_tags(path, {"LINERNOTES_EAR": ("jazz 0.80",), "LINERNOTES_VERSION": ("1",)})
    assert plan.as_dict()["changes"][-1]["new"] is None
    write_tags(plan, log=log)
    assert said(path) is None
    assert read_file_tags(path)["genre"] == "Jazz"


def test_it_can_be_undone(copy: Copy, log: Path) -> None:
    path = copy("mp3")
    write_tags(plan_tags(path, HEARD, licences=LICENCES), log=log, run="one")
    marked = path.read_bytes()
    write(path, log, overwrite=True, genre=["Folk"], LINERNOTES_EAR=["folk 0.9"])
    assert said(path) is None
    list(undo_tags([str(path)], log=log))
    assert path.read_bytes() == marked


def test_what_people_say_is_not_marked(copy: Copy, log: Path) -> None:
    path = copy("flac")
    flac = FLAC(path)
    flac["genre"] = "jazz"
    flac.save()
    same = {"genre": ("Jazz",)}
    assert not plan_tags(path, same, licences={"genre": NOTICE}).changes
    other = {"genre": ("Blues",), "LINERNOTES_EAR": ("blues 0.9",)}
    plan = plan_tags(path, other, licences=LICENCES)
    assert [kept.field for kept in plan.kept] == ["genre"]
    write_tags(plan, log=log)
    assert said(path) == f"LINERNOTES_EAR: {NOTICE}"
    write_tags(plan_tags(path, other, licences=LICENCES, overwrite=True), log=log)
    assert said(path) == f"genre, LINERNOTES_EAR: {NOTICE}"
    # What others tell is left to the file, and so the network's word is still there.
    plan = plan_tags(path, {"genre": ("Folk",), "LINERNOTES_EAR": ("folk 0.9",)})
    write_tags(plan, log=log)
    assert said(path) == f"genre: {NOTICE}"


def test_a_field_that_somebody_took_out_needs_no_mark(copy: Copy, log: Path) -> None:
    path = copy("flac")
    write_tags(plan_tags(path, HEARD, licences=LICENCES), log=log)
    flac = FLAC(path)
    del flac["genre"], flac["LINERNOTES_EAR"]
    flac.save()
    write_tags(plan_tags(path, {"mood": ("Sad",)}), log=log)
    assert said(path) is None


def test_what_is_not_ours_stays(copy: Copy, log: Path) -> None:
    path = copy("flac")
    flac = FLAC(path)
    flac[LICENCE_FIELD] = "all rights reserved"
    flac.save()
    write(path, log, mood=["Sad"])
    assert said(path) == "all rights reserved"


def test_several_marks_are_told_apart() -> None:
    notices = {
        "mood": "heard by A (X, not a free licence) and B; more (Y, not a free licence)",
        "genre": NOTICE,
        "LINERNOTES_EAR": NOTICE,
    }
    texts = write_stamp(notices)
    assert len(texts) == 2
    assert read_stamp("; ".join(texts)) == notices
    assert read_stamp(None) == read_stamp("") == {}
