from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..engine import escalation, hysteresis
from ..engine.calendars import aware, naive
from ..engine.hysteresis import NotPossible, Warned

#: Columns by which the engine knows a warning.
ENGINE_FIELDS = (
    "first_seen",
    "last_seen",
    "opened_at",
    "snoozed_until",
    "back_at",
    "told_at",
)


class OrderHubWarning(models.Model):
    """What people do with a warning: take it, let it rest, hand it on, close it.

    Whoever sees a warning may do so; nobody writes its columns. Every action can be
    called by RPC, and by the cycle's rules: :mod:`..engine.hysteresis` decides.
    """

    _inherit = "order.hub.warning"

    def action_acknowledge(self):
        """Take the warnings: they stay in sight and escalate no further."""
        self._check_may_handle()
        self._change(hysteresis.acknowledge)
        free = self.sudo().filtered(lambda warning: not warning.user_id)
        free.write({"user_id": self.env.uid})
        return True

    def action_snooze(self, until):
        """Let the warnings rest; they come back unless they are over by then.

        :param until: naive UTC, or as text ``YYYY-MM-DD HH:MM:SS``
        :raise UserError: the moment has passed, or a warning is over
        """
        self._check_may_handle()
        moment = fields.Datetime.to_datetime(until)
        if not moment:
            raise UserError(self.env._("Say until when the warning is to rest."))
        now = aware(fields.Datetime.now())
        self._change(lambda one: hysteresis.snooze(one, aware(moment), now))
        return True

    def action_assign(self, user_id=None):
        """Give the warnings to a person, who gets a to-do.

        :param user_id: id of an internal user; nobody given: whoever calls
        :raise UserError: the person may not work in the company of a warning
        """
        self._check_may_handle()
        self._check_seen()
        user = self.env["res.users"].browse(user_id or self.env.uid)
        self._check_assignable(user)
        self.sudo().write({"user_id": user.id})
        if user != self.env.user:
            for warning in self.sudo():
                warning.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=warning.display_name,
                    user_id=user.id,
                )
        return True

    def action_resolve(self):
        """Close the warnings by hand.

        Where the condition is still there, the next cycle opens a new one.
        """
        self._check_may_handle()
        now = aware(fields.Datetime.now())
        self._change(lambda one: hysteresis.resolve(one, now))
        self._close_todos()
        return True

    def action_reopen(self):
        """Nobody has the warnings any more: they are open and escalate again."""
        self._check_may_handle()
        self._change(hysteresis.reopen)
        self.sudo().write({"user_id": False})
        return True

    def action_open_subject(self):
        """Open the record that the warning is about."""
        self.ensure_one()
        self.check_access("read")
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(
                self.env._("What this warning was about has been deleted since.")
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_ask_until(self):
        """Ask until when the warnings are to rest."""
        return self._ask("order.hub.warning.snooze", self.env._("Snooze"))

    def action_ask_whom(self):
        """Ask who is to look after the warnings."""
        return self._ask("order.hub.warning.assign", self.env._("Assign"))

    def _ask(self, wizard, title):
        self._check_may_handle()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": wizard,
            "view_mode": "form",
            "target": "new",
            "context": {"default_warning_ids": [fields.Command.set(self.ids)]},
        }

    # === CHECKS === #

    def _check_may_handle(self):
        """Colleagues of the hub who see the warnings may handle them.

        :raise AccessError: others
        """
        if self.env.su:
            return
        if not self.env.user.has_group("order_hub.order_hub_group_user"):
            raise AccessError(
                self.env._("Only users of the order hub handle warnings.")
            )
        self.check_access("read")

    def _check_seen(self):
        gone = self.filtered(lambda warning: not warning.is_seen)
        if gone:
            raise UserError(gone[0]._not_possible_text(gone[0].state))

    def _check_assignable(self, user):
        user = user.exists()
        if not user or user.share or not user.active:
            raise UserError(
                self.env._("Warnings are given to colleagues who can log in.")
            )
        companies = self.sudo().company_id
        if companies - user.sudo().company_ids:
            raise UserError(
                self.env._(
                    "%(user)s does not work in %(company)s and cannot be given a "
                    "warning of it. Choose somebody who does.",
                    user=user.name,
                    company=(companies - user.sudo().company_ids)[0].name,
                )
            )

    def _not_possible_text(self, code):
        words = {
            "resolved": self.env._(
                "“%(warning)s” is over already.", warning=self.display_name
            ),
            "pending": self.env._(
                "“%(warning)s” is not open yet.", warning=self.display_name
            ),
            "past": self.env._(
                "A warning rests until a moment to come. Choose a later one."
            ),
        }
        return words[code]

    # === THROUGH THE ENGINE === #

    def _change(self, decide):
        """Let the engine decide, and write what becomes of each warning.

        :param decide: function from one ``hysteresis.Warned`` to another
        :raise UserError: the state of a warning does not allow it
        """
        for warning in self.sudo():
            try:
                new = decide(warning._warned())
            except NotPossible as error:
                text = warning._not_possible_text(error.args[0])
                raise UserError(text) from error
            warning.write(warning._columns_of(new))

    def _warned(self):
        """Return the warning for the engine."""
        self.ensure_one()
        moments = {
            name: self[name] and aware(self[name]) or None for name in ENGINE_FIELDS
        }
        return Warned(
            self.state,
            seen_count=self.seen_count,
            value=self.value,
            escalated_to=self.escalated_to,
            **moments,
        )

    def _columns_of(self, new):
        steps = [step._step() for step in self.rule_id.escalation_ids]
        coming = escalation.next_at(new, steps)
        return {
            "state": new.state,
            "snoozed_until": new.snoozed_until and naive(new.snoozed_until),
            "resolved_at": new.resolved_at and naive(new.resolved_at),
            "resolved_how": new.resolved_how or False,
            "next_escalation_at": coming and naive(coming),
        }

    def _close_todos(self):
        """Take away the to-dos on warnings that are over: one search for all."""
        self.env["mail.activity"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        ).unlink()

    # === KEPT FOR A WHILE === #

    @api.autovacuum
    def _gc_resolved(self):
        """Delete warnings that are over for long: the default is two years."""
        days = int(
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("order_hub_alerts.keep_warnings_days", 730)
        )
        limit = 10_000
        old = self.sudo().search(
            [
                ("state", "=", "resolved"),
                ("resolved_at", "<", fields.Datetime.now() - timedelta(days=days)),
            ],
            limit=limit,
        )
        old.unlink()
        return len(old), len(old) == limit
