from markupsafe import Markup

from odoo import fields, models

USER_GROUP = "order_hub.order_hub_group_user"
#: Orders and alternatives that a to-do names; the suspension has them all.
NAMED_ORDERS, NAMED_WAYS = 20, 3


class OrderHubCarrierSuspension(models.Model):
    """Tells who sells the affected orders: one to-do a person, not one an order."""

    _inherit = "order.hub.carrier.suspension"

    def _tell_sales(self, fresh, now):
        """Give to-dos for new orders, bring open ones up to date, take back the rest.

        :param fresh: rows that nobody was told of
        """
        todos = self.activity_ids.filtered(lambda todo: todo.automated and todo.user_id)
        mine = self.line_ids.filtered("is_open").grouped("user_id")
        people = {user: rows for user, rows in mine.items() if self._may_see(user)}
        todos.filtered(lambda todo: todo.user_id not in people).unlink()
        for user, rows in people.items():
            todo = todos.exists().filtered(lambda todo, u=user: todo.user_id == u)[:1]
            if todo:
                self._renew(todo, user, rows)
            elif rows & fresh:
                self._give(user, rows, now)
        fresh.write({"told_at": now})

    def _may_see(self, user):
        return user.active and user.has_group(USER_GROUP)

    def _renew(self, todo, user, rows):
        note = self._note(user, rows)
        if todo.note != note:
            todo.write({"note": note, "summary": self._summary(user, rows)})

    def _give(self, user, rows, now):
        # pylint: disable-next=context-overridden
        quiet = self.with_context(mail_activity_quick_update=True)
        zone = self.with_context(tz=user.tz or "UTC")
        quiet.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Date.context_today(zone, now),
            summary=self._summary(user, rows),
            note=self._note(user, rows),
            user_id=user.id,
        )

    # === WORDS === #

    def _summary(self, user, rows):
        words = self.with_context(lang=user.lang)
        return words.env._(
            "%(carrier)s is suspended: %(count)s of your orders need another way",
            carrier=words.carrier_id.name,
            count=len(rows),
        )

    def _note(self, user, rows):
        """Return why, and for each order the ways that are left, as HTML."""
        words = self.with_context(lang=user.lang)
        shown = rows.with_context(lang=user.lang)[:NAMED_ORDERS]
        items = [words._order_item(row) for row in shown]
        more = len(rows) - len(shown)
        if more:
            text = words.env._("… and %s more orders, on the suspension", more)
            items.append(Markup("<li>%s</li>") % text)
        head = Markup("<p>%s</p>") % words.reason
        return head + Markup("<ul>%s</ul>") % Markup("").join(items)

    def _order_item(self, row):
        """Return one order with its best alternatives as a list item."""
        order = row.order_id
        ways = row.alternative_ids.filtered("fits")[:NAMED_WAYS].mapped("words")
        ways = ways or [self.env._("nobody else goes there")]
        inner = Markup("").join(Markup("<li>%s</li>") % way for way in ways)
        title = f"{order.name} · {order.partner_id.display_name}"
        return Markup("<li>%s<ul>%s</ul></li>") % (title, inner)
