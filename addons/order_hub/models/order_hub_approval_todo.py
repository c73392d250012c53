from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_amount

#: Requests that one step of the reminding job looks at.
CRON_BATCH = 100
#: Orders that a message to an approver names; the list has them all.
MAX_NAMED = 10
#: With this reminder the next level is told.
ESCALATE_AT = 2


class OrderHubApproval(models.Model):
    """To-dos, messages and reminders for those whose turn it is."""

    _inherit = "order.hub.approval"

    def _todo_type(self):
        return self.env.ref("order_hub.mail_activity_data_approval").sudo()

    def _todos(self):
        """Return the to-dos that the hub gave for the requests (sudo)."""
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("automated", "=", True),
                ]
            )
        )

    def _refresh_todos(self):
        """Give a to-do to everybody who may decide now, and take back the others.

        Whoever got one is told by one message, however many orders it is.
        """
        if not self:
            return
        wanted = self._people_asked()
        kind = self._todo_type()
        todos = self._todos().filtered(lambda todo: todo.activity_type_id == kind)
        kept = {(todo.res_id, todo.user_id) for todo in todos}
        asked = {(id_, user) for id_, users in wanted.items() for user in users}
        surplus = todos.filtered(lambda todo: (todo.res_id, todo.user_id) not in asked)
        surplus.unlink()
        news = {}
        for id_, user in sorted(asked - kept, key=lambda pair: (pair[1].id, pair[0])):
            news.setdefault(user, []).append(id_)
        self._give_todos(news, kind)
        for user, ids in news.items():
            self.browse(ids)._tell(user, "order_hub.approval_asked")

    def _people_asked(self):
        """Return ``{request id: users}``: who may decide now, and their deputies."""
        requests = self.sudo()
        steps = requests.current_step_id
        deputies = self.env["order.hub.approval.delegation"]._deputies(
            steps.approver_ids
        )
        wanted = {}
        for request in requests:
            users = request.current_step_id.approver_ids
            absent = [deputies[user] for user in users if user in deputies]
            sellers = request.salesperson_id | request.order_id.user_id
            wanted[request.id] = users.union(*absent) - sellers
        return wanted

    def _give_todos(self, news, kind, summary=None):
        """Make to-dos in one batch, without a message for each.

        :param news: ``{user: [request ids]}``
        :param kind: ``mail.activity.type``
        """
        model_id = self.env["ir.model"]._get_id(self._name)
        vals_list = [
            {
                "res_model_id": model_id,
                "res_id": id_,
                "activity_type_id": kind.id,
                "summary": summary,
                "user_id": user.id,
                "automated": True,
                "date_deadline": fields.Date.context_today(self.with_user(user)),
            }
            for user, ids in news.items()
            for id_ in ids
        ]
        quiet = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        return quiet.sudo().create(vals_list)

    # === MESSAGES === #

    def _tell(self, user, what):
        """Send one message about these requests to a user, in the user's language.

        :param what: ``order_hub.approval_asked``, ``…_reminded``, ``…_escalated``
        """
        requests = self.with_context(lang=user.lang).sudo()
        subject, first = requests._message_words(what)
        items = [
            Markup("<li>%s</li>") % request._one_line()
            for request in requests[:MAX_NAMED]
        ]
        body = Markup("<p>%s</p><ul>%s</ul>") % (first, Markup("").join(items))
        single = {"model": self._name, "res_id": self.id} if len(self) == 1 else {}
        self.env["mail.thread"].sudo().with_context(lang=user.lang).message_notify(
            partner_ids=user.partner_id.ids,
            subject=subject,
            body=body,
            **single,
        )

    def _message_words(self, what):
        """Return subject and first sentence of a message."""
        count = len(self)
        names = self.name if count == 1 else self.env._("%s orders", count)
        if what == "order_hub.approval_reminded":
            subject = self.env._("Reminder: %s still to be approved", names)
            return subject, self.env._("Your decision is waited for:")
        if what == "order_hub.approval_escalated":
            subject = self.env._("%s: approval is late", names)
            return subject, self.env._(
                "The level before yours has been reminded twice and has not decided. "
                "Please see to it:"
            )
        subject = self.env._("To be approved: %s", names)
        return subject, self.env._("Approve or reject, on the phone if you like:")

    def _one_line(self):
        self.ensure_one()
        amount = format_amount(self.env, self.amount_total, self.currency_id)
        return f"{self.name} · {self.partner_id.display_name} · {amount}"

    # === REMIND === #

    @api.model
    def _cron_remind(self):
        """Look after everything that waits, oldest first.

        Who may decide is looked at again (groups, teams and deputies change), then
        whoever is late is reminded.
        """
        ids = self.sudo().search([("state", "=", "waiting")], order="date, id").ids
        Cron = self.env["ir.cron"]
        Cron._commit_progress(remaining=len(ids))
        for start in range(0, len(ids), CRON_BATCH):
            batch = ids[start : start + CRON_BATCH]
            requests = self.sudo().browse(batch).exists()
            requests = requests.filtered(lambda request: request.state == "waiting")
            requests.current_step_id._refresh_approvers()
            requests._refresh_todos()
            requests._remind()
            if not Cron._commit_progress(len(batch)):
                break

    def _remind(self):
        """Remind those who are late, and tell the next level the second time."""
        now = fields.Datetime.now()
        late = self.filtered(
            lambda request: (
                (due := request.current_step_id.next_reminder) and due <= now
            )
        )
        if not late:
            return
        self.env["order.hub.approval.step"]._count_reminder(late.current_step_id, now)
        late._tell_all(late._people_asked(), "order_hub.approval_reminded")
        stuck = late.filtered(
            lambda request: request.current_step_id.reminder_count == ESCALATE_AT
        )
        stuck._escalate()

    def _tell_all(self, people, what):
        """Send each user one message about all of the user's requests.

        :param people: ``{request id: users}``
        """
        by_user = {}
        for id_, users in people.items():
            for user in users:
                by_user.setdefault(user, []).append(id_)
        for user, ids in by_user.items():
            self.browse(ids)._tell(user, what)
        return by_user

    def _escalate(self):
        """Give a to-do to those who come next: nobody has decided so far."""
        if not self:
            return
        people = {request.id: request._people_after() for request in self}
        by_user = self._tell_all(people, "order_hub.approval_escalated")
        kind = self.env.ref("mail.mail_activity_data_warning").sudo()
        self._give_todos(by_user, kind, self.env._("Approval is late: see to it"))

    def _people_after(self):
        """Return the approvers of the next level, else the managers of the hub."""
        self.ensure_one()
        later = self.step_ids.sorted("sequence").filtered(
            lambda step: step.state == "waiting"
        )
        users = (
            later[:1]._level_approvers(self.order_id)
            if later
            else self.env["res.users"].sudo()
        )
        if not users:
            group = self.env.ref("order_hub.order_hub_group_manager").sudo()
            users = group.all_user_ids._hub_who_can_approve(self.company_id)
        return users - self.salesperson_id - self.current_step_id.approver_ids
