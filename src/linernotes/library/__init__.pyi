from .analyses import TrackAnalysis as TrackAnalysis
from .analysis import analyse_track as analyse_track
from .collection import Collection as Collection
from .scans import Progress as Progress
from .scans import ScanResult as ScanResult
from .status import Status as Status
