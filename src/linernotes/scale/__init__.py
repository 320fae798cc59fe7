"""Any number of tracks, wherever they lie and wherever the work runs: one function for all.

`analysing` hands `requests` for files to an engine and gives their `rows`; a worker answers them
by `work` on `files`. `scanning` does that for what is new by its stamp (`finding`), into a library
(`library_sink`) or shards (`parquet_sink`). `fingerprints` tells files that are known.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
