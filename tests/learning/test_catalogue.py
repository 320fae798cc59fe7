from __future__ import annotations

import dataclasses
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from linernotes.errors import ModelFileError, ModelNotFoundError
from linernotes.learning import list_models, list_shipped_models, load_model, save_model


def test_genre_comes_with_linernotes(tmp_path):
    assert list_shipped_models() == ("genre", "mood")
    assert list_models(tmp_path / "none yet") == ("genre", "mood")


def test_the_users_own_models_have_names_too(tmp_path, genre):
    for name in ("my genres", "Ästhetik", "genre", "bad\nname", ".hidden"):
        save_model(dataclasses.replace(genre, version="mine"), tmp_path / f"{name}.linernotes")
    (tmp_path / "broken.linernotes").write_bytes(b"no model")
    (tmp_path / "notes.txt").touch()
    assert list_models(tmp_path) == ("genre", "mood", "broken", "my genres", "Ästhetik")
    assert load_model("my genres", folder=tmp_path).version == "mine"
    assert load_model("genre", folder=tmp_path).version == genre.version  # is never hidden
    assert load_model(tmp_path / "genre.linernotes").version == "mine"
    with pytest.raises(ModelFileError, match=r"broken\.linernotes"):
        load_model("broken", folder=tmp_path)
    with pytest.raises(ModelNotFoundError, match=r"use one of genre, .*my genres"):
        load_model("../my genres", folder=tmp_path)
    with pytest.raises(ModelNotFoundError):
        load_model(Path("my genres"), folder=tmp_path)


def test_a_shipped_model_loads_by_name(genre):
    assert genre.name == genre.label == "genre"
    assert set(
        "ambient blues classical country electronic folk hiphop jazz latin metal pop punk reggae "
        "rock soul".split()
    ) < set(genre.classes)
    assert genre.classes[-1] == "none of these"
    assert genre.input_spec.inputs == ("embedding", "tags")


@pytest.mark.parametrize("kind", [str, Path])
def test_a_file_loads_by_path(tmp_path, genre, kind):
    shutil.copy(str(files("linernotes.learning") / "models" / "genre.linernotes"), tmp_path / "m")
    assert load_model(kind(tmp_path / "m")).as_dict() == genre.as_dict()


@pytest.mark.parametrize("name", ["gender", "no/such/file.linernotes", "", "x" * 5000, "a\0b"])
def test_what_is_not_there_names_what_is(name):
    with pytest.raises((ModelNotFoundError, ModelFileError), match=r"genre|is no file"):
        load_model(name)


def test_a_folder_is_no_model(tmp_path):
    with pytest.raises(ModelFileError, match="is no file"):
        load_model(tmp_path)


def test_listing_and_loading_need_no_onnxruntime():
    code = (
        "import sys, linernotes.learning as l; l.load_model(l.list_models()[0]); "
        "sys.exit(any(m in sys.modules for m in ('onnxruntime', 'sklearn', 'scipy', 'onnx')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
