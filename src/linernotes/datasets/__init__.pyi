from .samples import Samples as Samples
from .samples import fetch_samples as fetch_samples
from .samples import sample_music as sample_music
from .samples import synthesise_samples as synthesise_samples
