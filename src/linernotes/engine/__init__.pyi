from .local import Outcome as Outcome
from .local import WorkersError as WorkersError
from .local import run as run
from .local import run_as_finished as run_as_finished
from .processors import cpu_count as cpu_count
from .processors import kill_after as kill_after
from .processors import threads_each as threads_each
from .processors import worker_count as worker_count
