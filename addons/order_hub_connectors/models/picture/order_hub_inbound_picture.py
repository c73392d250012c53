from datetime import date, time

from odoo import fields, models

from ...engine.evidence import Evidence
from ...engine.picture.kinds import KINDS
from ...engine.picture.order import understand
from ...engine.picture.sheet import Reading

#: Hour of the company's day that a day on paper stands for.
HOURS = {"date": time(12), "promised_date": time(18)}
#: Path of a person's answer: I have looked at the picture.
LOOKED = "picture.checked"


class OrderHubInbound(models.Model):
    """Orders on paper: read by a job, understood here, looked at by a person."""

    _inherit = "order.hub.inbound"

    picture_ids = fields.One2many(
        "order.hub.picture", "inbound_id", groups="order_hub.order_hub_group_user"
    )

    def _step_parse(self, channel, works):
        papers = [work for work in works if work.content_type in KINDS]
        kept = self._pictures_of(papers)
        others = [work for work in works if work.inbound_id not in kept]
        for work in works:
            if work.inbound_id in kept:
                self._parse_picture(channel, work, kept[work.inbound_id])
        return super()._step_parse(channel, others) if others else None

    def _pictures_of(self, works):
        """Return ``{id: picture}``; no query where no message is one."""
        if not works:
            return {}
        ids = [work.inbound_id for work in works]
        pictures = self.env["order.hub.picture"].sudo()
        rows = pictures.search([("inbound_id", "in", ids)])
        rows.filtered(lambda row: row.state == "read").fetch(["reading"])
        return {row.inbound_id.id: row for row in rows}

    def _parse_picture(self, channel, work, picture):
        work.found["is_picture"] = True
        if picture.state == "waiting":
            picture._have_read()
            work.note("parse", "picture_waits")
            work.outcome = "reading"
        elif picture.state == "failed":
            work.problem("parse", f"picture_{picture.error_code}")
            self._understood(channel, work, Reading())
        else:
            self._understood(channel, work, Reading.from_json(picture.reading or {}))

    def _understood(self, channel, work, reading):
        """Put the order of a paper into a work, each value with its evidence."""
        found = understand(reading)
        work.document = self._with_moments(channel, found.order)
        work.evidence = {
            path: Evidence(
                sight.confidence, sight.way, sight.source(), sight.candidates
            )
            for path, sight in found.sights.items()
        }
        work.evidence[LOOKED] = Evidence(0.0, "read")
        lines = len(found.order["lines"])
        work.note("parse", "picture_read", pages=len(reading.pages), lines=lines)
        self._say_sums(work, found)

    def _with_moments(self, channel, order):
        """Return the order with its days as moments of the company."""
        company = channel.company_id
        moments = {
            name: company._hub_moment_of(date.fromisoformat(order[name]), hour)
            for name, hour in HOURS.items()
            if name in order
        }
        return {**order, **{n: f"{m.isoformat()}Z" for n, m in moments.items()}}

    def _say_sums(self, work, found):
        """Say what arithmetic contradicts, unless a person has put it right."""
        for n, state in enumerate(found.sums):
            if state == "fails":
                work.note("parse", "picture_sum", line=n + 1)
        if found.total == "fails":
            work.note("parse", "picture_total")

    def _step_map(self, channel, works):
        """An order on paper is the hub's own order already."""
        papers = [work for work in works if work.found.get("is_picture")]
        for work in papers:
            work.values = work.document
        if papers:
            self._clean(papers)
        others = [work for work in works if not work.found.get("is_picture")]
        return super()._step_map(channel, others) if others else None
