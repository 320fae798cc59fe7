from .addresses import is_remote as is_remote
from .errors import StorageError as StorageError
from .fetching import FetchLimits as FetchLimits
from .fetching import fetch as fetch
from .object_store import StoredObject as StoredObject
from .object_store import list_objects as list_objects
