"""Trains the genre model that ships with linernotes.

Reads musicnn taggrams of GTZAN (fault-filtered split), chooses everything by
cross-validation inside the 443 training tracks, measures the one chosen model
on the 290 test tracks and writes the model file::

    python tools/train_genre.py --taggrams ../shared/taggrams

With ``--no-test`` it stops before the test tracks are opened: use that to try
things out. Every *other* model that is measured on the test tracks has to be
counted in ``TEST_LOOKS``.

The method
----------
One linear map per window: ``logits = log(p + offset) @ weights + bias`` of the
window's 50 tag probabilities p. It is multinomial logistic regression with a
Gaussian prior on the weights, which says two things before any data is seen:

* Directions in which the windows of one genre differ much among themselves
  tell little (the idea of linear discriminant analysis): the prior is round in
  the space where the shrunk covariance within classes is.
* A tag that names a genre speaks for it (``NAMING_TAGS``): the prior's mean.
  443 tracks cannot teach all that musicians mean by "blues"; the words can.

A track's logits are the mean over its windows. Averages of more windows are
more reliable, so that the mean of n windows is sharpened by ``slope * n /
(n + half)`` (the Spearman-Brown form of the reliability of a mean) before the
softmax. The two numbers are fitted to predictions of held-out tracks by log
loss.

Two kinds of folds, since figures from random folds are too good to be true:

* *neighbours*: blocks of tracks with consecutive numbers in their genre. GTZAN
  often has one artist's tracks in a row, so that this keeps most artists on one
  side.
* *styles*: clusters of tracks that sound alike in their genre. Holding out a
  whole cluster shows what happens to music unlike the training tracks.

A method counts as better if it is better on both kinds together, for whole
tracks and for single windows.
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import log_softmax, softmax
from sklearn.cluster import KMeans
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from linernotes.learning import Model, ModelCard, ModelInput, Scores, load_model, save_model

ROOT = Path(__file__).resolve().parents[1]
CLASSES = (
    "blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock",
)  # fmt: skip
# 1: plain logistic regression, without either half of the prior: accuracy 0.779, below the 0.79
#    that was asked for. 2: the model described above, chosen by cross-validation as before.
TEST_LOOKS = 2
VERSION = "1"
REPEATS = 4
REPEATS_TO_CHOOSE = 2
SHRINKAGE = 0.1  # of the covariance within classes, towards a round one
FOLDS = 5
BINS = 15
WHOLE, APART, SINGLE = "all windows, 1 s apart", "windows 3 s apart", "single windows"
HOP = 3  # windows of the taggrams that lie in one window's length: hop 1 s, windows 3 s


# --- data ------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Tracks:
    """Taggrams of several tracks, stacked: ``tags`` (windows, 50), ``track`` (windows,)."""

    tags: np.ndarray
    track: np.ndarray
    truth: np.ndarray
    number: np.ndarray
    digest: str

    def __len__(self) -> int:
        return len(self.truth)


def read_tracks(path: Path) -> Tracks:
    with np.load(path, allow_pickle=False) as data:
        tags, classes, ids = data["X"].astype(np.float64), data["Y"], data["IDS"]
    names, first, track = np.unique(ids, return_index=True, return_inverse=True)
    return Tracks(
        tags=tags,
        track=track,
        truth=classes[first],
        number=np.array([int(name.split(".")[1]) for name in names]),
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


@dataclass(frozen=True, eq=False)
class View:
    """Averages over some windows: ``means @ windows`` gives a row per case."""

    means: csr_matrix
    track: np.ndarray
    windows: int


def view(tracks: Tracks, pick) -> View:
    """Make a view of the sets of windows that ``pick(indices of one track)`` returns."""
    sets = [(t, s) for t in range(len(tracks)) for s in pick(np.flatnonzero(tracks.track == t))]
    rows = np.repeat(np.arange(len(sets)), [len(s) for _, s in sets])
    weights = np.repeat([1 / len(s) for _, s in sets], [len(s) for _, s in sets])
    columns = np.concatenate([s for _, s in sets])
    means = csr_matrix((weights, (rows, columns)), shape=(len(sets), len(tracks.tags)))
    return View(means, np.array([t for t, _ in sets]), round(np.mean([len(s) for _, s in sets])))


@cache
def views(tracks: Tracks) -> dict[str, View]:
    return {
        WHOLE: view(tracks, lambda w: [w]),
        APART: view(tracks, lambda w: [w[o::HOP] for o in range(HOP)]),
        "three windows, 3 s apart": view(tracks, lambda w: [w[o : o + 9 : 3] for o in (0, 6, 12)]),
        SINGLE: view(tracks, lambda w: [w[o : o + 1] for o in range(0, len(w), HOP)]),
    }


# --- folds -----------------------------------------------------------------------------------


def neighbour_folds(tracks: Tracks, seed: int) -> np.ndarray:
    """Return the fold of each track: blocks of consecutive numbers in each class."""
    random = np.random.default_rng(seed)
    fold = np.zeros(len(tracks), int)
    for c in range(len(CLASSES)):
        members = np.flatnonzero(tracks.truth == c)
        members = members[np.argsort(tracks.number[members])]
        blocks = np.array_split(np.roll(members, random.integers(len(members))), FOLDS)
        for f, block in zip(random.permutation(FOLDS), blocks, strict=True):
            fold[block] = f
    return fold


def style_folds(tracks: Tracks, seed: int) -> np.ndarray:
    """Return the fold of each track: clusters of tracks that sound alike in each class."""
    random = np.random.default_rng(seed)
    means = views(tracks)[WHOLE].means @ np.log(tracks.tags + 1e-3)
    means = StandardScaler().fit_transform(means)
    fold = np.zeros(len(tracks), int)
    for c in range(len(CLASSES)):
        members = np.flatnonzero(tracks.truth == c)
        kmeans = KMeans(FOLDS, n_init=1, random_state=100 * seed + c)
        fold[members] = random.permutation(FOLDS)[kmeans.fit_predict(means[members])]
    return fold


FOLD_KINDS = {"neighbours": neighbour_folds, "styles": style_folds}


# --- the linear head -------------------------------------------------------------------------

# Which of the 50 tags name a genre or what it is known for, by their place in musicnn's list.
# Written down by hand, and the shortest of four such lists that did about equally well on
# held-out training tracks. No tag speaks of reggae.
NAMING_TAGS = {
    "blues": (26,),  # blues
    "classical": (23,),  # instrumental
    "country": (36,),  # country
    "disco": (6, 34),  # dance, 70s
    "hiphop": (33,),  # Hip-Hop
    "jazz": (9,),  # jazz
    "metal": (11, 42),  # metal, heavy metal
    "pop": (1,),  # pop
    "reggae": (),
    "rock": (0, 14),  # rock, classic rock
}


def seen(p: np.ndarray, offset: float) -> np.ndarray:
    """Return what the linear head sees of probabilities."""
    return np.log(p + offset)


@dataclass(frozen=True)
class Candidate:
    """One way to train: on which numbers, with which prior, how strictly."""

    offset: float
    whitened: bool
    naming: float
    strength: float

    def __str__(self) -> str:
        prior = "whitened" if self.whitened else "plain"
        return (
            f"log(p + {self.offset:g}), {prior}, naming tags {self.naming:g}, C={self.strength:g}"
        )


CANDIDATES = tuple(
    Candidate(offset, whitened, naming, strength)
    for offset in (1e-2, 1e-3, 1e-4)
    for whitened in (False, True)
    for naming in (0.0, 1.0, 2.0)
    for strength in (0.03, 0.1, 0.3)
)


@dataclass(frozen=True, eq=False)
class Head:
    """Linear map from a window's representation to logits: (tags, classes), (classes,)."""

    weights: np.ndarray
    bias: np.ndarray

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Return the logits of windows or of means of windows."""
        return x @ self.weights + self.bias


def naming_weights(tags: int) -> np.ndarray:
    """Return the prior's mean for standardised tags: a unit vector per genre, rows centred."""
    weights = np.zeros((tags, len(CLASSES)))
    for c, name in enumerate(CLASSES):
        for tag in NAMING_TAGS[name]:
            weights[tag, c] = 1 / np.sqrt(len(NAMING_TAGS[name]))
    return weights - weights.mean(axis=1, keepdims=True)


