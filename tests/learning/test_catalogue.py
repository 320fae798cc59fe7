from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from linernotes.errors import ModelFileError, ModelNotFoundError
from linernotes.learning import list_models, load_model


def test_genre_comes_with_linernotes():
    assert list_models() == ("genre",)


def test_a_shipped_model_loads_by_name(genre):
    assert genre.name == genre.label == "genre"
    assert genre.classes == tuple(
        "blues classical country disco hiphop jazz metal pop reggae rock".split()
    )
    assert genre.input.network == "MSD_musicnn"


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
