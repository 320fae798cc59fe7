"""Names of the networks, and their tags in the order of their outputs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Last.fm tags of the Million Song Dataset.
MSD_LABELS = (
    "rock", "pop", "alternative", "indie", "electronic", "female vocalists", "dance", "00s",
    "alternative rock", "jazz", "beautiful", "metal", "chillout", "male vocalists",
    "classic rock", "soul", "indie rock", "Mellow", "electronica", "80s", "folk", "90s", "chill",
    "instrumental", "punk", "oldies", "blues", "hard rock", "ambient", "acoustic",
    "experimental", "female vocalist", "guitar", "Hip-Hop", "70s", "party", "country",
    "easy listening", "sexy", "catchy", "funk", "electro", "heavy metal", "Progressive rock",
    "60s", "rnb", "indie pop", "sad", "House", "happy",
)  # fmt: skip

# What players of the TagATune game said about the clips of MagnaTagATune.
MTT_LABELS = (
    "guitar", "classical", "slow", "techno", "strings", "drums", "electronic", "rock", "fast",
    "piano", "ambient", "beat", "violin", "vocal", "synth", "female", "indian", "opera", "male",
    "singing", "vocals", "no vocals", "harpsichord", "loud", "quiet", "flute", "woman",
    "male vocal", "no vocal", "pop", "soft", "sitar", "solo", "man", "classic", "choir",
    "voice", "new age", "dance", "male voice", "female vocal", "beats", "harp", "cello",
    "no voice", "weird", "country", "metal", "female voice", "choral",
)  # fmt: skip

#: Names of the networks.
NETWORKS = ("MSD_musicnn", "MTT_musicnn")

#: The 50 tags of each network, in the order of its probabilities.
TAGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"MSD_musicnn": MSD_LABELS, "MTT_musicnn": MTT_LABELS}
)

#: Version of the numbers: changes whenever any of them may move.
VERSION = "musicnn-1"

#: Length of an embedding.
EMBEDDING_SIZE = 200

#: What the networks' tags are also called, by the name that is told.
SYNONYMS = {
    "female voice": ("female vocalists", "female vocalist", "female", "woman", "female vocal"),
    "male voice": ("male vocalists", "male", "man", "male vocal"),
    "singing": ("vocal", "vocals", "voice"),
    "instrumental": ("no vocals", "no vocal", "no voice"),
    "classical": ("classic",),
    "choir": ("choral",),
    "beat": ("beats",),
    "electronic": ("electronica",),
    "chillout": ("chill",),
    "metal": ("heavy metal",),
    "mellow": ("Mellow",),
    "hip-hop": ("Hip-Hop",),
    "progressive rock": ("Progressive rock",),
    "house": ("House",),
    "r&b": ("rnb",),
    "upbeat": ("fast",),
}
_NAMES = {synonym: name for name, synonyms in SYNONYMS.items() for synonym in synonyms}


def one_name(tag: str) -> str:
    """Return the name under which a tag is told.

    Examples
    --------
    >>> one_name("Hip-Hop"), one_name("jazz")
    ('hip-hop', 'jazz')
    """
    return _NAMES.get(tag, tag)
