"""Trains the mood model that ships with linernotes: energy and valence, from 0 to 1.

    python tools/train_mood.py             # from ../shared/evidence

The feature set ``spotify`` tells the same energy and valence, and of voices what ``voices.py``
learns: their weights are written too.

It listens to what a library keeps of a track (embedding and tags of both networks), so that a
scanned library is labelled without listening again.

The method
----------
A linear map for each target, by ridge regression with a prior along the tags that name it
(``ridge.py``). It learns from two kinds of labels, on the scale of people's ratings, where 1 to 5
become 0 to 1:

* The means of people's ratings of arousal, which is energy, and of valence (MUSIFEAST-17).
* Four quadrants (mer4q): happy and tense tracks are ``QUADRANT`` above the middle in energy, sad
  and calm ones so much below; happy and calm ones above it in valence, tense and sad ones below.

A rating weighs more than a quadrant, which only tells the side. Whole tracks and their sections of
ten seconds count half each, since timelines are asked for the latter.

How it is chosen
----------------
How strong the prior is, for each target, by the sum of four rank correlations: with ratings and
with quadrants, cross-validated with no artist on both sides, and each by the other set alone.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from evidence import ROOT, SHARED, Evidence, read_evidence
from linear_maps import Map, bootstrap_interval, model_graph, seen
from numpy.typing import NDArray
from onnx import helper
from ridge import Figure, Floats, Ints, Rows, direction, fit, folds
from scipy.stats import spearmanr
from voices import fit_speech, fit_voice, heard_sounds, voice_figures

from linernotes.learning import ModelCard, Regression, load_model, save_model
from linernotes.learning.card import NumberScores
from linernotes.learning.certainty import Certainty
from linernotes.learning.input_spec import TrackInput
from linernotes.learning.inputs import find_input
from linernotes.learning.mood import ENERGY_AND_VALENCE, MARGIN, MIDDLE, WORDS, mood_words
from linernotes.learning.targets import Target, conformal_spread
from linernotes.library.analyses import EMBEDDING_LENGTH, tag_names

SHIPPED = ROOT / "src/linernotes/learning/models/mood.linernotes"
WEIGHTS = ROOT / "src/linernotes/features/spotify_weights.npz"
VERSION = "1"
RATED, SORTED = "musifeast_a", "mer4q"
CODES = {"Q1": "happy", "Q2": "tense", "Q3": "sad", "Q4": "calm"}
#: How far from the middle the tracks of a quadrant are taken to be: half a scale point of five.
QUADRANT = 0.2
#: What a rating weighs beside a quadrant.
RATING = 12.0
STRENGTHS = (1000.0, 3000.0, 10000.0, 20000.0)

# Tags for and against each target. Written down by hand, before any figure was seen.
NAMING_TAGS = (
    (
        ("loud", "upbeat", "hard rock", "metal", "punk", "techno", "drums", "party", "dance"),
        ("quiet", "soft", "slow", "mellow", "ambient", "sad", "chillout", "easy listening"),
    ),
    (
        ("happy", "party", "upbeat", "catchy", "dance", "funk", "sexy", "soul", "oldies",
         "country", "60s"),
        ("sad", "slow", "metal", "weird", "ambient", "experimental", "alternative", "new age",
         "cello"),
    ),
)  # fmt: skip
ALONG = tuple(direction(*tags) for tags in NAMING_TAGS)


@dataclass(frozen=True, eq=False)
class Moods:
    """Rows to learn moods from.

    Parameters
    ----------
    rows
        Of all tracks.
    y
        Shape (tracks, 2): energy and valence, not a number where nobody said.
    word
        Shape (tracks,): the quadrant of `SORTED` tracks, or empty.
    rated, sorted
        Tracks with ratings, and with quadrants.
    artist
        Shape (tracks,).
    """

    rows: Rows
    y: Floats
    word: NDArray[np.str_]
    rated: Ints
    sorted: Ints
    artist: NDArray[np.str_]

    @property
    def all(self) -> Ints:
        """Tracks with either."""
        return np.concatenate([self.rated, self.sorted])

    @property
    def weight(self) -> Floats:
        """What each track weighs, shape (tracks,)."""
        weight = np.ones(len(self.y))
        weight[self.rated] = RATING
        return weight

    def apart(self, which: Ints, others: Ints) -> Ints:
        """Return those tracks whose artists have none among others."""
        return which[~np.isin(self.artist[which], self.artist[others])]


def gather(evidence: Evidence) -> Moods:
    """Put ratings and quadrants on one scale."""
    y = np.full((len(evidence), 2), np.nan)
    rated = np.flatnonzero(evidence.source == RATED)
    ratings = [np.asarray(evidence.more[name], float)[rated] for name in ("arousal", "valence")]
    y[rated] = (np.stack(ratings, axis=1) - 1) / 4
    word = np.array([CODES.get(str(code), "") for code in evidence.more["quadrant"]])
    sides = {word: sides for sides, word in WORDS.items()}
    quadrants = np.flatnonzero(word != "")
    high = np.array([sides[each] for each in word[quadrants]])
    y[quadrants] = MIDDLE + np.where(high, QUADRANT, -QUADRANT)
    return Moods(Rows.of(evidence), y, word, rated, quadrants, evidence.artist)


# --- held out --------------------------------------------------------------------------------


def told_by(moods: Moods, learned: Ints, target: int, alpha: float) -> Map:
    """Learn one target."""
    return fit(
        moods.rows, moods.y[:, target], moods.weight, learned, alpha=alpha, along=ALONG[target]
    )


def crossed(moods: Moods, target: int, alpha: float) -> Floats:
    """Return what is told of all tracks while their artists are held out."""
    told = np.full(len(moods.y), np.nan)
    for learned, held in folds(moods.artist, moods.all):
        told[held] = told_by(moods, learned, target, alpha)(moods.rows.x[held])[:, 0]
    return np.clip(told, 0, 1)


def left_out(moods: Moods, target: int, alpha: float) -> Floats:
    """Return what is told of each set by the other alone, without the artists in both."""
    told = np.full(len(moods.y), np.nan)
    for held, others in ((moods.rated, moods.sorted), (moods.sorted, moods.rated)):
        learned = moods.apart(others, held)
        told[held] = told_by(moods, learned, target, alpha)(moods.rows.x[held])[:, 0]
    return np.clip(told, 0, 1)


def spearman(told: Floats, true: Floats) -> float:
    return float(spearmanr(told, true).statistic)


def choose(moods: Moods, target: int) -> tuple[float, Floats, Floats]:
    """Return the strength of the prior, and what is told then: cross-validated, by other sets."""
    tried = []
    for alpha in STRENGTHS:
        both = crossed(moods, target, alpha), left_out(moods, target, alpha)
        true = moods.y[:, target]
        found = [
            spearman(told[which], true[which])
            for told in both
            for which in (moods.rated, moods.sorted)
        ]
        print(f"{ENERGY_AND_VALENCE[target]} {alpha:g}: {np.round(found, 3)}", flush=True)
        tried.append((sum(found), alpha, *both))
    return max(tried, key=lambda each: each[0])[1:]


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What is told of tracks that were not learned from: shape (tracks, 2) each."""

    alphas: tuple[float, ...]
    crossed: Floats
    alone: Floats

    @classmethod
    def of(cls, moods: Moods) -> HeldOut:
        """Choose how strong the prior is, and hold tracks out."""
        found = [choose(moods, target) for target in range(2)]
        alphas, both, alone = zip(*found, strict=True)
        return cls(alphas, np.stack(both, axis=1), np.stack(alone, axis=1))


