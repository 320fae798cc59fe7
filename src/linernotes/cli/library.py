"""``linernotes scan``, ``status``, ``index`` and ``export``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from linernotes.display import printable
from linernotes.explore import Library
from linernotes.library.location import is_url

if TYPE_CHECKING:
    from linernotes.explore.network_blend import LearnedWeights
    from linernotes.learning import AnyModel
    from linernotes.library import Progress as ScanProgress
    from linernotes.library import ScanResult, Status
    from linernotes.library.network_scan import NetworkScanResult
    from linernotes.networks import InstalledNetwork

_INTERRUPTED = 130


def scan_folders(
    folders: Sequence[str],
    *,
    library: str | None = None,
    models: Sequence[str] = (),
    as_json: bool = False,
    options: dict[str, Any] | None = None,
    elsewhere: Mapping[str, Any] | None = None,
    networks: Sequence[str] = (),
) -> tuple[int, int]:
    """Scan folders into a library, and say truly how it went.

    What models say of all tracks in the library is counted, from what it keeps of them.

    Parameters
    ----------
    folders
        Folders, files and addresses.
    library, models, as_json
        Where to, which to ask, and how to tell.
    options
        Of the scan.
    elsewhere
        What says that the work is to run, or its rows are to go, somewhere else.
    networks
        Names of installed networks that are to hear all tracks of the library as well.

    Returns
    -------
    done, failed
        Numbers of files; nothing found is one failure.

    Raises
    ------
    SystemExit
        With 130, as shells have it, after Ctrl-C.
    """
    from linernotes.cli.bars import scan_bar

    messages = Console(stderr=True, highlight=False, soft_wrap=True)
    place = Library(library)
    elsewhere = {name: value for name, value in (elsewhere or {}).items() if value is not None}
    asked = _load(models)  # so that a wrong name is said before the work
    if "output" in elsewhere:
        elsewhere["models"], asked = list(models), []
    ears = _find_networks(networks, elsewhere)
    with scan_bar(messages) as progress:
        try:
            if is_far(folders, elsewhere):
                from linernotes.scale import scan

                told = {**(options or {}), **elsewhere}
                result = scan(list(folders), library=library, progress=progress, **told)
            else:
                result = place.scan(list(folders), progress=progress, **(options or {}))
            heard = _hear(place, ears, options or {}, progress)
        except KeyboardInterrupt:
            messages.print("stopped; everything found so far is kept, scan again to go on")
            raise SystemExit(_INTERRUPTED) from None
    counts = _count(place, asked)
    if as_json:
        more: dict[str, Any] = {"models": counts} if asked else {}
        if heard is not None:
            more["networks"] = {"heard": heard.heard, "failed": heard.failed}
        print(json.dumps({**result.as_dict(), **more}), flush=True)
    else:
        _show_counts(counts)
    for warning in result.warnings:
        messages.print(printable(warning), markup=False)
    messages.print(_last_line(result), markup=False)
    failed = result.failed + result.vanished if result.scanned else 1
    if heard is not None:
        words = [f"{name} heard {count:,} tracks" for name, count in heard.heard.items()]
        messages.print(printable(f"{', '.join(words)}; {heard.failed} failed"), markup=False)
        failed += heard.failed
    return result.scanned - result.failed, failed


def _find_networks(
    names: Sequence[str], elsewhere: Mapping[str, Any]
) -> tuple[InstalledNetwork, ...]:
    """Return installed networks; those that ship hear every scan, and need not be named."""
    if not names:
        return ()
    from linernotes.networks import NetworkError, find_installed

    if elsewhere:
        raise NetworkError("networks hear libraries of this machine; scan without --engine first")
    return tuple(find_installed(name) for name in dict.fromkeys(names) if name != "musicnn")


def _hear(
    place: Library,
    networks: tuple[InstalledNetwork, ...],
    options: Mapping[str, Any],
    progress: Callable[[ScanProgress], None],
) -> NetworkScanResult | None:
    if not networks:
        return None
    from linernotes.library.network_scan import scan_networks
    from linernotes.library.store import Store

    known = ("extent", "retry_failed", "force", "workers", "timeout", "quiet", "gentle")
    told = {name: options[name] for name in known if name in options}
    store = Store(place.location, create=False)
    return scan_networks(store, networks, progress=progress, **told)


def is_far(folders: Sequence[str], elsewhere: Mapping[str, Any]) -> bool:
    """Tell whether files lie elsewhere, or the work is to run or its rows are to go elsewhere."""
    return bool(elsewhere) or any(is_url(folder) for folder in folders)


def watch_folders(
    folders: Sequence[str],
    *,
    library: str | None = None,
    as_json: bool = False,
    options: dict[str, Any] | None = None,
) -> None:
    """Keep a library up to date with folders, and print a line for each scan that did something."""
    from linernotes.library import ScanResult
    from linernotes.library.watching import watch

    first = True
    for result in watch(Library(library), list(folders), gentle=True, **(options or {})):
        if not isinstance(result, ScanResult):
            told: dict[str, Any] = {"error": {"code": result.code, "message": str(result)}}
            line = f"{result}; trying again in a minute"
        elif first or result.added or result.updated or result.removed:
            told, line = result.as_dict(), _last_line(result)
        else:
            continue
        print(json.dumps(told) if as_json else printable(line), flush=True)
        first = False


def show_status(*, library: str | None = None, as_json: bool = False) -> None:
    """Print what a library holds, and each file that failed with its code."""
    status = Library(library).status()
    if as_json:
        print(json.dumps(status.as_dict()))
        return
    console = Console(highlight=False, soft_wrap=True)
    for failure in status.failures:
        text = f"{failure.file}: {failure.code}: {failure.message}"
        console.print(printable(text), markup=False)
    codes = Counter(failure.code for failure in status.failures)
    counts = ", ".join(f"{count} {code}" for code, count in codes.most_common())
    if counts:
        console.print()
    rows = {
        "files": status.files,
        "failed": f"{len(status.failures)}  ({counts})" if counts else "",
        "missing": _missing(status),
        "duplicates": f"{status.duplicates} of the files" if status.duplicates else "",
        "tracks": status.tracks,
        "analysed": status.analysed,
        "versions": ", ".join(f"{name} {version}" for name, version in status.versions.items()),
        "heard by": ", ".join(f"{name} ({count})" for name, count in status.networks.items()),
        "library": printable(status.library),
        "size": "" if status.size is None else f"{status.size / 1e6:.1f} MB",
    }
    for name, value in rows.items():
        if value != "":
            console.print(f"{name:14}{value}", markup=False)


def index_library(
    *,
    library: str | None = None,
    refit: bool = False,
    networks: Sequence[str] = (),
    pairs: Path | None = None,
    as_json: bool = False,
) -> int:
    """See that the space of a library is kept, and print how far it is.

    Where networks are named, how much each of them counts is learned, from pairs of tracks if there
    is a table of them.

    Returns
    -------
    int
        Tracks that can be searched.
    """
    place = Library(library)
    state = place.index(refit=refit)
    learned = _learn_weights(place, networks, pairs) if networks else None
    if as_json:
        more = {} if learned is None else learned.as_dict()
        print(json.dumps({**state.as_dict(), **more}))
        return state.tracks
    did = {
        "fitted": "fitted anew",
        "placed": "brought up to date",
        "nothing": "up to date",
    }[state.done]
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{'index':14}{did}", markup=False)
    console.print(f"{'tracks':14}{state.tracks}", markup=False)
    console.print(f"{'fitted to':14}{state.fitted} tracks", markup=False)
    console.print(f"{'dimensions':14}{state.dimensions}", markup=False)
    if learned is not None:
        for name, value in learned.weights.lines().items():
            console.print(printable(f"{name:14}{value}"), markup=False)
    return state.tracks


def _learn_weights(place: Library, networks: Sequence[str], pairs: Path | None) -> LearnedWeights:
    from linernotes.cli.evaluate import list_left_out
    from linernotes.explore.network_blend import learn_weights
    from linernotes.library.store import Store

    store = Store(place.location, create=False)
    learned = learn_weights(store, place.collection(), networks, pairs=pairs)
    list_left_out(learned.left_out, Console(stderr=True, highlight=False, soft_wrap=True))
    return learned


def _missing(status: Status) -> str:
    if not status.missing:
        return ""
    said = [f"{status.missing} more that are not there"]
    if status.moved:
        said.append(
            f"{status.moved} of them are elsewhere now (scan --prune forgets where they were)"
        )
    if status.lost:
        more = f" and {len(status.lost) - 1} more" if len(status.lost) > 1 else ""
        said.append(
            f"{printable(status.lost[0])}{more} is gone or empty: connect its drive, or scan the "
            "place that it moved to"
        )
    return "; ".join(said)


def export_library(output: Path, *, library: str | None = None, models: Sequence[str] = ()) -> None:
    """Write the tracks of a library to a table, with columns for what models say.

    The models that come with linernotes always do, others where they are named.
    """
    from linernotes.identification.collection_fields import (
        NUMBER_FIELDS,
        shipped_model_fields,
        with_model_fields,
    )
    from linernotes.learning.catalogue import list_shipped_models
    from linernotes.library.export import export
    from linernotes.library.store import Store

    names = [name for name in models if name not in list_shipped_models()]
    asked = _load(names, with_networks=True)
    place = Library(library)
    collection = place.collection()
    fields = shipped_model_fields(collection)
    collection = replace(collection, metadata={**collection.metadata, **fields})
    numbers = tuple(name for name in fields if name in NUMBER_FIELDS)
    collection, asked_numbers, licences = with_model_fields(
        collection,
        asked,
        store=Store(place.location, create=False, storage_options=place.storage_options),
    )
    numbers += asked_numbers

    target = export(collection, output, numbers=numbers, licences=licences)
    message = f"{len(collection)} tracks in {target}"
    Console(stderr=True, highlight=False, soft_wrap=True).print(printable(message), markup=False)


def _load(models: Sequence[str], *, with_networks: bool = False) -> list[AnyModel]:
    """Load models that can be asked of what a library keeps."""
    if not models:
        return []
    from linernotes.identification.collection_labels import check_library_model
    from linernotes.learning import load_model

    asked = [load_model(name) for name in models]
    for model in asked:
        check_library_model(model, with_networks=with_networks)
    return asked


def _count(place: Library, models: Sequence[AnyModel]) -> dict[str, dict[str, int]]:
    if not models:
        return {}
    from linernotes.identification.collection_labels import label_collection

    collection = place.collection()
    return {model.name: label_collection(collection, model).counts() for model in models}


def _show_counts(counts: dict[str, dict[str, int]]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for model, classes in counts.items():
        console.print(printable(model), markup=False, style="bold")
        for name, count in classes.items():
            console.print(printable(f"{count:7,}  {name}"), markup=False)


def _last_line(result: ScanResult) -> str:
    if not result.scanned and not result.removed:
        return "no files were found"
    parts = [f"{result.added} added", f"{result.updated} updated", f"{result.unchanged} unchanged"]
    if result.removed:
        parts.append(f"{result.removed} removed")
    if result.failed:
        parts.append(f"{result.failed} failed (linernotes status lists them)")
    return f"{result.scanned} files in {result.seconds:.0f} s: {', '.join(parts)}"
