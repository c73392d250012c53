from datetime import timedelta

from odoo import api, fields, models

from ...engine.erp.errors import Denied, Unreachable
from .order_hub_erp import STATES

#: Failures in a row after which people are told; it is tried on all the same.
LOUD = 5
#: Refused logins after which it stops: servers lock users who go on.
DENIALS = 3
LONGEST = timedelta(hours=1)


class OrderHubErp(models.Model):
    """Whether a connection is on; a broken link pauses it, and it resumes by itself."""

    _inherit = "order.hub.erp"

    state = fields.Selection(
        STATES, default="off", required=True, readonly=True, copy=False, tracking=True
    )
    reason = fields.Char("Why", readonly=True, copy=False)
    since = fields.Datetime(readonly=True, copy=False)
    failures = fields.Integer("Failed in a Row", readonly=True, copy=False)
    next_at = fields.Datetime("Next Reading", readonly=True, copy=False)
    worked_at = fields.Datetime("Last Worked", readonly=True, copy=False)
    responsible_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Is told when the connection stays broken. Empty: all configurators.",
    )

    def action_switch_on(self):
        """Begin to read; the mapping and the schema are checked first."""
        self.check_access("write")
        for erp in self:
            erp._check_ready()
        self._set_state("on")
        return True

    def action_switch_off(self):
        self.check_access("write")
        self._set_state("off")
        self._close_links()
        return True

    def _check_ready(self):
        self._check_system()
        with self._saying():
            plan = self._plan()
            if plan.order and not self.channel_id:
                self._say_no_channel()
            if self.dialect == "csv":
                self._place()
            else:
                self._check_schema(plan)

    def _set_state(self, state, reason=False, **more):
        self.sudo().write(
            {
                "state": state,
                "reason": reason,
                "since": fields.Datetime.now(),
                "failures": 0,
                "next_at": False,
                **more,
            }
        )

    # === WHAT THE LINK DOES === #

    def _worked(self):
        """Note that the database answered; a pause is over."""
        self.ensure_one()
        erp = self.sudo()
        if erp.state == "paused":
            erp._set_state("on")
            erp.activity_feedback(
                ["mail.mail_activity_data_warning"],
                feedback=self.env._("The database answers again."),
            )
        erp.write({"failures": 0, "worked_at": fields.Datetime.now()})

    def _failed(self, error):
        """Pause, or stop where trying again cannot help.

        :param error: ``engine.erp.errors.ErpError``
        :return: the sentence about it
        """
        self.ensure_one()
        erp, words = self.sudo(), self._error_words(error)
        failures = erp.failures + 1
        if isinstance(error, Denied) and failures < DENIALS:
            erp._pause(words, failures)
        elif isinstance(error, Unreachable):
            erp._pause(words, failures)
            if failures == LOUD:
                erp._tell(self.env._("%s does not answer", erp.name), words)
        else:
            erp._set_state("broken", words[:500], failures=failures)
            erp._tell(self.env._("%s is switched off", erp.name), words)
        return words

    def _pause(self, words, failures):
        wait = min(timedelta(minutes=2 ** min(failures - 1, 6)), LONGEST)
        now = fields.Datetime.now()
        values = {"reason": words[:500], "failures": failures, "next_at": now + wait}
        if self.state != "paused":
            values.update(state="paused", since=now)
        self.write(values)

    def _tell(self, title, words):
        """Say it loudly: a to-do for whoever is responsible, a line in the history."""
        self._message_log(body=f"{title}. {words}")
        for user in self._told():
            self.activity_schedule(
                "mail.mail_activity_data_warning",
                user_id=user.id,
                summary=title,
                note=words,
            )

    def _told(self):
        if self.responsible_id.active:
            return self.responsible_id
        group = self.env.ref("order_hub.order_hub_group_configurator")
        robot = self.env.ref("base.user_root")
        return group.sudo().all_user_ids.filtered(
            lambda user: (
                user != robot and user.active and self.company_id in user.company_ids
            )
        )

    # === TIME === #

    @api.model
    def _cron_read(self):
        """Issue a job for each connection whose time has come."""
        now = fields.Datetime.now()
        rows = self.search([("state", "in", ("on", "paused"))])
        for erp in rows.filtered(lambda row: row._is_due(now)):
            if erp.state == "on" and erp.read_minutes:
                erp.next_at = now + timedelta(minutes=erp.read_minutes)
            erp._delay_read()

    def _is_due(self, now):
        if self.state == "on" and not self.read_minutes:
            return False
        return not self.next_at or self.next_at <= now

    def action_read_now(self):
        """Read what is new, in a job."""
        self.check_access("write")
        for erp in self.filtered(lambda row: row.state in ("on", "paused")):
            erp.sudo()._delay_read()
        return True

    def _delay_read(self):
        self.with_delay(
            description=f"Read {self.name}", identity_key=f"order_hub_erp_{self.id}"
        )._job_read()