# --- figures ---------------------------------------------------------------------------------


def mood_figures(evidence: Evidence) -> list[Figure]:
    """Measure how right energy, valence and the word are, on artists that were held out."""
    moods = gather(evidence)
    return regression_scores(moods, HeldOut.of(moods))


def regression_scores(moods: Moods, held_out: HeldOut) -> list[Figure]:
    found = []
    ways = (
        ("cross-validated", "cross-validated", held_out.crossed),
        ("taught by quadrants alone", "taught by ratings alone", held_out.alone),
    )
    for by_quadrants, by_ratings, told in ways:
        for target, name in enumerate(ENERGY_AND_VALENCE):

            def correlation(which: Ints, target: int = target, told: Floats = told) -> float:
                return spearman(told[which, target], moods.y[which, target])

            found.append(_figure(f"{name}, Spearman", f"ratings of {RATED}, {by_quadrants}",
                                 correlation, moods.rated, moods))  # fmt: skip
        where = f"{SORTED}, {by_ratings}"
        told_words = np.array(mood_words(told, margin=0.0))
        found.append(_figure("quadrant, accuracy", where,
                             lambda which, words=told_words: _right(words, moods.word, which),
                             moods.sorted, moods))  # fmt: skip
        words = np.array(mood_words(told))
        sure = moods.sorted[words[moods.sorted] != str(Certainty.NOT_SURE)]
        share = len(sure) / len(moods.sorted)
        found.append(_figure("word, accuracy", f"the {share:.0%} of {where} that have one",
                             lambda which, words=words: _right(words, moods.word, which),
                             sure, moods))  # fmt: skip
    return found


def _right(words: NDArray[np.str_], truth: NDArray[np.str_], which: Ints) -> float:
    return float((words[which] == truth[which]).mean())


def _figure(name, on, figure, which: Ints, moods: Moods) -> Figure:
    ends = bootstrap_interval(figure, which, moods.artist)
    return Figure(name, on, round(figure(which), 4), ends, len(which))


