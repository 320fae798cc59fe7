"""
Similar tracks, with the reasons
================================

A library is scanned once and then asked: what sounds like this track, like these words, and why?
"""

# %%
# Scan a folder
# -------------
# Files are read, never changed. What was found is kept in the library's own folder.

import tempfile
from pathlib import Path

import made_music
import matplotlib.pyplot as plt

import linernotes as ln

folder = Path(tempfile.mkdtemp())
tracks = made_music.write_collection(folder / "music", each=4, songs=2)
library = ln.Library(folder / "library")
print(library.scan(folder / "music").added, "tracks added")

# %%
# Ask
# ---
# Of each artist at most one track; ``why`` asks for what the two have in common.

wanted = next(track for track in tracks if track.stem == "waltz band 1 - song 1")
matches = library.similar(wanted, n=8, per_artist=1, why=True)
for match in matches[:4]:
    print(f"{match.score:.2f}  {match.artist}, {match.title}: {match.why}")

# %%
# Scores are from 0 to 1, and fall off where the style ends.

styles = list(made_music.STYLES)
figure, axes = plt.subplots(figsize=(7.2, 3.4))
for row, match in enumerate(reversed(matches)):
    style = str(match.artist).split()[0]
    axes.barh(row, match.score, color=f"C{styles.index(style)}", height=0.7)
    axes.text(match.score + 0.01, row, match.why, va="center", fontsize=8)
axes.set_yticks(range(len(matches)), [f"{m.artist}, {m.title}" for m in reversed(matches)])
axes.set(xlim=(0, 1.9), xticks=[0, 0.5, 1], xlabel="score")
axes.set_title(f"What sounds like {wanted.stem}", loc="left", fontsize=10)
plt.show()

# %%
# Words and filters
# -----------------
# Words are understood by the networks' tags and by what was measured; filters by the files' own
# tags. Words that mean nothing here are told, not guessed.

for match in library.similar(words="slow ambient", where="genre!=waltz", n=3, why=True):
    print(f"{match.score:.2f}  {match.artist}, {match.title}: {match.why}")
