"""
Tempo, key and mood, with their certainty
=========================================

Single numbers look more certain than they are. Tempo and key come with a confidence, energy and
valence with an interval.
"""

# %%
# Songs whose tempo and key are known
# -----------------------------------
# They were made here, so that the answers can be checked.

import made_music
import matplotlib.pyplot as plt
import numpy as np

import linernotes as ln
from linernotes.features import extract, names

sounds = {
    "dance": made_music.song("dance", "dance band 2", 0, seconds=20),
    "rock": made_music.song("rock", "rock band 2", 0, seconds=20),
    "ambient": made_music.song("ambient", "ambient band 2", 0, seconds=20),
    "noise": 0.1 * np.random.default_rng(0).standard_normal((20 * made_music.SAMPLE_RATE, 2)),
}
tracks = {
    name: ln.Audio(sound.T.astype(np.float32), made_music.SAMPLE_RATE)
    for name, sound in sounds.items()
}

# %%
# Tempo and key
# -------------
# The set ``spotify`` holds both. Noise has neither, and the confidences say so.

tonics = "C C# D Eb E F F# G Ab A Bb B".split()
for name, track in tracks.items():
    values = dict(zip(names("spotify"), extract(track, "spotify"), strict=True))
    print(name, {key: round(float(value), 2) for key, value in values.items()
                 if key in ("tempo", "key", "mode")})
