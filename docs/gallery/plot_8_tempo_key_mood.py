"""
Tempo, key and mood, with their certainty
=========================================

Single numbers look more certain than they are. Tempo and key come with a confidence, energy and
valence with an interval.
"""

# %%
# Four sounds
# -----------
# A beat, a band, a slow chord that changes, and noise, which has neither tempo nor key.

import made_music
import matplotlib.pyplot as plt
import numpy as np

import linernotes as ln
from linernotes.features import extract, names

SECONDS = 20
sounds = {
    style: made_music.song(style, f"{style} band 2", 0, seconds=SECONDS)
    for style in ("dance", "rock", "ambient")
}
sounds["noise"] = 0.1 * np.random.default_rng(0).standard_normal(sounds["dance"].shape)
tracks = {
    name: ln.Audio(sound.T.astype(np.float32), made_music.SAMPLE_RATE)
    for name, sound in sounds.items()
}

# %%
# Tempo and key
# -------------
# The set ``descriptors`` holds both, each with the probability that a listener agrees.

columns = names("descriptors")
tonics = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
measured = {
    name: dict(zip(columns, map(float, extract(track, "descriptors")), strict=True))
    for name, track in tracks.items()
}
for name, values in measured.items():
    key = f"{tonics[round(values['key_tonic'])]} {('minor', 'major')[round(values['key_mode'])]}"
    print(
        f"{name:8} {values['tempo']:4.0f} beats per minute ({values['tempo_confidence']:.2f}), "
        f"{key} ({values['key_confidence']:.2f})"
    )

# %%
# Energy and valence
# ------------------
# The model ``mood`` tells two numbers with the interval that holds nine of ten true values, and a
# word only where these are clear. Of what is no music the numbers mean nothing (grey below).

moods = {name: ln.identify(track, models=["genre", "mood"]).predictions[1] for name, track in
         tracks.items()}  # fmt: skip
for name, mood in moods.items():
    print(f"{name:8} {mood.word}")

# %%
# All certainties in one picture
# ------------------------------

figure, (left, right) = plt.subplots(1, 2, width_ratios=[1, 1.3], figsize=(7.2, 3.4))
places = np.arange(len(tracks))
for offset, kind in ((-0.2, "tempo"), (0.2, "key")):
    left.bar(
        places + offset, [values[f"{kind}_confidence"] for values in measured.values()], 0.38,
        label=kind,
    )  # fmt: skip
left.set_xticks(places, tracks)
left.set(ylim=(0, 1), ylabel="confidence")
left.legend(loc="upper center", ncols=2, bbox_to_anchor=(0.5, 1.16))

for place, (name, mood) in enumerate(moods.items()):
    energy, valence = mood.values
    error = np.abs(mood.intervals - mood.values[:, np.newaxis]).reshape(2, 2, 1)
    right.errorbar(
        valence,
        energy,
        xerr=error[1],
        yerr=error[0],
        fmt="o",
        color="gray" if mood.rejected else f"C{place}",
        label=f"{name}: {mood.word}",
    )
right.axhline(0.5, color="black", linewidth=0.5)
right.axvline(0.5, color="black", linewidth=0.5)
right.set(xlim=(0, 1), ylim=(0, 1), xlabel="valence", ylabel="energy")
right.legend(fontsize=8, ncols=2, loc="upper center", bbox_to_anchor=(0.5, 1.22))
plt.show()
