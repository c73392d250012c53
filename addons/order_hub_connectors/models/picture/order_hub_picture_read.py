import base64
import time

from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from ...engine.picture.kinds import KINDS
from ...engine.picture.process import PictureError, read_file

#: Number of the advisory lock that lets one picture be read at a time, database-wide.
READING_LOCK = 7_040_052
#: Seconds after which a job that found another one reading looks again.
LOOK_AGAIN = 15


class OrderHubPicture(models.Model):
    """Reading pictures: a job that holds no row while it reads.

    It takes one to two seconds of a processor a page, in a process of its own
    (``engine.picture.process``). What it found is written afterwards to the picture,
    which nobody else writes; another job then lets the order go on.
    """

    _inherit = "order.hub.picture"

    def _have_read(self):
        """Issue a job for each picture; one that has one already gets no second."""
        for picture in self.filtered(lambda row: row.state == "waiting"):
            picture.with_delay(
                description=f"Read {picture.name}",
                identity_key=f"order_hub_picture_{picture.id}",
            )._job_read()

    def _job_read(self):
        """Read one picture (a job).

        :return: a sentence for the list of jobs
        """
        self.ensure_one()
        if self.state != "waiting":
            return self.env._("%s is read already.", self.name)
        self._wait_for_turn()
        began = time.monotonic()
        vals = self._read_now()
        vals["seconds"] = round(time.monotonic() - began, 2)
        self.write({**vals, "read_at": fields.Datetime.now()})
        self.with_delay(
            description=f"Take in {self.name}",
            identity_key=f"order_hub_picture_take_{self.id}",
        )._job_take()
        return self.env._("%(name)s: %(state)s", name=self.name, state=self.state)

    def _wait_for_turn(self):
        """Let one picture be read at a time: it fills a processor, and memory.

        :raise RetryableJobError: another one is being read
        """
        [[is_free]] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s)", READING_LOCK)
        )
        if not is_free:
            raise RetryableJobError(
                "Another picture is being read.", seconds=LOOK_AGAIN, ignore_retry=True
            )

    def _read_now(self):
        """Return what reading gives, as values of this record."""
        inbound = self.inbound_id.with_context(bin_size=False)
        raw = base64.b64decode(inbound.payload or b"")
        is_pdf = KINDS.get(inbound.content_type) == "application/pdf"
        try:
            reading, pictures = read_file(raw, is_pdf)
        except PictureError as error:
            return {"state": "failed", "error_code": error.code}
        self._keep_pages(reading, pictures)
        return {"state": "read", "error_code": False, "reading": reading.to_json()}

    def _keep_pages(self, reading, pictures):
        self.page_ids.unlink()
        self.env["order.hub.picture.page"].create(
            [
                {
                    "picture_id": self.id,
                    "number": page.number,
                    "width": page.width,
                    "height": page.height,
                    "image": base64.b64encode(picture),
                }
                for page, picture in zip(reading.pages, pictures, strict=True)
            ]
        )

    def _job_take(self):
        """Let the order of a picture go on that has been read (a job)."""
        inbound = self.inbound_id
        inbound.flush_recordset(["state"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM order_hub_inbound WHERE id IN %s
                    AND state = 'reading' FOR NO KEY UPDATE SKIP LOCKED""",
                tuple(inbound.ids) or (0,),
            )
        )
        going = inbound.browse(row[0] for row in rows)
        going._process_now()
        return self.env._("%s messages.", len(going))