def measured(
    on: str, told: Floats, moods: Moods, targets: tuple[Target, ...]
) -> list[NumberScores]:
    """Return figures on the ratings for the card."""
    scores = []
    for i, target in enumerate(targets):
        true, said = moods.y[:, i], told[:, i]

        def r2(which: Ints, true: Floats = true, said: Floats = said) -> float:
            rest = np.square(true[which] - said[which]).sum()
            return float(1 - rest / np.square(true[which] - true[which].mean()).sum())

        def correlation(which: Ints, true: Floats = true, said: Floats = said) -> float:
            return spearman(said[which], true[which])

        def error(which: Ints, true: Floats = true, said: Floats = said) -> float:
            return float(np.abs(true[which] - said[which]).mean())

        own = moods.rated
        off = np.abs(true[own] - said[own])
        scores.append(
            NumberScores(
                on=on,
                target=target.name,
                cases=len(own),
                spearman=round(correlation(own), 4),
                spearman_interval=bootstrap_interval(correlation, own, moods.artist),
                r2=round(r2(own), 4),
                r2_interval=bootstrap_interval(r2, own, moods.artist),
                error=round(error(own), 4),
                error_interval=bootstrap_interval(error, own, moods.artist),
                baseline=round(float(np.abs(true[own] - target.median).mean()), 4),
                baseline_r2=0.0,
                coverage=round(float((off <= target.spread).mean()), 4),
            )
        )
    return scores


# --- the model -------------------------------------------------------------------------------


def build_graph(mood: Map) -> bytes:
    """Write the map as an ONNX graph: ``features`` to ``values`` and ``timeline``."""
    constants = {
        "tags": np.arange(EMBEDDING_LENGTH, EMBEDDING_LENGTH + len(tag_names())),
        "heard": np.arange(EMBEDDING_LENGTH),
        "zero": np.array(0, np.float32),
        "one": np.array(1, np.float32),
        "little": np.array(1e-4, np.float32),
        "most": np.array(1 - 1e-6, np.float32),  # of what is certain, the odds would be infinite
        "over_rows": np.array([0], np.int64),
        "weights": mood.weights.astype(np.float32),
        "bias": mood.bias.astype(np.float32),
    }
    node = helper.make_node
    nodes = [
        node("Gather", ["features", "heard"], ["embedding"], axis=1),
        node("Gather", ["features", "tags"], ["probable"], axis=1),
        node("Min", ["probable", "most"], ["p"]),
        node("Sub", ["one", "p"], ["q"]),
        node("Div", ["p", "q"], ["ratio"]),
        node("Add", ["ratio", "little"], ["odds"]),
        node("Log", ["odds"], ["log_odds"]),
        node("Concat", ["embedding", "log_odds"], ["x"], axis=1),
        node("MatMul", ["x", "weights"], ["product"]),
        node("Add", ["product", "bias"], ["told"]),
        node("Max", ["told", "zero"], ["above"]),
        node("Min", ["above", "one"], ["timeline"]),
        node("ReduceMean", ["timeline", "over_rows"], ["values"], keepdims=0),
    ]
    outputs = {"values": ["targets"], "timeline": ["rows", "targets"]}
    return model_graph(nodes, constants, outputs)


def fit_mood(moods: Moods, alphas: tuple[float, ...]) -> Map:
    """Learn both targets from all tracks."""
    maps = [told_by(moods, moods.all, target, alpha) for target, alpha in enumerate(alphas)]
    return Map(
        np.concatenate([each.weights for each in maps], axis=1),
        np.concatenate([each.bias for each in maps]),
    )


