import logging

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.order_hub.engine.web.client import Client
from odoo.addons.order_hub.engine.web.errors import WebError
from odoo.addons.order_hub.engine.web.safe_url import check_form

from ..engine import notices
from .order_hub_risk_notice import MOST_BYTES

_logger = logging.getLogger(__name__)


class OrderHubRiskSource(models.Model):
    """An address that notices of weather and logistics are fetched from.

    The address is called by the server, so it must lie outside of the own network
    (``engine.web`` refuses everything else, redirects included).
    """

    _name = "order.hub.risk.source"
    _description = "Source of Notices"
    _order = "company_id, name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="cascade",
    )
    url = fields.Char(
        "Address",
        required=True,
        help="Answers with a CSV table or a JSON list of notices. Do not put a "
        "password into it.",
    )
    fetched_at = fields.Datetime("Last Fetched", readonly=True)
    notice_count = fields.Integer("Notices Last Time", readonly=True)
    error = fields.Char("Last Error", readonly=True)

    @api.constrains("url")
    def _check_url(self):
        for source in self:
            try:
                check_form(source.url)
            except WebError as error:
                raise ValidationError(
                    self.env._("%(url)s: %(error)s", url=source.url, error=error)
                ) from error

    def _client(self):
        """Return the way out: bounded in time and size, never into the own network."""
        return Client(max_answer=MOST_BYTES, tries=2)

    def action_fetch(self):
        """Fetch now.

        :raise AccessError: for users who may not change the source
        :raise UserError: with what the source answered instead
        """
        self.check_access("write")
        for source in self:
            source._fetch(fields.Datetime.now())
        if self.filtered("error"):
            # what went wrong is kept and shown; raising would take that back
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "danger",
                    "message": "\n".join(self.filtered("error").mapped("error")),
                    "next": {"type": "ir.actions.client", "tag": "soft_reload"},
                },
            }
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _fetch(self, now):
        """Fetch the notices of one source; what goes wrong is kept in words."""
        self.ensure_one()
        values = {"fetched_at": now, "error": False}
        try:
            answer = self._client().request("GET", self.url)
            scheme = self.env["order.hub.risk.scheme"]._of(self.company_id)
            zone = (scheme or scheme.new({"company_id": self.company_id.id}))._zone()
            found = notices.read(answer.content, zone)
            with self.env.cr.savepoint():
                taken = (
                    self.env["order.hub.risk.notice"]
                    .sudo()
                    ._take(found, self.company_id, "fetched", self)
                )
            values["notice_count"] = len(taken)
        except (WebError, notices.Unreadable, UserError) as error:
            values["error"] = str(error)
            _logger.info("Source of notices %s: %s", self.id, error)
        self.sudo().write(values)

    @api.model
    def _cron_fetch(self):
        """Fetch from every source, one commit a source."""
        # pylint: disable-next=no-search-all
        sources = self.search([], order="fetched_at nulls first, id")
        now = fields.Datetime.now()
        self.env["ir.cron"]._commit_progress(remaining=len(sources))
        for source in sources:
            source._fetch(now)
            if not self.env["ir.cron"]._commit_progress(1):
                break
