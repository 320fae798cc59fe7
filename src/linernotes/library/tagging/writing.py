"""Writing planned tags into files, only when asked, and so that it can be undone.

What is not planned stays bit for bit: sound, pictures, unknown frames, chapters, padding.
A file's time of modification becomes that of the writing, so that players and backups notice;
`linernotes.library.tagging.undo` brings back the old bytes and the old time.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from linernotes.errors import Failure, LinernotesError
from linernotes.library.tagging.checks import digest_of_sound, digest_of_tags
from linernotes.library.tagging.errors import ChangedError, NotVerifiedError
from linernotes.library.tagging.formats import prepare, read_fields, writable_kind
from linernotes.library.tagging.planning import TagPlan, told
from linernotes.library.tagging.replacing import has_other_names, open_target, replace_file
from linernotes.library.tagging.undo import remember


def write_tags(plan: TagPlan, *, log: Path | None = None, run: str | None = None) -> TagPlan:
    """Do what was planned for one file.

    The new file is checked before it takes the old one's place: its sound must be bit for bit
    the same, all other tags unchanged, and the new values must read back. What is needed to
    undo it is on the disk before.

    Parameters
    ----------
    plan
        What to do.
    log
        The undo log; the user's if not given.
    run
        What this belongs to: `undo_tags` undoes a run as a whole.

    Returns
    -------
    The plan, as written, with what is to be known about it.

    Raises
    ------
    TagError, AudioError
        It was not done, and the file is as it was; the code says why.

    Examples
    --------
    >>> write_tags(plan_tags("song.mp3", {"genre": ["jazz"]})).written  # doctest: +SKIP
    True
    """
    if not plan.changes:
        return plan
    warnings = []
    with open_target(plan.file) as (target, source):
        kind = writable_kind(target)
        current = read_fields(target, [change.field for change in plan.changes])
        if any(current.get(change.field) != change.old for change in plan.changes):
            raise ChangedError("its tags changed since this was planned; plan again")
        if has_other_names(source):
            warnings.append("other names of this file (hard links) keep the old tags")
        writing = prepare(source, target, kind, told(plan.changes))
        sound = digest_of_sound(source)
        others = digest_of_tags(target, writing.family, writing.values)
        mtime_ns = os.fstat(source.fileno()).st_mtime_ns

        def check(new: Path) -> None:
            found = read_fields(new, writing.values)
            if any((found.get(change.field) or "") != change.new for change in plan.changes):
                raise NotVerifiedError("the new tags do not read back; the file is as it was")
            if digest_of_tags(new, writing.family, writing.values) != others:
                raise NotVerifiedError("other tags would change; the file is as it was")
            with new.open("rb") as file:
                if digest_of_sound(file) != sound:
                    raise NotVerifiedError("the sound would change; the file is as it was")

        replace_file(
            target,
            source,
            writing.edits,
            check=check,
            commit=lambda before, after: remember(
                target,
                writing.edits,
                before=before,
                after=after,
                mtime_ns=mtime_ns,
                changes=[change.as_dict() for change in plan.changes],
                run=run or uuid.uuid4().hex,
                log=log,
            ),
        )
    return replace(plan, written=True, warnings=tuple(warnings))


def write_all(plans: Iterable[TagPlan], *, log: Path | None = None) -> Iterator[TagPlan | Failure]:
    """Write many plans as one run, see `write_tags`; what fails costs itself alone.

    Yields
    ------
    TagPlan or Failure
        In the order of the plans.

    Examples
    --------
    >>> list(write_all([]))
    []
    """
    run = uuid.uuid4().hex
    for plan in plans:
        try:
            yield write_tags(plan, log=log, run=run)
        except LinernotesError as error:
            yield Failure.of(plan.file, error)
