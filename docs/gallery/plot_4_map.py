"""
A map of what sounds alike
==========================

Tracks that sound alike lie together. The map is drawn without anybody's labels; they only colour
it afterwards.
"""

# %%
# From a library to places on a plane
# -----------------------------------

import tempfile
from pathlib import Path

import made_music
import matplotlib.pyplot as plt
import numpy as np

import linernotes as ln
from linernotes.explore import Explorer, draw_map

folder = Path(tempfile.mkdtemp())
made_music.write_collection(folder / "music", each=5, songs=2)
library = ln.Library(folder / "library")
library.scan(folder / "music")

explorer = Explorer(library.collection())
page = folder / "map.html"
drawn = draw_map(explorer, page, by="genre")
print(f"{len(drawn.places)} tracks; the page {page.name} has {page.stat().st_size / 1000:.0f} kB")

# %%
# The page needs nothing but a browser: it zooms, searches, and plays what it finds on disk. Here is
# the same arrangement as a picture.

genre = np.array(explorer.collection.metadata["genre"])
figure, axes = plt.subplots(figsize=(7.2, 3))
for style in made_music.STYLES:
    axes.scatter(*drawn.places[genre == style].T, s=42, label=style, edgecolor="white")
axes.set(xticks=[], yticks=[], aspect="equal")
axes.spines[:].set_visible(False)
axes.legend(loc="upper center", ncols=4, bbox_to_anchor=(0.5, 1.25))
plt.show()

# %%
# Neighbours are computed in the space itself, not on the plane, since every plane lies a little.
# How many of a track's eight most similar tracks share its style?

shared = genre[drawn.neighbours] == genre[:, np.newaxis]
print(f"{shared.mean():.0%}; by chance it would be 25 %")
