"""What comes from outside: for now, music to try linernotes on."""

from linernotes.sources.samples import Samples, fetch_samples, sample_music, synthesise_samples

__all__ = ["Samples", "fetch_samples", "sample_music", "synthesise_samples"]
