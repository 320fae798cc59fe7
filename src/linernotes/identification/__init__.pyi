from .asking import DEFAULT_MODELS as DEFAULT_MODELS
from .many import identify_many as identify_many
from .report import render_report as render_report
from .report import write_report as write_report
from .result import Identification as Identification
from .result import IdentificationFailure as IdentificationFailure
from .result import Timeline as Timeline
from .tracks import identify as identify
