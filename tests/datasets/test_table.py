from __future__ import annotations

import os
from pathlib import Path

import pytest
from dataset_support import write_clip
from hypothesis import given
from hypothesis import strategies as st

from linernotes.datasets.delimited import open_delimited
from linernotes.datasets.examples import (
    ColumnNotFoundError,
    ExamplesError,
    ExamplesNotFoundError,
    ExamplesUnreadableError,
    NoExamplesError,
)
from linernotes.datasets.table import read_table


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a", "b", "c", "d"):
        write_clip(tmp_path / "audio" / f"{name}.wav", random_state=ord(name))
    return tmp_path


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    table = folder / "tracks.csv"
    table.write_bytes(text.encode(encoding))
    return table


def test_paths_are_relative_to_the_table(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, f"path,label\naudio/a.wav,x\n{folder}/audio/b.wav,y\naudio\\c.wav,y\n")
    monkeypatch.chdir(folder.parent)
    examples = read_table(Path(folder.name) / "tracks.csv")
    assert examples.path == tuple(str(folder / "audio" / f"{name}.wav") for name in "abc")
    assert examples.target == ("x", "y", "y")
    assert (examples.label, examples.name, examples.left_out) == ("label", "tracks.csv", ())


def test_all_columns_are_read_whatever_their_case_and_order(folder: Path) -> None:
    table = write(
        folder,
        "Genre;Split;ALBUM;File;Artist;id\nx;Training;A;audio/a.wav;P;7\ny;eval;;audio/b.wav; ;\n",
    )
    examples = read_table(table, label="genre")
    assert examples.target == ("x", "y")
    assert examples.split == ("train", "test")
    assert (examples.artist, examples.album) == (("P", None), ("A", None))
    assert examples.track_id == ("7", None)
    assert examples.label == "genre"


def test_any_column_is_a_label_and_any_a_group(folder: Path) -> None:
    table = write(folder, "path,who,label,package\naudio/a.wav,P,x,k\naudio/b.wav,Q,y,l\n")
    assert read_table(table, label="who").target == ("P", "Q")
    named = read_table(table, columns={"album": "package"})
    assert (named.label, named.target, named.album) == ("label", ("x", "y"), ("k", "l"))


def test_a_label_that_is_no_column_is_never_another_one(folder: Path) -> None:
    table = write(folder, "path,label,energy\naudio/a.wav,x,1\naudio/b.wav,y,2\n")
    with pytest.raises(ColumnNotFoundError, match=r"no column nope; name one of path, label, ener"):
        read_table(table, label="nope")
    with pytest.raises(ColumnNotFoundError, match="no column enrgy; did you mean energy"):
        read_table(table, label="enrgy")
    with pytest.raises(ColumnNotFoundError, match="no column genre"):
        read_table(table, label="genre")


def test_a_collected_table_says_in_its_label_what_was_collected(folder: Path) -> None:
    header = "path,label,artist,album,year,isrc,mbid,title"
    table = write(folder, f"{header}\naudio/a.wav,Eno,,,,,,\naudio/b.wav,Dre,,,,,,\n")
    assert read_table(table, label="producer").target == ("Eno", "Dre")
    with pytest.raises(ColumnNotFoundError, match="no column energy"):
        read_table(table, label="energy")


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"), ("utf-16-le", ","), ("utf-16-be", "|"),
     ("utf-32", ","), ("cp1252", ";")],
)  # fmt: skip
def test_usual_encodings_and_delimiters(folder: Path, encoding: str, delimiter: str) -> None:
    lines = [["path", "label", "artist"], ["audio/a.wav", "Café", "Zoë, Sons & Co"]]
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    examples = read_table(write(folder, text, encoding))
    assert examples.target == ("Café",)
    assert examples.artist == ("Zoë, Sons & Co",)
    assert len(examples.warnings) == (encoding == "cp1252")


def test_which_of_two_columns_holds_the_paths_is_told_by_the_files(folder: Path) -> None:
    table = write(folder, "file,label,path\naudio/a.wav,x,usr/a.ogg\naudio/b.wav,y,usr/b.ogg\n")
    assert len(read_table(table)) == 2


