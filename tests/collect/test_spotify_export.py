"""Tables as exporters and data sets write them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from linernotes.collect.spotify_export import COLUMNS, import_tables
from linernotes.datasets.spotify_table import read_spotify_table
from linernotes.errors import SourceError

NUMBERS = "0.735,0.578,{key},-11.84,{mode},0.0461,0.514,0.0902,0.159,0.624,98.002"
NAMES = (
    "danceability,energy,key,loudness,mode,speechiness,acousticness,instrumentalness,liveness,"
    "valence,tempo"
)
PLAIN = NUMBERS.format(key=5, mode=0)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path.write_text("\n".join(lines) + "\n", encoding=encoding)
    return path


def test_the_table_of_a_data_set(tmp_path: Path) -> None:
    table = write(
        tmp_path / "in.csv",
        f"genre,artist_name,track_name,track_id,popularity,{NAMES},time_signature",
        "Movie,Henri Salvador,C'est beau de faire un Show,0BRjO6ga9RKCKjfDqeFgWV,0,"
        + NUMBERS.format(key="F#", mode="Minor") + ",4/4",
        "Jazz,فيروز,زهرة المدائن,0BjC1NfoEOOusryehmNudP,1,"
        + NUMBERS.format(key="Bb", mode="Major") + ",3/4",
    )  # fmt: skip
    summary = import_tables([table], tmp_path / "out.csv")
    first, second = rows_of(tmp_path / "out.csv")
    assert tuple(first) == COLUMNS
    assert (first["label"], first["key"], first["mode"]) == ("Movie", "6", "0")
    assert (second["artist"], second["key"], second["mode"]) == ("فيروز", "10", "1")
    assert float(first["danceability"]) == 0.735
    assert summary.labels == {"Movie": 1, "Jazz": 1}
    assert (summary.rows, summary.written, summary.left_out, summary.warnings) == (2, 2, {}, ())


def test_the_table_of_an_exporter_of_playlists(tmp_path: Path) -> None:
    names = ",".join(f'"{name.title()}"' for name in NAMES.split(","))
    table = write(
        tmp_path / "in.csv",
        '\ufeff"Track URI","Track Name","Album Name","Artist Name(s)","Release Date","Genres",'
        + names,
        '"spotify:track:4uLU6h","Song, again","Album","A;B","1987-11-16","pop,rock",' + PLAIN,
    )
    summary = import_tables([table], tmp_path / "out.csv")
    (row,) = rows_of(tmp_path / "out.csv")
    assert row["track_id"] == "4uLU6h"
    assert (row["title"], row["artist"], row["year"]) == ("Song, again", "A, B", "1987")
    assert row["label"] == "in"
    assert "its name is the label" in summary.warnings[0]
    import_tables([table], tmp_path / "out.csv", label="Genres")
    assert rows_of(tmp_path / "out.csv")[0]["label"] == "pop,rock"


def test_per_cent_semicolons_and_decimal_commas(tmp_path: Path) -> None:
    values = "73;5;5;-11,84;0;4;51;0;15;62;98,5"
    header = ";".join(f"{name}_%" for name in NAMES.split(","))
    table = write(tmp_path / "in.csv", f"title;genre;{header}", f"Été;Rock;{values}",
                  encoding="cp1252")  # fmt: skip
    summary = import_tables([table], tmp_path / "out.csv")
    (row,) = rows_of(tmp_path / "out.csv")
    assert (row["title"], row["danceability"], row["energy"]) == ("Été", "0.73", "0.05")
    assert (row["loudness"], row["tempo"], row["key"]) == ("-11.84", "98.5", "5")
    assert "Windows-1252" in summary.warnings[0]
    sixteen = write(tmp_path / "16.csv", f"title;genre;{header}", f"Été;Rock;{values}",
                    encoding="utf-16")  # fmt: skip
    import_tables([sixteen], tmp_path / "out16.csv")
    assert rows_of(tmp_path / "out16.csv") == [row]


def test_rows_without_features_are_left_out_and_counted(tmp_path: Path) -> None:
    table = write(
        tmp_path / "in.csv",
        f"track_id,genre,{NAMES}",
        f"a,rock,{PLAIN}",
        f"b,rock,{PLAIN.replace('0.735', '')}",
        f"c,rock,{PLAIN.replace('98.002', 'nan')}",
        f"d,rock,{PLAIN.replace('-11.84', '-1184')}",
        "",
        "e,rock,0.5",
    )
    summary = import_tables([table], tmp_path / "out.csv")
    assert [row["track_id"] for row in rows_of(tmp_path / "out.csv")] == ["a"]
    assert summary.left_out == {
        "no danceability": 1, "no tempo": 1, "loudness out of range": 1, "no energy": 1,
    }  # fmt: skip
    assert (summary.rows, summary.written) == (5, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("track_id,genre\n1,rock\n", "no column for danceability"),
        ("", "is empty"),
        ("<html>\n", "no column for danceability"),
        (f"track_id,{NAMES}\n", "no column 'mood'; it has track_id"),
    ],
)
def test_what_is_no_such_table_is_refused(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(content)
    label = "mood" if "mood" in message else None
    with pytest.raises(SourceError, match=message):
        import_tables([tmp_path / "in.csv"], tmp_path / "out.csv", label=label)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_table_that_is_read_is_not_written(tmp_path: Path) -> None:
    table = write(tmp_path / "Rock.csv", f"id,{NAMES}", f"1,{PLAIN}")
    before = table.read_bytes()
    with pytest.raises(SourceError, match="write to another file"):
        import_tables([table], tmp_path / "x" / ".." / "Rock.csv")
    assert table.read_bytes() == before


def test_playlists_become_one_table_that_models_learn_from(tmp_path: Path) -> None:
    header = f"Track URI,Track Name,Artist Name(s),{NAMES}"
    tables = [
        write(tmp_path / f"{name}.csv", header, f"spotify:track:{name},Song,Artist {name},{PLAIN}")
        for name in ("Rock", "Café del Mar", "موسيقى")
    ]
    summary = import_tables(tables, tmp_path / "out" / "all.csv")
    assert summary.labels == {"Rock": 1, "Café del Mar": 1, "موسيقى": 1}
    examples = read_spotify_table(tmp_path / "out" / "all.csv")
    assert examples.classes == ("Café del Mar", "Rock", "موسيقى")
    assert examples.label == "label"
    assert examples.features["spotify"].shape == (3, 11)
    assert examples.artist == tuple(f"Artist {table.stem}" for table in tables)
