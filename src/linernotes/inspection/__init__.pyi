from .overview import Overview as Overview
from .overview import look_into as look_into
from .page import inspect as inspect
