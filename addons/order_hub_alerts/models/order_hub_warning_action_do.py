from datetime import timedelta

from odoo import fields, models

from .order_hub_warning_action import FOR_ORDERS, FOR_PEOPLE

USER_GROUP = "order_hub.order_hub_group_user"


class OrderHubWarningAction(models.Model):
    """How actions are carried out and ended: for many warnings at once."""

    _inherit = "order.hub.warning.action"

    def _do(self, runs, now):
        """Carry out this action for rows that are locked.

        :param runs: ``order.hub.warning.action.run`` of this action (sudo)
        :param now: naive UTC
        :raise UserError: where it cannot be done; nothing was done then. Rows for
            which there is nobody are only marked so.
        """
        self.ensure_one()
        action, runs = self.sudo(), runs.sudo()
        wantings = action._wantings(runs, now)
        needless = action._needless(runs, wantings)
        needless.write({"state": "skipped", "error": False})
        people = action._people_by_run(runs - needless, now)
        lonely = action._lonely(people)
        todo = runs - needless - lonely
        self.env["order.hub.warning.action.job"]._refuse(
            {run: action._lonely_words(run) for run in lonely}, now
        )
        if not todo:
            return
        getattr(action, f"_do_{action.kind}")(todo, wantings, people, now)
        todo.write({"state": "done", "done_at": now, "error": False})

    def _undo(self, runs, now):
        """End what this action left behind; its warnings are over."""
        self.ensure_one()
        runs = runs.sudo()
        runs.activity_ids.unlink()
        undo = getattr(self.sudo(), f"_undo_{self.kind}", None)
        if undo:
            undo(runs, now)
        runs.write({"state": "closed", "closed_at": now, "error": False})

    def _wantings(self, runs, now):
        """Return ``{order id: what it waits for}`` where the action says so."""
        if not (self.only_missing or self.kind == "document"):
            return {}
        return self.env["order.hub.missing.parts"]._find(runs.order_id, now)

    def _needless(self, runs, wantings):
        """Return the rows without an order, or whose order misses nothing, where
        that is what counts."""
        if not self.only_missing:
            needs_order = self.kind in FOR_ORDERS
            return runs.filtered(lambda run: needs_order and not run.order_id)
        return runs.filtered(
            lambda run: not run.order_id or not wantings[run.order_id.id].parts
        )

    # === EXCEPTION === #

    def _do_exception(self, runs, wantings, people, now):
        kind = self.exception_kind_id
        problems = {
            run.order_id: self._problem_words(run) for run in runs if run.order_id
        }
        if problems:
            self.env["order.hub.exception"]._note(kind.code, problems)

    def _problem_words(self, run):
        """Return name and description of the exception: the rule and its advice."""
        rule = run.warning_id.rule_id
        lines = (rule.reason, rule.advice, self.note)
        return self.summary or rule.name, "\n".join(filter(None, lines))

    def _undo_exception(self, runs, now):
        """Close the exceptions that no other open warning asks for."""
        kind = self.exception_kind_id
        others = self.env["order.hub.warning.action.run"].search(
            [
                ("state", "=", "done"),
                ("kind", "=", "exception"),
                ("order_id", "in", runs.order_id.ids),
                ("action_id.exception_kind_id.code", "=", kind.code),
                ("warning_id.state", "!=", "resolved"),
                ("id", "not in", runs.ids),
            ]
        )
        orders = runs.order_id - others.order_id
        if orders:
            self.env["order.hub.exception"]._settle(kind.code, orders)

    # === BREAKER === #

    def _do_breaker(self, runs, wantings, people, now):
        breakers = self.env["order.hub.breaker"]._trip(runs.warning_id, now)
        for run in runs:
            if people[run]:
                breakers[run.warning_id.res_id]._tell_tripped(people[run])

    def _undo_breaker(self, runs, now):
        self.env["order.hub.breaker"]._untrip(runs.warning_id, now)

    # === PEOPLE === #

    def _people_by_run(self, runs, now):
        """Return ``{row: users}``: recipients who may read warnings."""
        recipients = self.recipient_ids.with_context(hub_now=now)
        found = recipients._people(runs.warning_id)
        everybody = self.env["res.users"].union(*found.values())
        seeing = everybody.filtered(lambda user: user.has_group(USER_GROUP))
        return {run: found.get(run.warning_id.id, seeing) & seeing for run in runs}

    def _lonely(self, people):
        """Return the rows that are done for people and have nobody."""
        runs = self.env["order.hub.warning.action.run"].sudo()
        if self.kind not in FOR_PEOPLE:
            return runs
        return runs.union(*(run for run, users in people.items() if not users))

    def _lonely_words(self, run):
        return self.env._(
            "Nobody gets “%(action)s” for %(subject)s: none of its recipients is an "
            "active user of Order Hub in this company. Name somebody in the action of "
            "rule “%(rule)s”.",
            action=self.display_name,
            subject=run._subject(),
            rule=self.rule_id.name,
        )

    def _deadline(self, user, now):
        """Return the day on which a to-do is due, where its person is."""
        due = now + timedelta(hours=self.hours)
        return fields.Date.context_today(self.with_context(tz=user.tz or "UTC"), due)
