from .analysing import analyse as analyse
from .rows import analysis_schema as analysis_schema
from .scanning import scan as scan
