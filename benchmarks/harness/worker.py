"""One Odoo process on one database that runs tasks on request.

Reads lines of JSON from standard input and answers each with one line of JSON
on standard output; everything else that wants to print goes to the log.
"""

import importlib
import json
import os
import sys
import traceback
from pathlib import Path


def _registry(database: str, log: str):
    """Load Odoo's registry of a database in this process."""
    import odoo.init  # noqa: F401  completes the package ``odoo``; goes first
    from odoo.modules.registry import Registry
    from odoo.tools import config

    root = Path(__file__).resolve().parents[2]
    arguments = ["-c", root / "odoo.conf", "-d", database, f"--logfile={log}"]
    options = ["--no-http", "--max-cron-threads=0", "--log-level=warn"]
    config.parse_config([str(part) for part in [*arguments, *options]])
    return Registry(database)


def _run(registry, request: dict):
    """Run one task in a transaction of its own."""
    from odoo import SUPERUSER_ID, api

    module, _, name = request["task"].partition(":")
    function = getattr(importlib.import_module(module), name)
    registry.check_signaling()
    cursor = registry.cursor()
    try:
        env = api.Environment(cursor, SUPERUSER_ID, {"lang": "en_US", "tz": "UTC"})
        if request["user"]:
            user = env["res.users"].search([("login", "=", request["user"])])
            env = env(user=user.id, su=False)
            env.user.all_group_ids.ids  # noqa: B018  the web client has it cached, too
        answer = function(env, **request["arguments"])
        if function.bench_keep:
            cursor.commit()
            registry.signal_changes()
        else:
            cursor.rollback()
            registry.reset_changes()
        return answer
    finally:
        cursor.close()


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    database, log = sys.argv[1:]
    root = Path(__file__).resolve().parents[2]
    sys.path[:0] = [str(root / "benchmarks"), str(root / "scripts")]
    registry = _registry(database, log)
    for line in sys.stdin:
        try:
            answer = {"answer": _run(registry, json.loads(line))}
        except Exception:  # told to whoever asked, in full
            answer = {"error": traceback.format_exc()}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
