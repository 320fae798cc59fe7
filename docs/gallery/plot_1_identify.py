"""
Identify a track, and see how it changes
========================================

One call listens to a track and says what it is. The probabilities of a track are the mean of many
windows: the timeline shows what the mean hides.
"""

# %%
# The track
# ---------
# Twenty seconds of calm, twenty of a beat, and ten of noise that is no music at all.

import tempfile
from pathlib import Path

import made_music
import matplotlib.pyplot as plt
import numpy as np

import linernotes as ln

calm = made_music.song("ambient", "ambient band 1", 0, seconds=20)
beat = made_music.song("dance", "dance band 3", 0, seconds=20)
noise = 0.1 * np.random.default_rng(0).standard_normal((10 * made_music.SAMPLE_RATE, 2))

folder = Path(tempfile.mkdtemp())
path = made_music.write_song(
    folder / "three parts.flac", np.concatenate([calm, beat, noise]), title="Three parts"
)

# %%
# What it is
# ----------
# A path will do, and so will bytes, an open file, or an array with its sample rate.

heard = ln.identify(path, hop=1)
for name, probability in heard.top(3):
    print(f"{name:12} {probability:.0%}")
print("tags:", ", ".join(f"{name} {p:.0%}" for name, p in heard.tags.top(4)))

# %%
# The answer comes with a certainty. "Not sure" is an answer too, and the honest one for a track of
# three parts.

genre = heard.predictions[0]
print(genre.model, "says:", genre.answer, "-", genre.certainty)

# %%
# How it changes
# --------------
# Every row of the timeline is a window of three seconds and sums to one.

timeline = heard.timeline
middle = (timeline.start + timeline.end) / 2
strongest = np.argsort(timeline.probabilities.max(axis=0))[::-1][:5]

figure, (upper, lower) = plt.subplots(2, 1, sharex=True, height_ratios=[1, 2.4], figsize=(7.2, 4.2))
low, high = heard.waveform.T
seconds = np.linspace(0, heard.duration, len(low))
upper.fill_between(seconds, low, high, color="#7f8c8d", linewidth=0)
upper.set(yticks=[], ylabel="sound")
lower.stackplot(
    middle,
    timeline.probabilities[:, strongest].T,
    labels=[timeline.classes[i] for i in strongest],
)
lower.set(xlabel="seconds", ylabel="probability", ylim=(0, 1), xlim=(0, heard.duration))
lower.legend(loc="upper center", ncols=5, bbox_to_anchor=(0.5, 1.17), fontsize=9)
plt.show()

# %%
# Windows that sound like nothing the model knows say so.

for start, answer in list(zip(genre.start, genre.answers, strict=True))[::6]:
    print(f"{start:4.0f} s  {answer}")

# %%
# ``ln.identification.write_report(heard, "song.html")`` writes a page with a player that follows
# the timeline, and `Identification.as_dict <linernotes.identification.Identification.as_dict>`
# returns what ``linernotes identify --json`` prints.
