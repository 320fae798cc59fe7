"""What is asked of a worker: some files, and how to analyse them.

A request is JSON, so that a worker of another version can still say that it is one.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from linernotes.library.analyses import ANALYSES, Extent
from linernotes.library.scans import MEMORY_LIMIT
from linernotes.scale.files import NamedModel
from linernotes.storage.fetching import FetchLimits


@dataclass(frozen=True)
class Asked:
    """A file to analyse, as far as it is known.

    Parameters
    ----------
    uri
        Path, or address.
    size, etag
        As a listing tells; ``None`` if it is not known.
    """

    uri: str
    size: int | None = None
    etag: str | None = None


@dataclass(frozen=True)
class AnalysisSettings:
    """How to analyse files; see `linernotes.analyse`.

    After ``timeout`` a process that listens is to stop by itself, and is killed ``grace`` seconds
    later: it needs time to start and to compile.
    """

    analyses: tuple[str, ...] = ANALYSES
    extent: Extent = "excerpt"
    timeout: float = 120.0
    grace: float = 30.0
    memory: int | None = MEMORY_LIMIT
    quiet: bool = True
    models: tuple[NamedModel, ...] = ()
    limits: FetchLimits = field(default_factory=FetchLimits)
    storage_options: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class BatchRequest:
    """Some files, and how to analyse them.

    Parameters
    ----------
    run
        What all requests of one run have in common.
    versions
        That the worker must have.
    files
        What to analyse.
    settings
        How, as `write_settings` writes it.
    """

    run: str
    versions: Mapping[str, str]
    files: tuple[Asked, ...]
    settings: str

    def as_json(self) -> str:
        """Return it as a text."""
        files = [[file.uri, file.size, file.etag] for file in self.files]
        return json.dumps(
            {"run": self.run, "versions": self.versions, "files": files, "settings": self.settings}
        )


def versions_in(request: str) -> dict[str, str]:
    """Return the versions that a request demands, of whatever version it is itself."""
    found: dict[str, str] = json.loads(request)["versions"]
    return found


def read_request(request: str) -> BatchRequest:
    """Read what `BatchRequest.as_json` wrote."""
    told = json.loads(request)
    files = tuple(Asked(*each) for each in told["files"])
    return BatchRequest(told["run"], told["versions"], files, told["settings"])


def write_settings(settings: AnalysisSettings) -> str:
    """Write settings as a text."""
    return json.dumps(asdict(settings), default=_encoded)


@lru_cache(8)
def read_settings(text: str) -> AnalysisSettings:
    """Read what `write_settings` wrote."""
    told: dict[str, Any] = json.loads(text)
    told["analyses"] = tuple(told["analyses"])
    told["limits"] = FetchLimits(**told["limits"])
    told["models"] = tuple(
        NamedModel(each["name"], None if each["data"] is None else base64.b64decode(each["data"]))
        for each in told["models"]
    )
    return AnalysisSettings(**told)


def _encoded(data: object) -> str:
    if isinstance(data, bytes):
        return base64.b64encode(data).decode()
    raise TypeError(f"{type(data)} is nothing that a request holds")
