"""Files that lie elsewhere: object stores and web addresses, listed and fetched.

`addresses` says what lies where, `object_store` lists and fetches from ``s3://`` and the like,
`web` from web addresses within limits; `fetching` chooses between them. `errors` are what may go
wrong.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
