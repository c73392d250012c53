import logging
import time

from psycopg2 import OperationalError
from psycopg2.errors import UniqueViolation

from odoo import models
from odoo.exceptions import ConcurrencyError, UserError

from ..const import STEPS_OF_KIND, STEPS_OTHERWISE

_logger = logging.getLogger(__name__)

#: The database asks to try the whole thing again; nobody did anything wrong.
TRY_AGAIN = (OperationalError, ConcurrencyError)


class OrderHubInbound(models.Model):
    """The steps, for a batch, so that one bad message never stops another one."""

    _inherit = "order.hub.inbound"

    def _process_now(self):
        """Run the steps for records, channel by channel (sudo, any number)."""
        for channel, rows in self.grouped("channel_id").items():
            rows.sorted("id")._process(channel)

    def _process(self, channel):
        """Run the steps for records of one channel; store what came of each."""
        if not self:
            return
        error = self._attempt(channel)
        if error:
            self._process_apart(channel, error)

    def _attempt(self, channel):
        """Run and store in a savepoint; return what went wrong, nothing done then."""
        try:
            with self.env.cr.savepoint():
                self._store_results(channel, self._run(channel))
        except TRY_AGAIN:
            raise
        except Exception as error:
            return error
        return None

    def _process_apart(self, channel, error):
        """Halve a batch that failed, until the one that fails is alone."""
        if len(self) > 1:
            half = len(self) // 2
            self[:half]._process(channel)
            self[half:]._process(channel)
            return
        if isinstance(error, UniqueViolation):
            # Somebody made the same thing a moment ago: next time it is found.
            raise ConcurrencyError(str(error)) from error
        if not isinstance(error, UserError):
            _logger.error(
                "Inbound order %s cannot be processed", self.id, exc_info=error
            )
        self._store_failure(error)

    def _run(self, channel):
        """Return the works after all steps."""
        works = self._works()
        acting = self._acting(channel)
        by_kind = {}
        for work in works:
            by_kind.setdefault(work.kind, []).append(work)
        for kind, each in by_kind.items():
            for step in STEPS_OF_KIND.get(kind, STEPS_OTHERWISE):
                acting._run_step(channel, step, each)
        return works

    def _acting(self, channel):
        """Return self as the channel's user, in its company and language."""
        user = channel.sudo().user_id or self.env.ref("base.user_root")
        company = channel.company_id
        return (
            self.with_user(user)
            .with_company(company)
            .with_context(
                allowed_company_ids=company.ids,
                lang=company.partner_id.lang or self.env.lang,
                tracking_disable=True,
                mail_create_nolog=True,
            )
        )

    def _run_step(self, channel, step, works):
        going = [work for work in works if not work.outcome]
        if not going:
            return
        began = time.perf_counter()
        getattr(self, f"_step_{step}")(channel, going)
        share = (time.perf_counter() - began) / len(going)
        for work in going:
            work.seconds[step] = share

    # === STEPS WITHOUT A ROOM OF THEIR OWN === #

    def _step_map(self, channel, works):
        """Understand documents: here they are taken for the order itself."""
        for work in works:
            work.values = work.document if isinstance(work.document, dict) else {}
        self._clean(works)

    def _step_customer(self, channel, works):
        """Find customers and addresses."""

    def _step_products(self, channel, works):
        """Find products."""

    def _step_bundles(self, channel, works):
        """Split bundles."""

    def _step_duplicates(self, channel, works):
        """Find orders that are likely the same."""

    def _step_duty(self, channel, works):
        """Calculate duty."""
