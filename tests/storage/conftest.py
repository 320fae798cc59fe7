"""An object store for tests, which may have faults."""

from scale_support import bucket, server

__all__ = ["bucket", "server"]