def make_card(
    moods: Moods, held_out: HeldOut, figures: list[Figure], scores: list[NumberScores]
) -> ModelCard:
    words = [figure for figure in figures if figure.name == "word, accuracy"]
    quadrant = [figure for figure in figures if figure.name == "quadrant, accuracy"]
    return ModelCard(
        summary="Tells how energetic and how positive music sounds, from 0 to 1, from what both "
        "networks hear.",
        data=(
            f"{len(moods.rated)} clips of MUSIFEAST-17, instrumental for the most part: means of "
            "some 34 listeners' ratings of arousal and valence, 1 to 5, told as 0 to 1.",
            f"{len(moods.sorted)} previews of mer4q (Panda, Malheiro & Paiva, 2018): happy, tense, "
            "sad or calm, after AllMusic's mood tags and listeners' review. Numbers, no sound.",
        ),
        choice=(
            "Ridge regression whose prior is wider along tags that name the target, such as loud "
            "against quiet, happy against sad.",
            f"A quadrant lies {QUADRANT:g} from the middle; a rating weighs {RATING:g} times as "
            "much. The strength of the prior was chosen, for each target, among "
            f"{len(STRENGTHS)} by rank correlations with no artist on both sides, and of each set "
            f"by the other: {held_out.alphas[0]:g} and {held_out.alphas[1]:g}.",
            f"Beyond {MARGIN:g} from the middle of both there is a word. It is right for "
            + " and ".join(f"{figure.value:.0%} of {figure.on}" for figure in words)
            + ".",
            "Of all tracks, the nearest quadrant is right for "
            + " and ".join(f"{figure.value:.0%} of {figure.on}" for figure in quadrant)
            + "; chance is 25 %.",
        ),
        limits=(
            "Valence is told much less surely than energy, and what is told spreads less than what "
            "people say.",
            "What a set calls positive is not what another does: see the word taught by ratings "
            "alone. Of a word on other music, expect less than on held-out tracks.",
            "Words in the music are not understood: sad texts in a major key sound happy.",
            "What is no music has a mood here as well; linernotes shows none where the genre model "
            "says none of these.",
            "Raters and tags are Western; other ears may hear otherwise.",
        ),
        not_for=(
            "Decisions about people or money, such as royalties, payments or moderation.",
            "What a listener feels or how a listener is.",
        ),
        licence=(
            "Apache-2.0 for this model; the networks it listens with (musicnn) are under the ISC "
            "licence. No music and no evidence is part of it."
        ),
        test_looks=0,
        scores=tuple(scores),
    )


def make_model(moods: Moods, held_out: HeldOut, mood: Map) -> Regression:
    """Put the model together, with its card."""
    rated = moods.y[moods.rated]
    off = np.abs(rated - held_out.crossed[moods.rated])
    targets = tuple(
        Target(
            name,
            low=0.0,
            high=1.0,
            median=round(float(np.median(rated[:, i])), 4),
            spread=round(conformal_spread(off[:, i]), 4),
        )
        for i, name in enumerate(ENERGY_AND_VALENCE)
    )
    figures = regression_scores(moods, held_out)
    for figure in figures:
        print(figure)
    scores = [
        *measured(f"ratings of {RATED}, cross-validated, no artist on both sides",
                  held_out.crossed, moods, targets),
        *measured(f"ratings of {RATED}, taught by the quadrants of {SORTED} alone",
                  held_out.alone, moods, targets),
    ]  # fmt: skip
    return Regression(
        name="mood",
        label="mood",
        targets=targets,
        version=VERSION,
        input=TrackInput((find_input("embedding"), find_input("tags"))),
        card=make_card(moods, held_out, figures, scores),
        estimator=build_graph(mood),
    )


def check_parity(model: Regression, mood: Map, rows: Floats) -> float:
    """Return the largest difference between the graph and the map in double precision."""
    told = model._run("features", rows.astype(np.float32))[1]
    return float(np.abs(told - np.clip(mood(seen(rows)), 0, 1)).max())


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains the mood model of linernotes.")
    parser.add_argument("--evidence", type=Path, default=SHARED / "evidence")
    parser.add_argument("--sounds", type=Path, help="folder where what is heard in sounds is kept")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("-o", "--output", type=Path, default=SHIPPED)
    options = parser.parse_args()

    evidence = read_evidence(options.evidence)
    moods = gather(evidence)
    held_out = HeldOut.of(moods)
    for margin in np.arange(0, 0.15, 0.01):
        words = np.array(mood_words(held_out.crossed, margin=margin))[moods.sorted]
        sure = words != str(Certainty.NOT_SURE)
        right = (words == moods.word[moods.sorted])[sure].mean()
        print(f"margin {margin:.2f}: {sure.mean():.1%} have a word, {right:.1%} of these are right")
    mood = fit_mood(moods, held_out.alphas)
    model = make_model(moods, held_out, mood)
    print(f"largest difference of the graph: {check_parity(model, mood, evidence.rows):.1e}")
    save_model(model, options.output)
    print("\n".join(["", *load_model(options.output).describe()]))
    print(f"\n{options.output.name}: {options.output.stat().st_size} bytes")

    sounds = heard_sounds(options.sounds)
    for figure in voice_figures(evidence, sounds):
        print(figure)
    write_weights(
        options.weights,
        energy_and_valence=mood,
        voice=fit_voice(evidence, sounds),
        speech=fit_speech(evidence, sounds),
    )


def write_weights(path: Path, *, energy_and_valence: Map, voice: Map, speech: Map) -> None:
    """Write the maps of the feature set ``spotify``."""
    maps = (energy_and_valence, voice, speech)
    np.savez(
        path,
        names=np.array([*ENERGY_AND_VALENCE, "voice", "speech"]),
        weights=np.concatenate([each.weights for each in maps], axis=1).astype(np.float32),
        bias=np.concatenate([each.bias for each in maps]).astype(np.float32),
    )


if __name__ == "__main__":
    main()
