from .analyses import TrackAnalysis as TrackAnalysis
from .analysis import analyse_track as analyse_track
from .collection import Collection as Collection
from .library import Library as Library
from .library import Status as Status
from .scans import Progress as Progress
from .scans import ScanResult as ScanResult
