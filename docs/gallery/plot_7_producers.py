"""
Producers, and what artists confound
====================================

Who produced a record can be heard in its mix. But every producer works with a few artists, and a
recipe that hears everything learns these. The recipe ``producer`` hears the mix, and learns only
from what differs among the tracks of one artist.
"""

# %%
# Four desks
# ----------
# Four chains of equaliser, stereo width, room and drive stand for producers. Each is heard through
# four bands of its own, of all styles.

import csv
import tempfile
from pathlib import Path

import made_music
import matplotlib.pyplot as plt

import linernotes as ln

SONGS = 3
folder = Path(tempfile.mkdtemp())
producers = list(made_music.PRODUCERS)
bands = [band for bands in zip(*made_music.bands(4).values(), strict=True) for band in bands]

rows = []
for index, band in enumerate(bands):
    producer = producers[(index + index // 4) % 4]
    for number in range(SONGS):
        played = made_music.song(band.split()[0], band, number)
        mixed = made_music.PRODUCERS[producer](played)
        path = made_music.write_song(folder / f"{band} - {number}.flac", mixed, artist=band)
        rows.append((path, producer, band))

table = folder / "producers.csv"
with table.open("w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["path", "producer", "artist"])
    writer.writerows(rows)

# %%
# What each recipe makes of it
# ----------------------------
# Every figure twice: on artists that were never heard, and by a random split, where every artist
# was.

results = {
    recipe: ln.evaluate(recipe, table, label="producer") for recipe in ("default", "producer")
}

figure, axes = plt.subplots(figsize=(7.2, 3.4))
for group, result in enumerate(results.values()):
    for side, predictions in enumerate((result.beside, result.predictions)):
        accuracy = predictions.scores.accuracy
        low, high = predictions.scores.interval
        x = group + 0.36 * side
        axes.bar(
            x,
            accuracy,
            width=0.34,
            color=("C1", "C0")[side],
            label=("random split", "artists never heard")[side] if not group else None,
        )
        axes.errorbar(x, accuracy, yerr=[[accuracy - low], [high - accuracy]], color="black",
                      capsize=4)  # fmt: skip
        axes.text(x, 0.03, f"{accuracy:.0%}", ha="center", color="white", weight="bold")
axes.axhline(0.25, color="black", linestyle=":", label="by chance")
axes.set(ylim=(0, 1), ylabel="share of right answers", xticks=[0.18, 1.18])
axes.set_xticklabels(f"recipe {name}" for name in results)
axes.legend(loc="upper center", ncols=3, bbox_to_anchor=(0.5, 1.18))
plt.show()

# %%
# The gap between the two is what was learned of artists, not of producers. What else might have
# told the answer is listed:

for sentence in results["producer"].leaks + results["producer"].unknown:
    print("-", sentence)
