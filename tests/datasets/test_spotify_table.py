from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from linernotes.datasets.examples import ColumnNotFoundError, NoExamplesError
from linernotes.datasets.spotify_table import FEATURES, read_spotify_table
from linernotes.features import names

ROW = "0.5,0.6,7,1,-7.5,0.04,0.1,0.0002,0.2,0.9,120.5"
HEADER = ",".join(FEATURES)


def write(folder: Path, *lines: str) -> Path:
    table = folder / "songs.csv"
    table.write_text("\n".join(lines), encoding="utf-8")
    return table


def test_the_columns_are_those_of_the_feature_set() -> None:
    assert names("spotify") == FEATURES


def test_a_plain_table(tmp_path: Path) -> None:
    table = write(tmp_path, f"id,genre,artist,split,{HEADER}", f"1,pop,A,train,{ROW}",
                  f"2,rock,B,test,{ROW}")  # fmt: skip
    examples = read_spotify_table(table)
    expected = np.array([float(value) for value in ROW.split(",")], dtype=np.float32)
    assert (examples.features["spotify"] == expected).all()
    assert (examples.label, examples.target) == ("genre", ("pop", "rock"))
    assert (examples.artist, examples.split) == (("A", "B"), ("train", "test"))
    assert examples.path == (None, None)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        # Exporters of playlists.
        ("Track URI,Track Name,Artist Name(s),Album Name,Genre,Danceability,Energy,Key,Loudness,"
         "Mode,Speechiness,Acousticness,Instrumentalness,Liveness,Valence,Tempo",
         "spotify:track:1,T,A,B,pop,0.5,0.6,7,-7.5,1,0.04,0.1,0.0002,0.2,0.9,120.5"),
        # Published data sets.
        (",track_id,artists,album_name,track_name,explicit,danceability,energy,key,loudness,mode,"
         "speechiness,acousticness,instrumentalness,liveness,valence,tempo,track_genre",
         "0,1,A,B,T,False,0.5,0.6,7,-7.5,1,0.04,0.1,2e-4,0.2,0.9,120.5,pop"),
        ("genre,artist_name,album,track_id,acousticness,danceability,energy,instrumentalness,key,"
         "liveness,loudness,mode,speechiness,tempo,valence",
         "pop,A,B,1,0.1,0.5,0.6,0.0002,G,0.2,-7.5,Major,0.04,120.5,0.9"),
        # As spreadsheets in half of Europe write.
        ("id;genre;artist;album;danceability;energy;key;mode;loudness;speechiness;acousticness;"
         "instrumentalness;liveness;valence;BPM",
         '1;pop;A;B;"0,5";"0,6";F\N{MUSIC SHARP SIGN}/G\N{MUSIC FLAT SIGN};minor;'
         "-7,5 dB;0,04;0,1;0,0002;0,2;0,9;120,5"),
    ],
)  # fmt: skip
def test_columns_as_exports_call_them(tmp_path: Path, header: str, row: str) -> None:
    examples = read_spotify_table(write(tmp_path, header, row))
    values = dict(zip(FEATURES, examples.features["spotify"][0].tolist(), strict=True))
    assert values["key"] in (7, 6)
    assert values["mode"] == (values["key"] == 7)
    assert values["loudness"] == -7.5
    assert values["instrumentalness"] == pytest.approx(0.0002)
    assert values["tempo"] == 120.5
    assert (examples.target, examples.artist, examples.album) == (("pop",), ("A",), ("B",))


def test_per_cent_are_made_shares(tmp_path: Path) -> None:
    first, second = "50,60,7,1,-7.5,4,10,0,20,90,120", "30,100,7,1,-7.5,4,10,0,20,90,120"
    examples = read_spotify_table(
        write(tmp_path, f"id,genre,{HEADER}", f"1,pop,{first}", f"2,rock,{second}")
    )
    assert examples.features["spotify"][:, 1] == pytest.approx([0.6, 1.0])
    assert "per cent" in examples.warnings[0]
    assert "instrumentalness" not in examples.warnings[0]


def test_what_cannot_be_used_is_listed(tmp_path: Path) -> None:
    table = write(
        tmp_path, f"id,genre,{HEADER}", f"1,pop,{ROW}", f"1,pop,{ROW}", f"2,pop,{ROW}",
        f"2,rock,{ROW}", f"3,,{ROW}", f"4,rock,{ROW.replace('120.5', '?')}",
        f"5,rock,{ROW.replace('0.9', 'nan')}", f"6,rock,{ROW.replace('-7.5', 'inf')}",
        "7,rock,1", f"8,rock,{ROW}",
    )  # fmt: skip
    examples = read_spotify_table(table)
    assert examples.track_id == ("1", "8")
    assert [left.code for left in examples.left_out] == [
        "no-label", "nan-features", "nan-features", "nan-features", "bad-row",
        "duplicate", "conflicting-labels", "conflicting-labels",
    ]  # fmt: skip
    assert "tempo" in examples.left_out[1].message


def test_what_is_no_such_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ColumnNotFoundError, match="danceability"):
        read_spotify_table(write(tmp_path, "id,genre,energy", "1,pop,0.5"))
    with pytest.raises(ColumnNotFoundError, match="mood"):
        read_spotify_table(write(tmp_path, f"id,{HEADER}", f"1,{ROW}"), label="mood")
    with pytest.raises(NoExamplesError, match="tempo"):
        read_spotify_table(
            write(tmp_path, f"id,genre,{HEADER}", f"1,pop,{ROW.replace('120.5', '')}")
        )
