from .local import LATER as LATER
from .local import Later as Later
from .local import Outcome as Outcome
from .local import WorkersError as WorkersError
from .local import run as run
from .local import run_as_finished as run_as_finished
from .pacing import Pacer as Pacer
from .processors import cpu_count as cpu_count
