"""Planning what to write into the tags of files, from what is heard or a library knows.

Only what is sure is planned: of genres and moods what models are sure of (see
`linernotes.learning.certainty`), of tempo and key what has a confidence at which nine of ten were
right. The rest is told as doubts.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes.engine import kill_after, threads_each, worker_count
from linernotes.errors import Failure, LinernotesError
from linernotes.identification.asking import loaded, recalled, without_mood
from linernotes.learning import Estimate, Model, Prediction, Regression
from linernotes.learning.certainty import Certainty
from linernotes.learning.mood import SURE_MARGIN, WORDS, mood_words
from linernotes.library.file_tags import SEPARATOR
from linernotes.library.lookup import KnownTrack, look_up
from linernotes.library.tag_names import custom_name
from linernotes.library.tagging.dialects import COMMENT, DIALECTS, ENERGY_LEVEL, in_dialect
from linernotes.library.tagging.formats import FAMILIES, writable_kind
from linernotes.library.tagging.planning import TagPlan, plan_tags, suggest_fields

if TYPE_CHECKING:
    from linernotes.engine import Outcome

# Of so few files the library is asked here: to start processes takes longer.
_FEW = 8
_MOST_CLASSES = 5
_LEAST_PROBABILITY = 0.05


def plan_files(
    files: Sequence[str],
    *,
    models: Sequence[str],
    library: str | None = None,
    overwrite: bool = False,
    genre_threshold: float | None = None,
    dialect: str | None = None,
    timeout: float = 600.0,
    workers: int | None = None,
    quiet: bool = True,
) -> Iterator[TagPlan | Failure]:
    """Plan the tags of files, in processes that can be killed.

    Parameters
    ----------
    files
        Paths.
    models, library, overwrite, genre_threshold, dialect, timeout
        As in `plan_file`.
    workers
        Processes; ``None`` for one a processor.
    quiet
        Drop what decoders write to standard error.

    Yields
    ------
    TagPlan or Failure
        In the order of the files.
    """
    workers = worker_count(workers, len(files))
    function = functools.partial(
        plan_file,
        models=tuple(models),
        library=library,
        overwrite=overwrite,
        genre_threshold=genre_threshold,
        dialect=dialect,
        timeout=timeout,
        threads=threads_each(workers),
    )
    known: dict[str, TagPlan | None] = {}
    if library is not None and len(files) <= _FEW:
        known = {
            file: _plan_known(
                file,
                models,
                library,
                overwrite=overwrite,
                genre_threshold=genre_threshold,
                dialect=dialect,
            )
            for file in files
        }
    outcomes = _worked(
        function,
        [file for file in files if known.get(file) is None],
        workers=workers,
        timeout=kill_after(timeout),
        quiet=quiet,
    )
    for file in files:
        plan = known.get(file)
        if plan is not None:
            yield plan
        else:
            outcome = next(outcomes)
            yield outcome.value or Failure.of(outcome.item, outcome.error)


def _worked(
    function: Callable[[str], TagPlan], files: Sequence[str], **options: Any
) -> Iterator[Outcome[str, TagPlan]]:
    """Work on files in processes, which start when the first outcome is asked for."""
    from linernotes.engine import run

    yield from run(function, files, **options)


def _plan_known(
    file: str,
    models: Sequence[str],
    library: str,
    *,
    overwrite: bool,
    genre_threshold: float | None,
    dialect: str | None,
) -> TagPlan | None:
    """Plan the tags of a file of which a library knows all that is asked; ``None`` otherwise.

    Nothing is decoded, so that this needs no process that can be killed.
    """
    try:
        plan_tags(file, {})
        known = look_up(library, file)
        told = [recalled(loaded(model), known) for model in models]
        heard = [each for each in told if each is not None]
        if known.descriptors is None or len(heard) < len(told):
            return None
        return _planned(
            file, without_mood(heard), known.descriptors, overwrite=overwrite,
            genre_threshold=genre_threshold, dialect=dialect,
        )  # fmt: skip
    except (LinernotesError, OSError):
        return None  # which is said by whoever takes it up


def plan_file(
    file: str,
    *,
    models: Sequence[str],
    library: str | None = None,
    overwrite: bool = False,
    genre_threshold: float | None = None,
    dialect: str | None = None,
    timeout: float = 600.0,
    threads: int = 1,
) -> TagPlan:
    """Plan the tags of one file; what a library knows of it is not listened to.

    Parameters
    ----------
    file
        Its path.
    models
        Names or files of models.
    library
        Folder or URL of a library to ask first.
    overwrite
        Change fields of which the file already says something.
    genre_threshold
        How probable a genre must be to be sure; ``None`` for where nine of ten are right.
    dialect
        One of `linernotes.library.tagging.dialects.DIALECTS`; ``None`` for our usual names.
    timeout
        Seconds that listening may take.
    threads
        Processors to use.

    Raises
    ------
    LinernotesError
        It cannot be heard, or its tags cannot be written.

    Examples
    --------
    >>> plan_file("song.mp3", models=["genre"]).changes  # doctest: +SKIP
    (FieldChange(field='genre', old=None, values=('Jazz',)), ...)
    """
    from linernotes.audio import probe
    from linernotes.features import extract_track

    # What is no audio, or of a format that is not written, is said before the work.
    probe(file)
    plan_tags(file, {})
    known = KnownTrack() if library is None else look_up(library, file)
    told = _told(file, [loaded(model) for model in models], known, timeout, threads)
    measured = known.descriptors
    if measured is None:
        measured = extract_track(file, timeout=timeout).values["descriptors"]
    return _planned(
        file, told, measured, overwrite=overwrite, genre_threshold=genre_threshold, dialect=dialect
    )


def _planned(
    file: str,
    told: Sequence[Prediction | Estimate],
    measured: NDArray[np.float32],
    *,
    overwrite: bool,
    genre_threshold: float | None,
    dialect: str | None,
) -> TagPlan:
    """Plan the tags of a file from what models tell and what was measured."""
    from linernotes.features import names

    suggested = suggest_fields(
        words=_words(told, genre_threshold),
        models={each.model: _said(each) for each in told if _is_sure(each)},
        descriptors=dict(zip(names("descriptors"), measured.tolist(), strict=True)),
    )
    fields = suggested.fields
    if dialect is not None and fields:
        family = FAMILIES[writable_kind(file)]
        fields = in_dialect(fields, DIALECTS[dialect], family, energy=_energy(told))
    licences = {name: said for name, said in _licences(told).items() if name in fields}
    return plan_tags(file, fields, overwrite=overwrite, doubts=suggested.doubts, licences=licences)


def _licences(told: Sequence[Prediction | Estimate]) -> dict[str, str]:
    """Return what is said of fields that models tell who hear a network that is not free."""
    found: dict[str, str] = {}
    for each in told:
        if each.licence is None:
            continue
        names = [custom_name(each.model)]
        if each is _genre_of(told):
            names.append("genre")
        if isinstance(each, Estimate) and each.word is not None:
            names += ["mood", ENERGY_LEVEL, COMMENT]
        found.update(dict.fromkeys(names, each.licence))
    return found


def _genre_of(told: Sequence[Prediction | Estimate]) -> Prediction | None:
    return next((p for p in told if isinstance(p, Prediction) and p.label == "genre"), None)


def _energy(told: Sequence[Prediction | Estimate]) -> float | None:
    """Return how intense a track is, if a model of moods tells."""
    for each in told:
        if isinstance(each, Estimate) and each.word is not None and not each.rejected:
            values = zip(each.targets, each.values.tolist(), strict=True)
            return next((value for target, value in values if target.name == "energy"), None)
    return None


def _told(
    file: str,
    models: Sequence[Model | Regression],
    known: KnownTrack,
    timeout: float,
    threads: int,
) -> tuple[Prediction | Estimate, ...]:
    """Ask models of a file: of what is known where that will do, listening otherwise."""
    answers = [recalled(model, known) for model in models]
    unheard = [model for model, told in zip(models, answers, strict=True) if told is None]
    heard: Iterator[Prediction | Estimate] = iter(())
    if unheard:
        from linernotes.identification.tracks import identify_and_analyse

        found, _ = identify_and_analyse(
            file,
            models=unheard,
            timeout=timeout,
            threads=threads,
            for_library=False,
            over_time=False,
        )
        heard = iter(found.predictions)
    return without_mood([next(heard) if told is None else told for told in answers])


def _words(
    told: Sequence[Prediction | Estimate], genre_threshold: float | None
) -> Mapping[str, tuple[str, float | None, bool]]:
    """Return what was heard of genre and mood: the word, its probability, whether it is sure."""
    words: dict[str, tuple[str, float | None, bool]] = {}
    genre = _genre_of(told)
    if genre is not None and not genre.rejected:
        name, probability = genre.top(1)[0]
        sure = genre.certainty is Certainty.SURE
        if genre_threshold is not None:
            sure = probability >= genre_threshold and not genre.contradicted
        words["genre"] = (name, probability, sure)
    for each in told:
        if isinstance(each, Estimate) and each.word in WORDS.values():
            clear = mood_words(each.values[np.newaxis], margin=SURE_MARGIN)[0]
            words["mood"] = (str(each.word), None, clear == each.word)
    return words


def _is_sure(told: Prediction | Estimate) -> bool:
    return isinstance(told, Estimate) or told.certainty is Certainty.SURE


def _said(told: Prediction | Estimate) -> str:
    """Write all that a model says as the value of one field."""
    if isinstance(told, Prediction):
        best, *others = told.top(_MOST_CLASSES)
        some = [best, *(pair for pair in others if pair[1] >= _LEAST_PROBABILITY)]
        return SEPARATOR.join(f"{name} {probability:.2f}" for name, probability in some)
    values = list(zip(told.targets, told.values.tolist(), strict=True))
    if len(values) == 1:
        return values[0][0].digits(values[0][1])
    return SEPARATOR.join(f"{target.name} {target.digits(value)}" for target, value in values)
