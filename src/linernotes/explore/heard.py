"""What models say of the tracks of a library where nobody names any: those that we ship.

Models are a room further up, which needs this one; so they are found by their name when a filter or
a map asks for them, and not before.
"""

from __future__ import annotations

import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linernotes.explore.filter_fields import Fields
    from linernotes.library.collection import Collection

_ASKED = "linernotes.identification.collection_fields:shipped_model_fields"


def shipped_model_fields(collection: Collection) -> Fields:
    """Ask the models that come with linernotes of all tracks.

    Parameters
    ----------
    collection
        The tracks.

    Returns
    -------
    mapping of str to tuple of str or None
        Genre, mood, energy and valence, by the names that are free: beside a file tag ``genre``
        it is ``heard_genre``.
    """
    fields: Fields = pkgutil.resolve_name(_ASKED)(collection)
    return fields