def test_what_cannot_be_used_is_listed(folder: Path) -> None:
    lines = [
        "path,label",
        "audio/a.wav,x",
        "audio/none.wav,x",
        "audio/b.wav,",
        ",y",
        "audio/c.wav,y,too,many",
        "audio/a.wav,x",
        "audio/../audio/a.wav,x",
        "",
        "audio/d.wav,y",
        "./audio/d.wav,x",
        "audio/b.wav,y",
        "audio/c.wav",
    ]
    examples = read_table(write(folder, "\n".join(lines)))
    assert examples.target == ("x", "y")
    assert [(left.name, left.code) for left in examples.left_out] == [
        ("audio/none.wav (line 3)", "missing-file"),
        ("audio/b.wav (line 4)", "no-label"),
        ("line 5", "missing-file"),
        ("audio/c.wav (line 6)", "bad-row"),
        ("audio/c.wav (line 13)", "bad-row"),
        ("audio/a.wav (line 7)", "duplicate"),
        ("audio/../audio/a.wav (line 8)", "duplicate"),
        ("audio/d.wav (line 10)", "conflicting-labels"),
        ("./audio/d.wav (line 11)", "conflicting-labels"),
    ]
    assert "x, y" in examples.left_out[-1].message


def test_odd_labels_are_kept_as_they_are(folder: Path) -> None:
    odd = ['a, "b"\nc', "\x1b[31mred", "🥁", "=1+1", "<script>"]
    quoted = ['"' + text.replace('"', '""') + '"' for text in odd]
    files = [
        write_clip(folder / f"{number}.wav", random_state=number) for number in range(len(odd))
    ]
    rows = [f"{file.name},{label}" for file, label in zip(files, quoted, strict=True)]
    assert read_table(write(folder, "\n".join(["path,label", *rows]))).target == tuple(odd)


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        (b"", ExamplesUnreadableError, "empty"),
        (b"\n \n", ExamplesUnreadableError, "empty"),
        (b"\xef\xbb\xbf", ExamplesUnreadableError, "empty"),
        (b"path,label\na\0b,x\n", ExamplesUnreadableError, "null bytes"),
        (b"RIFF\x24\0\0\0WAVEfmt " * 9, ExamplesUnreadableError, "null bytes"),
        (b"\xff\xfep\0a\0t\0h", ExamplesUnreadableError, "readable text"),
        (b"path,genre\nx,y\n", ColumnNotFoundError, "path, genre"),
        (b"title,label\nx,y\n", ColumnNotFoundError, "path"),
        (b"path,label\n", NoExamplesError, "lists no tracks"),
        (b"path,label\nnone.wav,x\n", NoExamplesError, "no such file"),
        (b'path,label\n"' + b"x" * (1 << 25), ExamplesUnreadableError, "quotes"),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, error: type[ExamplesError], says: str
) -> None:
    table = tmp_path / "tracks.csv"
    table.write_bytes(content)
    with pytest.raises(error, match=says) as caught:
        read_table(table)
    assert "\n" not in str(caught.value)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExamplesNotFoundError):
        read_table(tmp_path / "none.csv")
    with pytest.raises(ExamplesNotFoundError):
        read_table(tmp_path)
    os.mkfifo(tmp_path / "fifo.csv")
    with pytest.raises(ExamplesNotFoundError):
        read_table(tmp_path / "fifo.csv")


def test_a_column_that_is_asked_for_has_to_be_there(folder: Path) -> None:
    table = write(folder, "path,label\naudio/a.wav,x\n")
    with pytest.raises(ColumnNotFoundError, match="package"):
        read_table(table, columns={"album": "package"})
    with pytest.raises(ColumnNotFoundError, match="track"):
        read_table(table, columns={"path": "track"})


@given(st.binary(max_size=400))
def test_no_bytes_do_anything_else_than_be_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    table = tmp_path_factory.getbasetemp() / "hostile.csv"
    table.write_bytes(content)
    try:
        with open_delimited(table) as opened:
            list(opened.rows)
        read_table(table)
    except ExamplesError as error:
        assert str(error)  # noqa: PT017
