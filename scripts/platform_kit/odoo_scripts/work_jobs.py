"""Work off the jobs that demo data left; fed to ``odoo shell``.

So nobody begins among orders that are still being read, and no server of a test is
busy with them.
"""

from datetime import datetime, timedelta

from odoo.addons.queue_job.job import PENDING, Job

env = env  # noqa: F821, PLW0127  (given by odoo shell)
#: Jobs for now: those for later than this are left.
SOON = datetime.now() + timedelta(minutes=5)
WAITING = [("state", "=", PENDING), "|", ("eta", "=", False), ("eta", "<=", SOON)]
#: Jobs issue jobs: more than these would be a circle.
MOST = 200

for _turn in range(MOST):
    record = env["queue.job"].search(WAITING, order="date_created, id", limit=1)
    if not record:
        break
    job = Job.load(env, record.uuid)
    job.set_started()
    job.perform()
    job.set_done()
    job.store()
    env.cr.commit()
else:
    raise SystemExit("the jobs of the demo data do not come to an end")
