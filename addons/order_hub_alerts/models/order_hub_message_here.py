import logging

from markupsafe import Markup
from psycopg2.errors import SerializationFailure

from odoo import fields, models
from odoo.tools import SQL

from ..engine.markup import to_html

_logger = logging.getLogger(__name__)

#: Messages of one transaction.
BATCH = 200


class OrderHubMessage(models.Model):
    """Messages that stay in this database: inbox and to-do."""

    _inherit = "order.hub.message"

    def _send_here(self, now):
        """Send what is due; sending and marking it sent are one transaction.

        :return: how many were sent, and whether there may be more
        """
        rows = self._next(SQL("kind IN ('inbox', 'activity')"), now, BATCH)
        count = sum(row._sent_here(now) for row in rows)
        self.env.flush_all()
        self._keep()
        return count, len(rows) == BATCH

    def _sent_here(self, now):
        """Send one message; return whether that worked."""
        try:
            with self.env.cr.savepoint():
                proof = self._to_inbox() if self.kind == "inbox" else self._to_do()
        except SerializationFailure:
            raise
        except Exception as error:
            _logger.exception("Message %s cannot be given to its people", self.key)
            self._failed_here(error, now)
            return False
        self.write(
            {
                "state": "sent",
                "attempts": self.attempts + 1,
                "sent_at": now,
                "next_try_at": False,
                "answer": proof,
            }
        )
        return True

    def _to_inbox(self):
        """Notify people in their inbox, or as they chose in their preferences."""
        people = self.user_ids.filtered("active").partner_id
        model, record = self._about()
        made = self.env["mail.thread"].message_notify(
            partner_ids=people.ids,
            subject=self.subject,
            body=Markup(to_html(self.body or "")),
            model=model,
            res_id=record,
            # Who prefers e-mail gets it from the queue of e-mails.
            force_send=False,
        )
        return made.message_id or ""

    def _to_do(self):
        """Give everybody a to-do; one that is about a single warning hangs on it."""
        model, record = self._about()
        kind = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(model) if model else False
        # The message is the notice: no e-mail on top of the to-do.
        todo = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        made = todo.create(
            [
                {
                    "activity_type_id": kind.id,
                    "summary": self.subject,
                    "note": Markup(to_html(self.body or "")),
                    "user_id": user.id,
                    "res_model_id": model_id,
                    "res_id": record,
                    "date_deadline": fields.Date.context_today(
                        self.with_context(tz=user.tz), self.due_at
                    ),
                }
                for user in self.user_ids.filtered("active")
            ]
        )
        return ", ".join(f"mail.activity {id_}" for id_ in made.ids)

    def _about(self):
        """Return model and id of the one warning it is about, else nothing."""
        ids = self.warnings or []
        warning = self.env["order.hub.warning"].browse(ids[:1]).exists()
        if len(ids) != 1 or not warning:
            return False, False
        return warning._name, warning.id
