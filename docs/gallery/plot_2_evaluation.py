"""
An honest evaluation, and what a random split pretends
======================================================

A model that is tested on songs by artists it has heard looks better than it is. This example takes
that to the extreme: the label is drawn by lot for each artist. There is nothing in it
that could be learned; whoever reports more than one half right has measured something else.
"""

# %%
# Labels that mean nothing
# ------------------------
# Twenty-four bands with two songs each. Half of the bands of each style get "heads", the others
# "tails", which says nothing about sound.

import csv
import tempfile
from pathlib import Path

import made_music
import matplotlib.pyplot as plt
import numpy as np

import linernotes as ln

folder = Path(tempfile.mkdtemp())
tracks = made_music.write_collection(folder, each=6, songs=2)
artist_of = {track: track.stem.partition(" - ")[0] for track in tracks}
lots = np.random.default_rng(3)
label_of = {
    band: side
    for bands in made_music.bands(6).values()
    for band, side in zip(bands, lots.permutation(["heads", "tails"] * 3), strict=True)
}

table = folder / "coins.csv"
with table.open("w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["path", "artist", "coin"])
    writer.writerows([track, artist_of[track], label_of[artist_of[track]]] for track in tracks)

# %%
# Two ways to split
# -----------------
# `evaluate` keeps every artist and album on one side of each split, and shows the random split
# beside it for comparison; :doc:`/how_it_works/evaluation` tells why.

result = ln.evaluate("default", table, label="coin")
grouped, random = result.predictions, result.beside
for predictions in (grouped, random):
    low, high = predictions.scores.interval
    print(
        f"{predictions.split:8} {predictions.scores.accuracy:.0%} right ({low:.0%} to {high:.0%})"
    )

# %%
# The random split "finds" a difference between heads and tails: it recognises the artists, whose
# labels it has seen. With no artist on both sides nothing is left, as it must be: one half lies
# within the interval.

figure, axes = plt.subplots(figsize=(7.2, 2.6))
for row, predictions in enumerate((random, grouped)):
    accuracy = predictions.scores.accuracy
    low, high = predictions.scores.interval
    axes.barh(row, accuracy, color=f"C{1 - row}", height=0.6)
    axes.errorbar(
        accuracy, row, xerr=[[accuracy - low], [high - accuracy]], color="black", capsize=4
    )
axes.axvline(0.5, color="black", linestyle=":", label="by chance")
axes.set(xlim=(0, 1), xlabel="share of right answers, with its 95 % interval")
axes.set_yticks([0, 1], ["random split", "no artist\non both sides"])
axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.2))
plt.show()

# %%
# The intervals count artists rather than tracks: two songs by one band are hardly more evidence
# than one.
#
# What may have leaked
# --------------------
# An evaluation lists what could tell the answer otherwise, and what no check can know.

print("\n".join(result.lines()[:12]))