def whitening(x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the symmetric inverse root of the shrunk covariance within classes, scaled."""
    means = np.array([np.average(x[y == c], axis=0, weights=weight[y == c]) for c in np.unique(y)])
    rest = x - means[np.searchsorted(np.unique(y), y)]
    covariance = (rest * weight[:, None]).T @ rest / weight.sum()
    size = np.trace(covariance) / len(covariance)
    round_ = size * np.eye(len(covariance))
    values, vectors = np.linalg.eigh((1 - SHRINKAGE) * covariance + SHRINKAGE * round_)
    return (vectors * np.sqrt(size / values)) @ vectors.T


def regress(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray, strength: float, prior: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Multinomial logistic regression with a Gaussian prior around ``prior``.

    Minimises ``sum(weight * log loss) + |W - prior|^2 / (2 strength)``, the bias
    free, by L-BFGS. With a prior of zeros this is scikit-learn's
    ``LogisticRegression(C=strength)``, which knows no other prior.
    """
    inputs, classes = prior.shape
    truth = np.eye(classes)[y]

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        w = parameters.reshape(inputs + 1, classes)
        log_p = log_softmax(x @ w[:-1] + w[-1], axis=1)
        away = w[:-1] - prior
        value = -(weight @ (log_p * truth).sum(axis=1)) + (away**2).sum() / (2 * strength)
        slope = weight[:, None] * (np.exp(log_p) - truth)
        gradient = np.vstack([x.T @ slope + away / strength, slope.sum(axis=0)])
        return float(value), gradient.ravel()

    start = np.vstack([prior, np.zeros((1, classes))]).ravel()
    options = {"maxiter": 2000, "ftol": 1e-10, "gtol": 1e-4}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    if not found.success:
        raise SystemExit(f"The regression did not converge: {found.message}")
    w = found.x.reshape(inputs + 1, classes)
    return w[:-1], w[-1]


def fit(candidate: Candidate, tracks: Tracks, kept: np.ndarray) -> Head:
    """Fit the candidate on the kept tracks; every genre and every track of one weighs the same."""
    rows = kept[tracks.track]
    x = seen(tracks.tags[rows], candidate.offset)
    y = tracks.truth[tracks.track[rows]]
    weight = 1 / np.bincount(tracks.track)[tracks.track[rows]]
    per_class = np.bincount(tracks.truth[kept], minlength=len(CLASSES))
    weight = weight * per_class.mean() / per_class[y]

    centre = np.average(x, axis=0, weights=weight)
    scale = np.sqrt(np.average((x - centre) ** 2, axis=0, weights=weight))
    x = (x - centre) / scale
    space = whitening(x, y, weight) if candidate.whitened else np.eye(x.shape[1])
    prior = np.linalg.solve(space, candidate.naming * naming_weights(x.shape[1]))
    weights, bias = regress(x @ space, y, weight, candidate.strength, prior)
    weights = space @ weights / scale[:, None]
    return Head(weights, bias - centre @ weights)


def held_out_logits(candidate: Candidate, tracks: Tracks, folds: list[np.ndarray]) -> np.ndarray:
    """Return logits of every window by models that never saw its track: (repeats, windows, 10)."""
    x = seen(tracks.tags, candidate.offset)
    logits = np.zeros((len(folds), len(x), len(CLASSES)))
    for repeat, fold in enumerate(folds):
        for f in range(FOLDS):
            rows = fold[tracks.track] == f
            logits[repeat, rows] = fit(candidate, tracks, fold != f).logits(x[rows])
    return logits


# --- calibration and figures -----------------------------------------------------------------


def sharpness(slope: float, half: float, windows: int) -> float:
    return slope * windows / (windows + half)


def log_loss(logits: np.ndarray, truth: np.ndarray) -> float:
    return float(-log_softmax(logits, axis=1)[np.arange(len(truth)), truth].mean())


def calibrate(held_out: dict[str, np.ndarray], tracks: Tracks) -> tuple[float, float, float]:
    """Fit slope and half to held-out logits of all views; return them and the log loss."""
    cases = [
        (v.windows, v.means @ logits, tracks.truth[v.track])
        for v in views(tracks).values()
        for repeats in held_out.values()
        for logits in repeats
    ]

    def loss(parameters: np.ndarray) -> float:
        slope, half = parameters
        return float(np.mean([log_loss(sharpness(slope, half, n) * z, y) for n, z, y in cases]))

    found = minimize(loss, (1.0, 0.3), method="L-BFGS-B", bounds=((0.05, 5.0), (0.0, 10.0)))
    return float(found.x[0]), float(found.x[1]), float(found.fun)


def calibration_error(p: np.ndarray, truth: np.ndarray) -> float:
    top, right = p.max(axis=1), p.argmax(axis=1) == truth
    bins = np.minimum((top * BINS).astype(int), BINS - 1)
    gaps = [abs(top[bins == b].sum() - right[bins == b].sum()) for b in range(BINS)]
    return float(sum(gaps) / len(truth))


def wilson(right: int, n: int) -> tuple[float, float]:
    z = 1.959963985
    middle = (right + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * np.sqrt(right * (n - right) / n + z * z / 4)
    return round(middle - half, 4), round(middle + half, 4)


def measure(on: str, p: np.ndarray, truth: np.ndarray, *, independent: bool) -> Scores:
    """Judge probabilities; intervals and confusion only where cases are independent."""
    size = len(CLASSES)
    confusion = np.zeros((size, size), int)
    np.add.at(confusion, (truth, p.argmax(axis=1)), 1)
    right = np.diag(confusion)
    recall = right / np.maximum(confusion.sum(axis=1), 1)
    precision = right / np.maximum(confusion.sum(axis=0), 1)
    f1 = 2 * right / np.maximum(confusion.sum(axis=0) + confusion.sum(axis=1), 1)
    own = np.clip(p[np.arange(len(truth)), truth].astype(float), 1e-12, 1)
    return Scores(
        on=on,
        cases=len(truth),
        accuracy=round(float(right.sum() / len(truth)), 4),
        interval=wilson(int(right.sum()), len(truth)) if independent else None,
        baseline=round(float(np.bincount(truth).max() / len(truth)), 4),
        macro_f1=round(float(f1.mean()), 4),
        log_loss=round(float(-np.log(own).mean()), 4),
        calibration_error=round(calibration_error(p, truth), 4),
        recall=tuple(np.round(recall, 4).tolist()),
        precision=tuple(np.round(precision, 4).tolist()),
        confusion=tuple(map(tuple, confusion.tolist())) if independent else (),
    )


# --- choosing --------------------------------------------------------------------------------


def choose(tracks: Tracks, folds: dict[str, list[np.ndarray]]) -> Candidate:
    """Cross-validate all candidates; return the one of lowest calibrated log loss."""
    print(f"{'candidate':48}  log loss  accuracy: neighbours  styles  single windows of each")
    losses = {}
    for candidate in CANDIDATES:
        held_out = {kind: held_out_logits(candidate, tracks, f) for kind, f in folds.items()}
        losses[candidate] = calibrate(held_out, tracks)[2]
        whole = [accuracy(repeats, tracks, WHOLE) for repeats in held_out.values()]
        single = [accuracy(repeats, tracks, SINGLE) for repeats in held_out.values()]
        print(
            f"{candidate!s:48}  {losses[candidate]:8.4f}  {whole[0]:20.3f}  {whole[1]:6.3f}"
            f"  {single[0]:14.3f}  {single[1]:.3f}",
            flush=True,
        )
    return min(losses, key=lambda candidate: losses[candidate])


def accuracy(repeats: np.ndarray, tracks: Tracks, name: str) -> float:
    v = views(tracks)[name]
    truth = tracks.truth[v.track]
    return float(np.mean([((v.means @ z).argmax(axis=1) == truth).mean() for z in repeats]))


def try_rivals(tracks: Tracks, folds: dict[str, list[np.ndarray]], offset: float) -> None:
    """Print what the usual heads on statistics of a track do, for comparison only."""
    x = seen(tracks.tags, offset)
    means = views(tracks)[WHOLE].means
    mean = means @ x
    both = np.hstack([mean, np.sqrt(np.maximum(means @ x**2 - mean**2, 0))])
    discriminant = LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.2)
    kernel = Nystroem(gamma=0.002, n_components=150, random_state=0)
    rivals = {
        "logistic regression on mean, C=0.3": (mean, LogisticRegression(C=0.3, max_iter=2000)),
        "logistic regression on mean and spread, C=0.1": (
            both,
            LogisticRegression(C=0.1, max_iter=2000),
        ),
        "shrinkage LDA on mean": (mean, discriminant),
        "shrinkage LDA on mean and spread": (both, discriminant),
        "RBF SVC on mean, C=3": (mean, SVC(C=3, gamma=1 / 50)),
        "RBF kernel logistic regression on mean": (
            mean,
            make_pipeline(kernel, LogisticRegression(C=300, max_iter=2000)),
        ),
    }
    print(f"\n{'rivals on whole tracks':48}  accuracy: neighbours  styles")
    for name, (features, estimator) in rivals.items():
        model = make_pipeline(StandardScaler(), estimator)
        shares = []
        for repeats in folds.values():
            right = 0
            for fold in repeats:
                for f in range(FOLDS):
                    model.fit(features[fold != f], tracks.truth[fold != f])
                    right += (model.predict(features[fold == f]) == tracks.truth[fold == f]).sum()
            shares.append(right / len(tracks) / len(repeats))
        print(f"{name:48}  {shares[0]:20.3f}  {shares[1]:6.3f}")


# --- the estimator ---------------------------------------------------------------------------


def build_graph(offset: float, head: Head, slope: float, half: float) -> bytes:
    """Write the trained numbers as an ONNX graph.

    ``taggram`` float32 (windows, tags) becomes ``probabilities`` (classes,) of
    the track and ``timeline`` (windows, classes) of each window.
    """
    constants = {
        "offset": np.float32(offset),
        "weights": head.weights.astype(np.float32),
        "bias": head.bias.astype(np.float32),
        "slope": np.float32(slope),
        "half": np.float32(half),
        "single": np.float32(sharpness(slope, half, 1)),
    }
    nodes = [
        helper.make_node("Add", ["taggram", "offset"], ["shifted"]),
        helper.make_node("Log", ["shifted"], ["seen"]),
        helper.make_node("MatMul", ["seen", "weights"], ["weighed"]),
        helper.make_node("Add", ["weighed", "bias"], ["logits"]),
        # each window for itself
        helper.make_node("Mul", ["logits", "single"], ["sharp_windows"]),
        helper.make_node("Softmax", ["sharp_windows"], ["timeline"], axis=-1),
        # the track: the mean, sharpened by how many windows there are
        helper.make_node("ReduceMean", ["logits"], ["mean"], axes=[0], keepdims=0),
        helper.make_node("Shape", ["taggram"], ["count"], start=0, end=1),
        helper.make_node("Cast", ["count"], ["windows"], to=TensorProto.FLOAT),
        helper.make_node("Add", ["windows", "half"], ["windows_and_half"]),
        helper.make_node("Div", ["windows", "windows_and_half"], ["reliability"]),
        helper.make_node("Mul", ["reliability", "slope"], ["sharpness"]),
        helper.make_node("Mul", ["mean", "sharpness"], ["sharp_track"]),
        helper.make_node("Softmax", ["sharp_track"], ["probabilities"], axis=-1),
    ]
    tags, classes = head.weights.shape
    graph = helper.make_graph(
        nodes,
        "genre",
        [helper.make_tensor_value_info("taggram", TensorProto.FLOAT, ["windows", tags])],
        [
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [classes]),
            helper.make_tensor_value_info("timeline", TensorProto.FLOAT, ["windows", classes]),
        ],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    model = helper.make_model(
        graph, producer_name="linernotes", opset_imports=[helper.make_opsetid("", 17)]
    )
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def taggram(tags: np.ndarray, hop: float) -> SimpleNamespace:
    start = np.arange(len(tags)) * hop
    return SimpleNamespace(
        network="MSD_musicnn",
        start=start,
        end=start + 3,
        probabilities=tags.astype(np.float32),
    )


def predict_all(model: Model, tracks: Tracks, step: int):
    """Predict every track from every ``step``-th window: track rows, window rows, truths."""
    predictions = [
        model.predict(taggram(tracks.tags[tracks.track == t][::step], float(step)))
        for t in range(len(tracks))
    ]
    windows = [len(prediction.timeline) for prediction in predictions]
    return (
        np.stack([prediction.probabilities for prediction in predictions]),
        np.concatenate([prediction.timeline for prediction in predictions]),
        np.repeat(tracks.truth, windows),
    )


def check_parity(
    model: Model, offset: float, head: Head, tracks: Tracks, rates: tuple[float, float]
) -> float:
    """Compare the model file's answers with the same in float64; return the largest difference."""
    worst = 0.0
    for t in range(len(tracks)):
        x = seen(tracks.tags[tracks.track == t], offset)
        ours = model.predict(taggram(tracks.tags[tracks.track == t], 1.0))
        track = softmax(sharpness(*rates, len(x)) * head.logits(x.mean(axis=0)))
        windows = softmax(sharpness(*rates, 1) * head.logits(x), axis=1)
        worst = max(worst, abs(ours.probabilities - track).max())
        worst = max(worst, abs(ours.timeline - windows).max())
    if worst > 1e-5:
        raise SystemExit(f"The graph differs from the trained head by {worst:.1e}.")
    return worst


# --- the card --------------------------------------------------------------------------------


def make_card(train: Tracks, best: Candidate, rates: dict[str, float], scores: list[Scores]):
    return ModelCard(
        summary="Tells which of ten genres a track sounds like, as a whole and every 3 seconds.",
        data=(
            "GTZAN, 1000 clips of 30 s in ten genres, in its fault-filtered split: 443 tracks to "
            "train, 290 to test; no artist is meant to be on both sides.",
            "Heard through the 50 tags of musicnn trained on the Million Song Dataset. The "
            "taggrams were computed by the network's original software, in 3-s windows 1 s apart.",
            "Known weaknesses: collected in 2000 and 2001, often from the radio, so that nothing "
            "is newer; many artists appear several times within a genre; some labels are "
            "disputed; loudness, noise and bandwidth differ between genres.",
            f"SHA-256 of the training taggrams: {train.digest}.",
        ),
        choice=(
            "Multinomial logistic regression on each window's tags; a track is the mean of its "
            "windows' logits. The prior says that what varies within a genre tells little, and "
            "that a tag that names a genre speaks for it.",
            f"Chosen: {best}.",
            f"Chosen among {len(CANDIDATES)} by {FOLDS}-fold cross-validation inside the training "
            f"tracks, {REPEATS_TO_CHOOSE} times over each of two kinds of folds: neighbours "
            "(consecutive tracks of the data set, often one artist's, stay together) and styles "
            "(tracks that sound alike stay together). Windows of one track never straddle folds.",
            "Before that, other heads, statistics and priors were tried by hand on the same folds: "
            "the figures of cross-validation below flatter a little.",
            "A first model without that prior was measured on the test tracks before this one and "
            "had 0.779 accuracy, short of the 0.79 asked for; no other was.",
            f"Calibrated on held-out predictions of {REPEATS} times both kinds of folds, by log "
            "loss: the mean of "
            f"n windows is sharpened by {rates['slope']:.3f} n / (n + {rates['half']:.3f}).",
        ),
        limits=(
            "It was never seen to work on other data than GTZAN. Expect less on your music; the "
            f"fold kind 'styles' ({rates['styles']:.2f} accuracy) hints at how much less.",
            "It knows ten genres and no 'none of these': music of another kind gets the nearest "
            "of the ten, at times with confidence.",
            "Windows were judged by their track's genre, which not every 3 seconds show.",
        ),
        not_for=(
            "Decisions about people or money, such as royalties, payments or moderation.",
            "Music outside of Western popular, jazz and classical traditions; speech; noise.",
        ),
        licence=(
            "Apache-2.0 for this model; the network it listens with (musicnn) is under the ISC "
            "licence. No music and no taggrams are part of it."
        ),
        test_looks=TEST_LOOKS,
        scores=tuple(scores),
    )


def cross_validation_scores(tracks: Tracks, held_out: dict, slope: float, half: float):
    names = {
        "neighbours": "cross-validation, neighbours together",
        "styles": "cross-validation, styles together",
    }
    scores = []
    for kind, repeats in held_out.items():
        for name, v in views(tracks).items():
            if v.windows == 3:
                continue
            p = [softmax(sharpness(slope, half, v.windows) * (v.means @ z), 1) for z in repeats]
            truth = np.tile(tracks.truth[v.track], len(p))
            on = f"Training tracks, {names[kind]}, {name}"
            scores.append(measure(on, np.concatenate(p), truth, independent=False))
    return scores


def test_scores(model: Model, tracks: Tracks) -> list[Scores]:
    full, _, _ = predict_all(model, tracks, 1)
    apart, timeline, truth = predict_all(model, tracks, HOP)
    return [
        measure(f"Test tracks, {WHOLE}", full, tracks.truth, independent=True),
        measure(f"Test tracks, {APART}", apart, tracks.truth, independent=True),
        measure(f"Test tracks, {SINGLE}", timeline, truth, independent=False),
    ]


# --- the story -------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(description="Trains the genre model of linernotes.")
    parser.add_argument("--taggrams", type=Path, default=ROOT / "../shared/taggrams")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        default=ROOT / "src/linernotes/learning/models/genre.linernotes",
    )
    parser.add_argument("--no-test", action="store_true", help="stop before the test tracks")
    options = parser.parse_args()

    train = read_tracks(options.taggrams / "gtzan_train.npz")
    folds = {k: [make(train, seed) for seed in range(REPEATS)] for k, make in FOLD_KINDS.items()}
    few = {kind: repeats[:REPEATS_TO_CHOOSE] for kind, repeats in folds.items()}
    best = choose(train, few)
    try_rivals(train, few, best.offset)
    held_out = {kind: held_out_logits(best, train, f) for kind, f in folds.items()}
    slope, half, loss = calibrate(held_out, train)
    print(f"\nchosen: {best}\nsharpness {slope:.3f} n / (n + {half:.3f}), log loss {loss:.4f}")
    cross_validated = cross_validation_scores(train, held_out, slope, half)
    for scores in cross_validated:
        print("\n".join(scores.lines(CLASSES)))
    if options.no_test:
        return

    head = fit(best, train, np.ones(len(train), bool))
    estimator = build_graph(best.offset, head, slope, half)
    rates = {
        "slope": slope,
        "half": half,
        "styles": accuracy(held_out["styles"], train, WHOLE),
    }

    def model(scores: list[Scores]) -> Model:
        return Model(
            name="genre",
            label="genre",
            classes=CLASSES,
            version=VERSION,
            input=ModelInput("MSD_musicnn", "musicnn-1", train.tags.shape[1]),
            card=make_card(train, best, rates, scores),
            estimator=estimator,
        )

    worst = check_parity(model([]), best.offset, head, train, (slope, half))
    print(f"\nlargest difference between the graph and float64: {worst:.1e}")
    scores = test_scores(model([]), read_tracks(options.taggrams / "gtzan_test.npz"))
    save_model(model([*scores, *cross_validated]), options.output)
    print("\n".join(["", *load_model(options.output).describe()]))
    print(f"\n{options.output.name}: {options.output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
