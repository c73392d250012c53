from odoo import models

from ...engine.order import left_out_line


class OrderHubInbound(models.Model):
    """Lines that a person leaves out: rows on paper that are no goods.

    They keep their number, so that what was corrected in other lines stays there.
    """

    _inherit = "order.hub.inbound"

    def _put_corrections(self, work):
        gone = {}
        for path, value in work.corrections.items():
            n = left_out_line(path)
            if n is not None:
                gone[path] = n if value in (True, "true", "True", 1, "1") else None
        work.found["left_out"] = {n for n in gone.values() if n is not None}
        work.corrections = {p: v for p, v in work.corrections.items() if p not in gone}
        return super()._put_corrections(work)

    def _clean(self, works):
        result = super()._clean(works)
        for work in works:
            if work.found.get("left_out"):
                self._leave_out(work)
        return result

    def _leave_out(self, work):
        """Drop lines with all that was said about them."""
        gone = work.found["left_out"]
        starts = tuple(f"lines[{n}]." for n in gone)
        work.lines = [line for line in work.lines if line["n"] not in gone]
        work.findings = [
            finding for finding in work.findings if not finding.field.startswith(starts)
        ]
        work.evidence = {
            path: found
            for path, found in work.evidence.items()
            if not path.startswith(starts)
        }
        work.values["left_out"] = sorted(gone)
        if not work.lines:
            work.problem("map", "no_lines_left", "lines")
