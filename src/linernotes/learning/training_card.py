"""The card of a model that was just trained: what there is to say about it without a test."""

from __future__ import annotations

from linernotes.learning.blending import WEIGHTS
from linernotes.learning.card import ModelCard
from linernotes.learning.fitting import Fitted
from linernotes.learning.fitting_numbers import FittedNumbers
from linernotes.learning.inputs import find_networks
from linernotes.learning.listening.cuts import SECTION, section_seconds
from linernotes.learning.provenance import Training
from linernotes.learning.targets import LEVEL, Target
from linernotes.networks import licence_notice

_NOT_FOR = (
    "Decisions about people or money, such as royalties, payments or moderation.",
    "Music unlike what it was trained on; speech; noise.",
)


def card_of_classes(
    fitted: Fitted, training: Training, classes: tuple[str, ...], label: str
) -> ModelCard:
    """Return the card of a model of classes.

    Returns
    -------
    ModelCard
        How it was made, and of what.
    """
    tracks = training.tracks
    each = f"{min(tracks)}" if min(tracks) == max(tracks) else f"{min(tracks)} to {max(tracks)}"
    by = "accuracy with a limit on over-fitting" if fitted.recipe.tolerance else "log loss"
    choice = []
    if training.accuracy is not None:
        choice.append(
            f"While held out, {training.accuracy:.1%} of the tracks were told rightly; since "
            "settings, probabilities and threshold were fitted to the same tracks, that is a "
            "little too good."
        )
    if fitted.threshold:
        choice.append(
            f"Below a probability of {fitted.threshold:.2f} the answer is none of these: 95 % of "
            "the right answers on held-out tracks lie above."
        )
    return _card(
        fitted,
        training,
        summary=f"Tells {label} among {len(classes)} classes, {_over_time(fitted)}.",
        data=f"{sum(tracks)} tracks of {len(classes)} classes, {each} a class",
        by=by,
        choice=choice,
    )


def card_of_numbers(
    fitted: FittedNumbers, training: Training, targets: tuple[Target, ...]
) -> ModelCard:
    """Return the card of a regression.

    Returns
    -------
    ModelCard
        How it was made, and of what.
    """
    named = " and ".join(target.name for target in targets)
    ranges = ", ".join(
        f"{target.name} from {target.digits(target.low)} to {target.write(target.high)} "
        f"(median {target.digits(target.median)})"
        for target in targets
    )
    choice = []
    if fitted.held_out is not None:
        shares = ", ".join(
            f"{share:.1%} of the variance of {target.name}"
            for share, target in zip(fitted.held_out.r2, targets, strict=True)
        )
        spreads = ", ".join(f"{target.name} ± {target.write(target.spread)}" for target in targets)
        choice += [
            f"While held out, tracks were told with {shares}; since settings were fitted to the "
            "same tracks, that is a little too good.",
            f"Interval of {LEVEL:.0%}: {spreads}; so far off were held-out tracks at most, but for "
            "one in ten.",
        ]
    return _card(
        fitted,
        training,
        summary=f"Tells {named} as a number, {_over_time(fitted)}; nothing beyond the range that "
        "it has learned from.",
        data=f"{training.tracks[0]} tracks with {ranges}",
        by="squared error",
        choice=choice,
    )


def _over_time(fitted: Fitted | FittedNumbers) -> str:
    input_spec = fitted.recipe.input_spec
    seconds = section_seconds(input_spec.inputs) if input_spec.clips is None else SECTION
    steps = f", in sections of {seconds:g} s" if seconds > SECTION else ""
    return f"as a whole and over time{steps}"


def _card(
    fitted: Fitted | FittedNumbers,
    training: Training,
    *,
    summary: str,
    data: str,
    by: str,
    choice: list[str],
) -> ModelCard:
    recipe = fitted.recipe
    sentences = [f"{data}: {training.data}, {training.split}."]
    if training.left_out:
        codes = ", ".join(f"{count} {code}" for code, count in training.left_out.items())
        sentences.append(f"Left out: {sum(training.left_out.values())} ({codes}).")
    how = [f"Recipe {recipe.name}: {recipe.model}."]
    if fitted.chosen:
        chosen = ", ".join(f"{key} = {value}" for key, value in training.settings.items())
        among = "for each part" if WEIGHTS in fitted.chosen else f"among {len(recipe.search)}"
        how.append(
            f"Chosen: {chosen}, {among}, by {by} on tracks that were held out in "
            f"{training.folds} folds."
        )
    networks = find_networks(recipe.input_spec.inputs)
    for network in networks:
        spec = network.spec
        free = "" if spec.free else ", which is not a free licence: it holds for this model as well"
        how.append(f"Hears {spec.title} ({spec.source}), under {spec.licence}{free}.")
    notice = licence_notice(networks)
    limits = list(training.warnings)
    if training.groups is None:
        limits.append(
            "Nobody said who made the tracks: where one artist has several, all of these figures "
            "flatter."
        )
    limits.append("How it does on other music than this is not known.")
    return ModelCard(
        summary=summary,
        data=tuple(sentences),
        choice=(*how, *choice),
        limits=tuple(limits),
        not_for=_NOT_FOR,
        licence="That of whoever trained it, and of the tracks and labels it learned from"
        + (f"; {notice}." if notice else "."),
        test_looks=0,
        scores=(),
    )
