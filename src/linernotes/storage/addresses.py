"""Which texts are addresses of files that lie elsewhere."""

from __future__ import annotations

#: Schemes of object stores: Amazon S3 and what speaks like it, Google, Azure.
OBJECT_STORES = ("s3", "s3a", "gs", "az", "abfs", "abfss")
WEB = ("http", "https")


def scheme_of(uri: str) -> str:
    """Return the scheme of an address, in lower case; an empty one for a path.

    Examples
    --------
    >>> scheme_of("S3://bucket/a.mp3"), scheme_of("/music/a.mp3")
    ('s3', '')
    """
    scheme, mark, _ = uri.partition("://")
    return scheme.lower() if mark and scheme.isalnum() else ""


def is_remote(uri: str) -> bool:
    """Tell whether a file lies elsewhere, and has to be fetched.

    Parameters
    ----------
    uri
        Path or address.

    Returns
    -------
    bool
        Of paths and ``file://`` false.

    Examples
    --------
    >>> is_remote("s3://bucket/a.mp3"), is_remote("/music/a.mp3"), is_remote("file:///a.mp3")
    (True, False, False)
    """
    return scheme_of(uri) not in ("", "file")


def is_in_object_store(uri: str) -> bool:
    """Tell whether an address is in an object store, which can be listed.

    Examples
    --------
    >>> is_in_object_store("gs://bucket/music"), is_in_object_store("https://example.org/a.mp3")
    (True, False)
    """
    return scheme_of(uri) in OBJECT_STORES


def split(uri: str) -> tuple[str, str]:
    """Split an address in an object store into its bucket's and a key, which is taken literally.

    Examples
    --------
    >>> split("s3://bucket/a b/100%.mp3")
    ('s3://bucket', 'a b/100%.mp3')
    """
    scheme, _, rest = uri.partition("://")
    bucket, _, key = rest.partition("/")
    return f"{scheme}://{bucket}", key
