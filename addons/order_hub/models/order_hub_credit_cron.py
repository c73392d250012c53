import logging

from odoo import api, models
from odoo.tools import SQL

from ..engine.credit import drift
from .order_hub_credit_figures import FIGURES
from .order_hub_credit_marks import CRON_BATCH

_logger = logging.getLogger(__name__)


class OrderHubCredit(models.Model):
    """The nightly check: what is stored is compared with the truth and mended."""

    _inherit = "order.hub.credit"

    @api.model
    def _cron_check(self):
        """Compare what is stored with the truth, mend it, and say what differed."""
        if not self._is_used():
            return
        pairs = self._all_pairs()
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(pairs))
        for start in range(0, len(pairs), CRON_BATCH):
            batch = pairs[start : start + CRON_BATCH]
            self._mend(batch)
            if not Cron._commit_progress(len(batch)):
                break

    def _mend(self, pairs):
        """Work a batch out from scratch, every order; log and note what was wrong.

        :return: what :func:`engine.credit.drift` found
        """
        self._set_aside(pairs)
        stored = self._stored(pairs)
        standings = self._standings(self._limits(pairs))[0]
        true = {
            pair: (s.limit, s.receivable, s.uninvoiced, s.in_approval)
            for pair, s in standings.items()
        }
        found = drift(stored, true)
        if found:
            self._refresh(found)
            self._report(found)
        return found

    def _stored(self, pairs):
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, company_id, credit_limit, receivable,
                          uninvoiced, in_approval
                     FROM order_hub_credit credit JOIN %s
                       ON credit.partner_id = pair.partner
                      AND credit.company_id = pair.company""",
                self._pairs_sql(pairs),
            )
        )
        return {(row[0], row[1]): tuple(map(float, row[2:])) for row in rows}

    def _report(self, found):
        """Log what was mended and leave a note with the customers."""
        names = ("limit", *FIGURES)
        for (partner_id, company_id), (kept, real) in found.items():
            _logger.info(
                "Credit of customer %s in company %s mended: %s was %s",
                partner_id,
                company_id,
                dict(zip(names, real, strict=True)),
                dict(zip(names, kept, strict=True)),
            )
            partner = self.env["res.partner"].sudo().browse(partner_id)
            partner._message_log(
                body=self.env._(
                    "The credit figures were not right and were mended: used "
                    "%(kept)s was stored, %(real)s is true.",
                    kept=round(sum(kept[1:]), 2),
                    real=round(sum(real[1:]), 2),
                )
            )
