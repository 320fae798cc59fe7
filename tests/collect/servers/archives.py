"""A place where collections lie, and small collections that look like the real ones."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile
from collect.servers.base import Asked, Reply, StandIn, as_file

from linernotes.datasets.fma import FMA_SMALL
from linernotes.datasets.gtzan import GTZAN
from linernotes.datasets.remotes import DataSet

KINDS = {".zip": "application/zip", ".gz": "application/gzip"}


class ArchiveServer(StandIn):
    """Serves the files of a folder, whole or in parts."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def answer(self, asked: Asked) -> Reply:
        file = self.folder / asked.path.rpartition("/")[2]
        if not file.is_file():
            return Reply(b"no such file", "text/plain", 404)
        return as_file(asked, file.read_bytes(), KINDS[file.suffix])


def small_fma(folder: Path) -> DataSet:
    """Write archives like those of FMA small: 4 clips, one of them known to be broken."""
    clips = {f"fma_small/000/{number:06}.mp3": _clip(number, "MP3") for number in (2, 5, 10)}
    clips["fma_small/098/098565.mp3"] = _clip(1, "MP3")[:2000]
    metadata = (
        ",album,artist,set,set,track\n,title,name,split,subset,genre_top\ntrack_id,,,,,\n"
        "2,AWOL,فيروز,training,small,Hip-Hop\n5,AWOL,AWOL,training,small,Hip-Hop\n"
        "10,Const,Kurt,test,small,Pop\n98565,X,Y,test,small,Rock\n"
    )
    archives = {
        "fma_metadata.zip": {"fma_metadata/tracks.csv": metadata.encode()},
        "fma_small.zip": {"fma_small/README.txt": b"x", **clips},
    }
    for name, files in archives.items():
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in files.items():
                archive.writestr(member, content)
    return as_published(FMA_SMALL, folder)


def small_gtzan(folder: Path) -> DataSet:
    """Write an archive like GTZAN's: 4 clips, one of them known to be broken."""
    clips = {
        f"genres/{genre}/{genre}.000{number}.wav": _clip(number, "WAV")
        for genre, number in (("jazz", 53), ("jazz", 54), ("rock", 10), ("blues", 11))
    }
    with tarfile.open(folder / "genres.tar.gz", "w:gz") as archive:
        for member, content in clips.items():
            info = tarfile.TarInfo(member)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return as_published(GTZAN, folder)


def as_published(data_set: DataSet, folder: Path) -> DataSet:
    """Take what lies in a folder for what is published."""
    checksums = {
        archive.name: "sha256:" + hashlib.sha256((folder / archive.name).read_bytes()).hexdigest()
        for archive in data_set.archives
    }
    return replace(data_set.with_checksums(checksums), tracks=4)


def _clip(random_state: int, kind: str) -> bytes:
    noise = 0.1 * np.random.default_rng(random_state).standard_normal(22050)
    file = io.BytesIO()
    soundfile.write(file, noise, 22050, format=kind)
    return file.getvalue()
