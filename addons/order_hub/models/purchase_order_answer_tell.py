from markupsafe import Markup

from odoo import models

TODO = "order_hub.mail_activity_data_supplier_answer"


class PurchaseOrder(models.Model):
    """Who is told what once a supplier answered or a buyer decided."""

    _inherit = "purchase.order"

    def _hub_buyer(self):
        """Return who buys here: of the order, else of the supplier, maybe nobody."""
        self.ensure_one()
        return self.user_id or self.partner_id.buyer_id

    # === THE BUYER === #

    def _hub_tell_answered(self, answers, user):
        """Note what was said; give the buyer a to-do when it is to be decided."""
        self.ensure_one()
        buyer = self._hub_buyer()
        told = self.with_context(lang=buyer.lang or self.env.lang)
        rows = told._hub_answer_rows(answers)
        author = {} if user._is_public() else {"author_id": user.partner_id.id}
        told.message_post(
            body=_paragraph(told._hub_answered_words(answers), rows),
            subtype_xmlid="mail.mt_note",
            **author,
        )
        if answers.filtered(lambda answer: not answer.is_taken):
            told._hub_give_todo(buyer, rows)
        elif not self._hub_pending():
            self._hub_take_back_todos()

    def _hub_answered_words(self, answers):
        by_name = answers[:1].by_name
        if by_name:
            return self.env._("Answered by link, as %s:", by_name)
        return self.env._("The supplier's answer:")

    def _hub_answer_rows(self, answers):
        """Return one sentence an answer, in the language of the reader."""
        words = self.env["order.hub.answer.words"]
        return [
            self._hub_answer_row(words, answer)
            for answer in answers.with_env(words.env)
        ]

    def _hub_answer_row(self, words, answer):
        product = answer.product_id.display_name
        said = words._answer(answer)
        differs = words._difference(answer)
        if not differs:
            return self.env._(
                "%(product)s: confirmed, %(said)s", product=product, said=said
            )
        return self.env._(
            "%(product)s: asked %(asked)s, answered %(said)s: %(differs)s",
            product=product,
            asked=words._parts(answer.asked, answer.unit_id),
            said=said,
            differs=differs,
        )

    def _hub_give_todo(self, buyer, rows):
        """Give the buyer one to-do an order; without a buyer the list shows it."""
        todos = self._hub_todos()
        if todos or not buyer:
            todos.note = _paragraph("", rows)
            return
        self.activity_schedule(
            TODO,
            user_id=buyer.id,
            summary=self.env._("%s answered otherwise", self.partner_id.name),
            note=_paragraph("", rows),
        )

    def _hub_todos(self):
        """Return the open to-dos about answers to these orders (as superuser)."""
        kind = self.env.ref(TODO, raise_if_not_found=False)
        if not kind:
            return self.env["mail.activity"].sudo()
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", kind.id),
                ]
            )
        )

    def _hub_take_back_todos(self):
        self._hub_todos().action_feedback()

    # === THE SUPPLIER === #

    def _hub_tell_settled(self, answers, note):
        """Write to the supplier what was decided, with a link to the order."""
        self.ensure_one()
        told = self.with_context(lang=self.partner_id.lang or self.env.lang)
        rows = told._hub_settled_rows(answers)
        rows += [note] if note else []
        link = Markup('<p><a href="%s">%s</a></p>') % (
            self._hub_link_url(),
            told.env._("Open the order"),
        )
        told.message_post(
            body=_paragraph(told.env._("Thank you for your answer."), rows) + link,
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.partner_id.ids,
        )

    def _hub_settled_rows(self, answers):
        words = self.env["order.hub.answer.words"]
        return [
            self._hub_settled_row(words, answer)
            for answer in answers.with_env(words.env)
        ]

    def _hub_settled_row(self, words, answer):
        decided = answer.settlement_ids[:1]
        name = answer.line_id.name.partition("\n")[0]
        if decided.kind == "countered":
            return self.env._(
                "%(product)s: we ask for %(parts)s instead. Please answer.",
                product=name,
                parts=words._parts(decided.parts, answer.unit_id),
            )
        return self.env._(
            "%(product)s: agreed, %(said)s",
            product=name,
            said=words._answer(answer),
        )


def _paragraph(head, rows):
    """Return a heading and a list as safe HTML."""
    items = Markup("").join(Markup("<li>%s</li>") % row for row in rows)
    return Markup("<p>%s</p><ul>%s</ul>") % (head, items)
