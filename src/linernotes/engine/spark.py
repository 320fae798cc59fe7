"""The engine Spark: a job of one partition for each item, which ``mapInArrow`` calls with it.

Results are Arrow record batches, and come back as bytes: Spark's own types lack some of Arrow's.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from linernotes.engine.clusters import ClusterError
from linernotes.engine.processors import cpu_count

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

    from linernotes.engine.clusters import EngineOptions

_MOST_JOBS = 256


@contextmanager
def connect(
    place: EngineOptions, function: Callable[[Any], Any], _: Callable[[], None] | None = None
) -> Iterator[_Spark]:
    """Connect to a master, or start one here with a worker for each processor."""
    from pyspark.sql import SparkSession

    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    # Else workers run whatever Python comes first.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    workers = place.workers or cpu_count()
    # In one process of Java, which tries a task again as a cluster does.
    master = place.address or f"local[{workers},4]"
    builder = SparkSession.builder.master(master).appName("linernotes")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "1",
    }.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:
        raise ClusterError(f"Spark cannot be started or reached ({_first_line(error)})") from error
    session.sparkContext.setLogLevel("OFF")
    pool = ThreadPoolExecutor(_MOST_JOBS, thread_name_prefix="linernotes-spark")
    try:
        yield _Spark(session, pool, function)
    finally:
        session.sparkContext.cancelAllJobs()
        pool.shutdown(cancel_futures=True)
        session.stop()


class _Spark:
    def __init__(
        self, session: SparkSession, pool: ThreadPoolExecutor, function: Callable[[Any], Any]
    ) -> None:
        self._session, self._pool, self._function = session, pool, function

    def submit(self, item: Any) -> Future[Any]:
        return self._pool.submit(self._run, item)

    def slots(self) -> int:
        return min(_MOST_JOBS // 2, int(self._session.sparkContext.defaultParallelism))

    def _run(self, item: Any) -> pa.RecordBatch:
        import pyarrow as pa

        function = self._function

        def answer(_: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            result = function(item)
            data = result.serialize().to_pybytes()
            yield pa.RecordBatch.from_pydict(
                {
                    "schema": pa.array([result.schema.serialize().to_pybytes()], pa.binary()),
                    "data": pa.array([data], pa.binary()),
                }
            )

        frame = self._session.range(1, numPartitions=1).mapInArrow(
            answer, "schema binary, data binary"
        )
        (row,) = frame.collect()
        schema = pa.ipc.read_schema(pa.py_buffer(bytes(row["schema"])))
        return pa.ipc.read_record_batch(pa.py_buffer(bytes(row["data"])), schema)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
