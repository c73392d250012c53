from odoo import fields, models


class OrderHubEcn(models.Model):
    """To-dos and messages: who is asked, and what they are told."""

    _inherit = "order.hub.ecn"

    def _todo_type(self):
        return self.env.ref("order_hub.mail_activity_data_ecn").sudo()

    def _todos(self):
        """Return the to-dos to approve these changes (sudo)."""
        todos = self.env["mail.activity"].sudo()
        return todos.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("activity_type_id", "=", self._todo_type().id),
            ]
        )

    def _ask_approvers(self):
        """Remember who can still decide; give them a to-do, take back the others."""
        self.ensure_one()
        missing = self._missing_roles()
        people = self._people_asked(missing)
        self.write({"approver_ids": people.ids, "missing_role_ids": missing.ids})
        todos = self._todos()
        kept = todos.filtered(lambda todo: todo.user_id in people)
        (todos - kept).unlink()
        new = people - kept.user_id
        words = self._asked_words()
        self._give_todos(self._todo_type(), {user: [(self, words)] for user in new})
        self._notify_people(new, self.env._("To be approved: %s", self.display_name))

    def _ask_nobody(self):
        """Nobody is asked any more."""
        self._todos().unlink()
        self.write({"approver_ids": False, "missing_role_ids": False})

    def _people_asked(self, missing):
        """Return the users who can decide in the roles that are missing.

        :param missing: ``order.hub.ecn.role`` records
        """
        self.ensure_one()
        roles = self._engine_roles(missing)
        seats = (role.seats(self.requested_by_id.id) for role in roles)
        ids = frozenset().union(*seats)
        return self.env["res.users"].sudo().browse(sorted(ids))

    def _asked_words(self):
        self.ensure_one()
        found = self._impact_words()
        return self.env._(
            "Approve %(ecn)s: %(switch)s orders switch, %(keep)s keep, %(decide)s to "
            "decide",
            ecn=self.name,
            switch=found["switch"],
            keep=found["keep"],
            decide=found["decide"],
        )

    def _give_todos(self, kind, wanted, note=None):
        """Make to-dos in one batch, without a message for each.

        :param kind: ``mail.activity.type``
        :param wanted: ``{user: [(record, summary)]}``
        :param note: HTML that says more
        """
        today = fields.Date.context_today
        model_ids = {
            record._name: self.env["ir.model"]._get_id(record._name)
            for pairs in wanted.values()
            for record, _summary in pairs
        }
        vals_list = [
            {
                "res_model_id": model_ids[record._name],
                "res_id": record.id,
                "activity_type_id": kind.id,
                "summary": summary,
                "note": note,
                "user_id": user.id,
                "automated": True,
                "date_deadline": today(self.with_user(user)),
            }
            for user, pairs in wanted.items()
            for record, summary in pairs
        ]
        quiet = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        return quiet.sudo().create(vals_list)

    def _notify_people(self, users, subject, body=None):
        """Send one message to users, with a button that opens the change."""
        self.ensure_one()
        if users:
            self.message_notify(
                partner_ids=users.partner_id.ids,
                subject=subject,
                body=body or self._asked_words(),
                model=self._name,
                res_id=self.id,
            )

    def _tell_requester(self, reason):
        """Tell who asked for the change that it was refused, and why."""
        self.ensure_one()
        subject = self.env._("Rejected: %s", self.display_name)
        self._notify_people(self.requested_by_id, subject, reason)
