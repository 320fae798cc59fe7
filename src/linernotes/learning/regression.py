"""A trained regression: it tells one or several numbers of a track."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from linernotes.errors import ModelFileError
from linernotes.learning.model_base import Floats, ModelBase
from linernotes.learning.prediction import Estimate
from linernotes.learning.targets import Target

if TYPE_CHECKING:
    from linernotes.learning.track_features import TrackFeatures


@dataclass(frozen=True, eq=False, kw_only=True)
class Regression(ModelBase):
    """A trained model of labels that are numbers: tells its targets of a track.

    Parameters
    ----------
    name, label, version, input, card
        As of all models.
    estimator
        ONNX graph: ``features`` (rows, columns), float32, to ``values`` (targets,) and
        ``timeline`` (rows, targets).
    training, learned_from
        As of all models.
    targets
        The numbers that it tells, each in its range.

    Examples
    --------
    >>> from linernotes import load_model
    >>> model = load_model("energy.linernotes")  # doctest: +SKIP
    >>> [target.write(target.median) for target in model.targets]  # doctest: +SKIP
    ['0.51']
    """

    targets: tuple[Target, ...]

    @property
    def subject(self) -> str:
        """The targets with their ranges, in words."""
        named = [
            f"{each.name} from {each.digits(each.low)} to {each.write(each.high)}"
            for each in self.targets
        ]
        alone = len(self.targets) == 1 and self.label == self.targets[0].name
        return named[0] if alone else f"{self.label} ({', '.join(named)})"

    @property
    def n_outputs(self) -> int:
        """Number of targets."""
        return len(self.targets)

    def predict_rows(self, rows: TrackFeatures, *, whole: TrackFeatures | None = None) -> Estimate:
        """Tell the targets of a track from what was heard of it.

        Parameters
        ----------
        rows
            Of successive clips or sections of one track, as
            `linernotes.learning.listening.hear` gives them.
        whole
            One row of what was heard of the track as a whole, where the model hears tracks so;
            without it the mean of the rows is told.

        Returns
        -------
        Estimate
            Of the whole track, and of its windows.

        Raises
        ------
        ModelError
            If the model hears something else, or another version of it.
        ModelFileError
            If the model's estimator does not do what its file promises.
        """
        values, timeline = self._answer(rows, whole)
        return Estimate(
            model=self.name,
            label=self.label,
            targets=self.targets,
            values=values,
            start=rows.start,
            end=rows.end,
            timeline=timeline,
            licence=self.licence_notice,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return all of the model but its estimator and fingerprints, ready for JSON.

        Returns
        -------
        dict
            Ready for JSON.
        """
        return {
            **super().as_dict(),
            "targets": [target.as_dict() for target in self.targets],
            "training": None if self.training is None else self.training.as_dict(),
        }

    def _run(self, name: str, rows: Floats) -> tuple[Floats, Floats]:
        answers = self._calculate(name, rows, ("values", "timeline"), len(self.targets))
        if answers is None:
            raise ModelFileError(
                f"The estimator of the model {self.name} gives no numbers of its "
                f"{len(self.targets)} targets: get the model file again."
            )
        return answers
