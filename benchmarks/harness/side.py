"""One side of a comparison: a database and the Odoo process that works on it."""

import json
import os
import subprocess
import sys
from pathlib import Path

from .registry import BenchError

WORKER = Path(__file__).with_name("worker.py")


class Side:
    """An Odoo process on a database; started when the first task is run.

    Both sides live through the whole run, and only one of them works at a time.
    """

    def __init__(self, database: str, label: str):
        self.database = database
        self.label = label
        logs = Path(os.environ.get("ORDER_HUB_LOGS") or ".")
        self.log = logs / f"bench-{label}.log"
        self._process = None

    def run(self, task, user: str | None = None, **arguments):
        """Run a task (see ``registry.task``) and return its answer.

        :param user: login of who does it; without one the superuser
        """
        request = {
            "task": f"{task.__module__}:{task.__name__}",
            "user": user,
            "arguments": arguments,
        }
        process = self._started()
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise BenchError(
                f"the Odoo process of {self.label} ended; its log: {self.log}"
            )
        answer = json.loads(line)
        if "error" in answer:
            raise BenchError(f"{request['task']} failed:\n{answer['error']}")
        return answer["answer"]

    def _started(self):
        if self._process is None:
            self.log.unlink(missing_ok=True)
            self._process = subprocess.Popen(
                [sys.executable, str(WORKER), self.database, str(self.log)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.log.with_suffix(".console").open("w"),
                text=True,
                cwd=WORKER.parents[2],
            )
        return self._process

    def stop(self) -> None:
        """End the process; its database stays."""
        if self._process is None:
            return
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
