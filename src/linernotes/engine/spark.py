"""The engine Spark: a job of one partition for each item, which ``mapInArrow`` calls with it.

Results are Arrow record batches, and come back as bytes: Spark's own types lack some of Arrow's.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from linernotes.engine.clusters import ClusterError, wait_for_answer
from linernotes.engine.processors import cpu_count

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

    from linernotes.engine.clusters import EngineOptions

_MOST_JOBS = 256
# Seconds without a master after which a cluster is given up: Spark itself would wait for ever.
_PATIENCE = 20.0
# Of masters that answer where their address says; others have ways of their own.
_STANDALONE = "spark://"
_CONFIGURATION = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "1",
}
# Java does little here, and little of it often: compiling that well takes longer than it saves.
_HERE = {"spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}


@contextmanager
def connect(
    options: EngineOptions, function: Callable[[Any], Any], _: Callable[[], None] | None = None
) -> Iterator[_Spark]:
    """Connect to a master, or start one here with a worker for each processor."""
    from pyspark.sql import SparkSession

    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    # Else workers run whatever Python comes first.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    workers = options.workers or cpu_count()
    masters = _masters(options.address)
    # In one process of Java, which tries a task again as a cluster does.
    builder = SparkSession.builder.master(options.address or f"local[{workers},4]")
    for name, value in (_CONFIGURATION | ({} if options.address else _HERE)).items():
        builder = builder.config(name, value)
    try:
        wait_for_answer(masters, _PATIENCE)
        session = builder.appName("linernotes").getOrCreate()
        session.sparkContext.setLogLevel("OFF")
    except Exception as error:
        raise ClusterError(f"Spark cannot be started or reached ({_first_line(error)})") from error
    pool = ThreadPoolExecutor(_MOST_JOBS, thread_name_prefix="linernotes-spark")
    try:
        yield _Spark(session, pool, function, masters)
    finally:
        with suppress(Exception):  # it may be Java that has ended
            session.sparkContext.cancelAllJobs()
        pool.shutdown(cancel_futures=True)
        with suppress(Exception):
            session.stop()


def _masters(address: str | None) -> list[tuple[str, int]]:
    """Return where masters answer, of those that answer where their address says."""
    if address is None or not address.startswith(_STANDALONE):
        return []
    parts = [part.rpartition(":") for part in address.removeprefix(_STANDALONE).split(",")]
    return [(host, int(port)) for host, _, port in parts if port.isdigit()]


class _Spark:
    def __init__(
        self,
        session: SparkSession,
        pool: ThreadPoolExecutor,
        function: Callable[[Any], Any],
        masters: list[tuple[str, int]],
    ) -> None:
        self._session, self._pool, self._function = session, pool, function
        self._masters = masters

    def submit(self, item: Any) -> Future[Any]:
        return self._pool.submit(self._answered, item)

    def slots(self) -> int:
        wait_for_answer(self._masters, _PATIENCE)
        try:
            return min(_MOST_JOBS // 2, int(self._session.sparkContext.defaultParallelism))
        except Exception as error:  # of Java, or of the way to it
            raise ConnectionError(_first_line(error)) from error

    def _answered(self, item: Any) -> pa.RecordBatch:
        try:
            return self._run(item)
        except Exception:
            try:
                self.slots()
            except ConnectionError as lost:
                raise ClusterError(str(lost)) from lost
            raise

    def _run(self, item: Any) -> pa.RecordBatch:
        import pyarrow as pa

        function = self._function

        def answer(given: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            # Read to its end, or Spark ends the process with all that it has loaded.
            list(given)
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
