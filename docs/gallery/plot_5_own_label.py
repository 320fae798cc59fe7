"""
Train a label of your own
=========================

Folders are classes: put examples into them, train, and see how good the model is on artists that
it has not heard. The model is a file without code, to be used like the one that ships.
"""

# %%
# Examples
# --------
# A folder for each class, with songs by four bands each. Artists are read from the files' tags; a
# table with a column ``artist`` does as well.

import tempfile
from pathlib import Path

import made_music
import matplotlib.pyplot as plt
import numpy as np

import linernotes as ln

folder = Path(tempfile.mkdtemp())
made_music.write_collection(folder / "music", each=4, songs=3)

# %%
# Test first
# ----------

result = ln.evaluate("default", folder / "music", label="style", beside=False)
print("\n".join(result.lines()[:6]))

# %%
# The confusions tell which classes are near each other.

tested = result.tested
classes = tested.classes
counts = np.zeros((len(classes), len(classes)), int)
np.add.at(counts, (tested.truth, tested.probabilities.argmax(axis=1)), 1)

figure, axes = plt.subplots(figsize=(4.6, 4))
axes.imshow(counts, cmap="Blues")
for (row, column), count in np.ndenumerate(counts):
    if count:
        axes.text(column, row, count, ha="center", va="center",
                  color="white" if count > counts.max() / 2 else "black")  # fmt: skip
ticks = range(len(classes))
axes.set_xticks(ticks, classes)
axes.set_yticks(ticks, classes)
axes.set(xlabel="said", ylabel="true")
axes.spines[:].set_visible(False)
plt.show()

# %%
# Train, save, use
# ----------------
# Training uses all tracks. The file holds arithmetic, tables and its card, and nothing else.

model = ln.train(folder / "music", label="style")
model.save(folder / "styles.linernotes")

new = made_music.write_song(folder / "new.flac", made_music.song("dance", "a new band", 0))
heard = ln.identify(new, models=[ln.load_model(folder / "styles.linernotes")])
print(heard.top(2), heard.predictions[0].certainty)
