"""
Features in a scikit-learn pipeline
===================================

`FeatureSet` turns tracks into numbers with names, and is a transformer like any other: it goes into
a pipeline, before a scaler and a classifier of your choice.
"""

# %%
# Tracks and their labels
# -----------------------

import tempfile
from pathlib import Path

import made_music
import matplotlib.pyplot as plt
import numpy as np
from sklearn.feature_selection import f_classif
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from linernotes.features import FeatureSet

folder = Path(tempfile.mkdtemp())
tracks = made_music.write_collection(folder, each=4, songs=2)
style = np.array([track.parent.name for track in tracks])
artist = np.array([track.stem.partition(" - ")[0] for track in tracks])

# %%
# A pipeline
# ----------
# Paths in, classes out. The groups keep each artist on one side of every split.

features = FeatureSet("descriptors")
pipeline = make_pipeline(features, StandardScaler(), LogisticRegression(C=0.1))
scores = cross_val_score(pipeline, tracks, style, groups=artist, cv=GroupKFold(4))
print(f"right: {scores.mean():.0%}, fold by fold {scores.round(2)}")

# %%
# The numbers have names
# ----------------------
# So they can be looked at. Here are the one that parts the styles best, and the next that tells
# something else.

matrix = features.transform(tracks)
names = list(features.get_feature_names_out())
print(matrix.shape, names[:3])

ranking = np.argsort(f_classif(matrix, style)[0])[::-1]
one = ranking[0]
alike = np.abs(np.corrcoef(matrix[:, ranking], rowvar=False)[0])
other = ranking[np.flatnonzero(alike < 0.3)[0]]

figure, axes = plt.subplots(figsize=(6.4, 4))
for each in made_music.STYLES:
    mine = matrix[style == each]
    axes.scatter(mine[:, one], mine[:, other], label=each, s=42, edgecolor="white")
axes.set(xlabel=names[one], ylabel=names[other])
axes.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

# %%
# A set's numbers never move under the same version, so that what you stored stays comparable;
# ``linernotes features --list`` prints units and meanings.
