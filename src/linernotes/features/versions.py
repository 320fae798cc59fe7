"""The versions of the feature sets, for whoever needs no more of them."""

#: By the names of the sets; raised whenever a number of a set moves, and only then.
VERSIONS = {
    "fma": 1,
    "extracted": 1,
    "producer": 1,
    "style": 1,
    "production": 1,
    "descriptors": 2,
    "spotify": 2,
    "mfcc_matrix": 1,
    "mfcc_image": 1,
    "log_spectrogram": 1,
}
