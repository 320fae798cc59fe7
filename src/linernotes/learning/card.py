"""The model card: what a model was made from, how well it does, and what it is not for."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from linernotes.learning.schema import items, mapping, number, text, whole


@dataclass(frozen=True)
class Scores:
    """The figures of one measurement of a model.

    Parameters
    ----------
    on
        What the model was measured on, in words.
    cases
        How many predictions were judged.
    accuracy
        Share of right predictions, 0 to 1.
    interval
        95 % interval of the accuracy: Wilson's, or where groups of cases are right or wrong
        together (tracks of one artist) of a bootstrap over groups. ``None`` where the cases
        depend on each other otherwise (windows of one track, repeated cross-validation).
    baseline
        Accuracy of always answering the commonest class.
    macro_f1
        F1 averaged over the classes, 0 to 1.
    log_loss
        Mean of -ln(probability given to the right class); 0 is perfect.
    calibration_error
        Expected calibration error over 15 equal-width bins of the top
        probability (Guo et al., ICML 2017), 0 to 1.
    recall, precision
        One value per class, 0 to 1.
    confusion
        Counts, a row per true class and a column per predicted class; empty
        where it would say little.
    """

    on: str
    cases: int
    accuracy: float
    interval: tuple[float, float] | None
    baseline: float
    macro_f1: float
    log_loss: float
    calibration_error: float
    recall: tuple[float, ...]
    precision: tuple[float, ...]
    confusion: tuple[tuple[int, ...], ...]

    def lines(self, classes: tuple[str, ...]) -> list[str]:
        """Return the figures as lines of plain text.

        Parameters
        ----------
        classes
            Names of the classes, in the order of the tables.

        Returns
        -------
        list of str
            One for each figure and class.
        """
        between = ""
        if self.interval:
            between = f" (95 %: {self.interval[0]:.3f} to {self.interval[1]:.3f})"
        lines = [
            f"{self.on}, {self.cases} cases:",
            f"  accuracy {self.accuracy:.3f}{between}, baseline {self.baseline:.3f}",
            f"  macro F1 {self.macro_f1:.3f}, log loss {self.log_loss:.3f}, "
            f"calibration error {self.calibration_error:.3f}",
        ]
        if not self.confusion:
            return lines
        wide = max(len(name) for name in classes)
        number_wide = max(4, *(len(str(n)) + 1 for row in self.confusion for n in row))
        lines.append(f"  {'':{wide}}  recall  precision  predicted as, in the same order")
        for i, name in enumerate(classes):
            row = "".join(f"{n:>{number_wide}}" for n in self.confusion[i])
            lines.append(f"  {name:{wide}}  {self.recall[i]:6.2f}  {self.precision[i]:9.2f}  {row}")
        return lines


@dataclass(frozen=True)
class NumberScores:
    """The figures of one measurement of one target of a regression.

    Intervals hold 95 %, by a bootstrap over groups of tracks that depend on one another.

    Parameters
    ----------
    on
        What the model was measured on, in words.
    target
        Which number.
    cases
        How many predictions were judged.
    spearman, spearman_interval
        Correlation of the ranks, -1 to 1; 0 where one side is constant.
    r2, r2_interval
        Coefficient of determination: the share of the variance that is told, 1 at most, and
        below 0 for whoever is worse than the mean of the tested tracks.
    error, error_interval
        Mean absolute error, in the unit of the target.
    baseline
        Mean absolute error of always telling the median of the training part.
    baseline_r2
        Of always telling its mean.
    coverage
        Share of the true values that lie within the interval that was told, 0 to 1; 0.9 is meant.
    unit
        Of the target.
    """

    on: str
    target: str
    cases: int
    spearman: float
    spearman_interval: tuple[float, float]
    r2: float
    r2_interval: tuple[float, float]
    error: float
    error_interval: tuple[float, float]
    baseline: float
    baseline_r2: float
    coverage: float
    unit: str = ""

    def lines(self) -> list[str]:
        """Return the figures as lines of plain text.

        Returns
        -------
        list of str
            One for each figure.
        """
        unit = f" {self.unit}" if self.unit else ""
        return [
            f"{self.target}: {self.on}, {self.cases} cases:",
            f"  Spearman {self.spearman:.3f} (95 %: {_between(self.spearman_interval)}), "
            f"R² {self.r2:.3f} (95 %: {_between(self.r2_interval)}), baseline "
            f"{self.baseline_r2:.3f}",
            f"  mean absolute error {self.error:.4g}{unit} (95 %: {self.error_interval[0]:.4g} to "
            f"{self.error_interval[1]:.4g}), baseline {self.baseline:.4g}{unit}",
            f"  within the interval told: {self.coverage:.1%}, meant are 90 %",
        ]


def _between(interval: tuple[float, float]) -> str:
    return f"{interval[0]:.3f} to {interval[1]:.3f}"


@dataclass(frozen=True)
class ModelCard:
    """All one should know before trusting a model, in the order one asks.

    Parameters
    ----------
    summary
        What the model does, in one sentence.
    data
        What it was trained and tested on, and what is wrong with that data.
    choice
        How the method was chosen.
    limits
        What is not known about it.
    not_for
        What it must not be used for.
    licence
        The terms of the weights.
    test_looks
        How many models were ever measured on the test tracks before this one
        was published, this one included. Above 1, the test figures flatter.
    scores
        Measurements; the first is the headline.
    """

    summary: str
    data: tuple[str, ...]
    choice: tuple[str, ...]
    limits: tuple[str, ...]
    not_for: tuple[str, ...]
    licence: str
    test_looks: int
    scores: tuple[Scores | NumberScores, ...]

    def lines(self, classes: tuple[str, ...] = ()) -> list[str]:
        """Return the card as lines of plain text for a person.

        Parameters
        ----------
        classes
            Names of the model's classes, in its order; none of a regression.

        Returns
        -------
        list of str
            Lines without line ends; headings end with a colon.
        """
        lines = [self.summary]
        for heading, sentences in (
            ("Data", self.data),
            ("How it was chosen", self.choice),
            ("What is not known", self.limits),
            ("Not for", self.not_for),
        ):
            lines += ["", f"{heading}:", *(f"  {sentence}" for sentence in sentences)]
        if not self.scores:
            lines += ["", "Figures: none; linernotes evaluate MODEL DATA measures it."]
            return [*lines, "", f"Licence: {self.licence}"]
        lines += ["", f"Figures (models measured on the test tracks: {self.test_looks}):"]
        for scores in self.scores:
            lines_of = scores.lines(classes) if isinstance(scores, Scores) else scores.lines()
            lines += [f"  {line}" for line in lines_of]
        return [*lines, "", f"Licence: {self.licence}"]

    def as_dict(self) -> dict[str, Any]:
        """Return the card as plain dictionaries and lists, ready for JSON.

        Returns
        -------
        dict
            Ready for JSON.
        """
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


def card_from_dict(value: object, classes: int | None) -> ModelCard:
    """Read a card back from what :meth:`ModelCard.as_dict` wrote.

    Parameters
    ----------
    value
        Parsed JSON; nothing about it is taken for granted.
    classes
        Number of the model's classes, which the tables must fit; ``None`` of a regression.

    Returns
    -------
    ModelCard
        The card, every value checked.

    Raises
    ------
    ValueError
        If anything is missing, superfluous, of another type or out of range.
    """
    card = mapping(value, "the card", keys=tuple(f.name for f in fields(ModelCard)))
    return ModelCard(
        summary=text(card["summary"], "the card's summary"),
        data=items(card["data"], "the card's data", text),
        choice=items(card["choice"], "the card's choice", text),
        limits=items(card["limits"], "the card's limits", text),
        not_for=items(card["not_for"], "the card's not_for", text),
        licence=text(card["licence"], "the card's licence"),
        test_looks=whole(card["test_looks"], "the card's test_looks"),
        scores=items(
            card["scores"],
            "the scores",
            lambda v, w: _number_scores(v, w) if classes is None else _scores(v, w, classes),
        ),
    )


def _number_scores(value: object, where: str) -> NumberScores:
    scores = mapping(value, where, keys=tuple(f.name for f in fields(NumberScores)))

    def limited(key: str, low: float, high: float) -> float:
        return number(scores[key], f"{where} {key}", low=low, high=high)

    def ends(key: str, low: float, high: float) -> tuple[float, float]:
        both = items(scores[key], f"{where} {key}", lambda v, w: number(v, w, low=low, high=high))
        if len(both) != 2:
            raise ValueError(f"{where} {key} has no two ends")
        return both[0], both[1]

    huge = 1e30
    return NumberScores(
        on=text(scores["on"], f"{where} on"),
        target=text(scores["target"], f"{where} target"),
        cases=whole(scores["cases"], f"{where} cases"),
        spearman=limited("spearman", -1, 1),
        spearman_interval=ends("spearman_interval", -1, 1),
        r2=limited("r2", -huge, 1),
        r2_interval=ends("r2_interval", -huge, 1),
        error=limited("error", 0, huge),
        error_interval=ends("error_interval", 0, huge),
        baseline=limited("baseline", 0, huge),
        baseline_r2=limited("baseline_r2", -huge, 1),
        coverage=limited("coverage", 0, 1),
        unit=text(scores["unit"], f"{where} unit") if scores["unit"] != "" else "",
    )


def _scores(value: object, where: str, classes: int) -> Scores:
    scores = mapping(value, where, keys=tuple(f.name for f in fields(Scores)))
    recall = items(scores["recall"], f"{where} recall", number)
    precision = items(scores["precision"], f"{where} precision", number)
    confusion = items(
        scores["confusion"], f"{where} confusion", lambda row, w: items(row, w, whole)
    )
    interval = scores["interval"]
    if interval is not None:
        interval = items(interval, f"{where} interval", number)
        if len(interval) != 2:
            raise ValueError(f"{where} interval has no two ends")
    table = {len(row) for row in confusion} | ({len(confusion)} if confusion else set())
    if {len(recall), len(precision)} | table != {classes}:
        raise ValueError(f"{where} has tables that do not fit {classes} classes")
    return Scores(
        on=text(scores["on"], f"{where} on"),
        cases=whole(scores["cases"], f"{where} cases"),
        accuracy=number(scores["accuracy"], f"{where} accuracy"),
        interval=None if interval is None else (interval[0], interval[1]),
        baseline=number(scores["baseline"], f"{where} baseline"),
        macro_f1=number(scores["macro_f1"], f"{where} macro_f1"),
        log_loss=number(scores["log_loss"], f"{where} log_loss", high=1e6),
        calibration_error=number(scores["calibration_error"], f"{where} calibration_error"),
        recall=recall,
        precision=precision,
        confusion=confusion,
    )


def _plain(value: Any) -> Any:
    """Turn tuples into lists, since that is what JSON gives back."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
