"""
Train a label of your own
=========================

Folders are classes: put examples into them, train, and see how good the model is on artists that
it has not heard. The model is a file without code, to be used like the one that ships.
"""

# %%
# Examples
# --------
# A folder for each class, with two songs by each of five bands. Artists are read from the files'
# tags; a table with a column ``artist`` does as well.

import tempfile
from pathlib import Path

import made_music
import matplotlib.pyplot as plt
import numpy as np

import linernotes as ln

folder = Path(tempfile.mkdtemp())
made_music.write_collection(folder / "music", each=5, songs=2)

# %%
# Test first
# ----------

result = ln.evaluate("default", folder / "music", label="style", beside=False)
print("\n".join(result.lines()[:6]))

# %%
# Every track is told apart here, as made-up styles easily are. How sure the model is of each, when
# it has not heard the artist, says more: open circles are answered with "none of these", since
# they are less sure than nineteen of twenty right answers.

predictions = result.predictions
own = predictions.probabilities[np.arange(len(predictions.truth)), predictions.truth]
spread = np.random.default_rng(0).uniform(-0.25, 0.25, len(own))

figure, axes = plt.subplots(figsize=(7.2, 3))
axes.scatter(
    own,
    predictions.truth + spread,
    facecolors=np.where(predictions.rejected, "none", "C0"),
    edgecolors="C0",
)
axes.set_yticks(range(len(predictions.classes)), predictions.classes)
axes.set(xlabel="probability of the true class", xlim=(0, 1.02))
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
