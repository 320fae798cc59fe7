"""A track that a service offers under a label."""

from __future__ import annotations

from dataclasses import dataclass

from linernotes.collect.matching import Offer


@dataclass(frozen=True)
class LabelledOffer:
    """A track of a genre or playlist, as its service lists it.

    Parameters
    ----------
    offer
        The track.
    licence
        What may be done with its audio: address of a licence, or a sentence.
    page
        Where people look at it.
    why
        Why there is nothing to hear, as a stable word; empty where there is.
    """

    offer: Offer
    licence: str = ""
    page: str = ""
    why: str = ""
