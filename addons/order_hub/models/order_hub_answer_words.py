from babel.numbers import format_decimal

from odoo import fields, models
from odoo.tools import babel_locale_parse, format_date, get_lang
from odoo.tools.i18n import format_list


class OrderHubAnswerWords(models.AbstractModel):
    """Says in words what a supplier answered, in the language of the reader."""

    _name = "order.hub.answer.words"
    _description = "Words for Suppliers' Answers"

    def _quantity(self, amount, unit):
        """Return an amount with its unit, without digits that say nothing."""
        locale = babel_locale_parse(get_lang(self.env).code)
        return f"{format_decimal(amount, locale=locale)} {unit.name or ''}".strip()

    def _day(self, day):
        """Return a day (date or ISO text) as the reader writes it."""
        return format_date(self.env, fields.Date.to_date(day)) if day else ""

    def _parts(self, parts, unit):
        """Return what comes when in one string.

        :param parts: ``[{"quantity": float, "date": ISO text}]``
        """
        return format_list(
            self.env,
            [
                self.env._(
                    "%(quantity)s on %(day)s",
                    quantity=self._quantity(part["quantity"], unit),
                    day=self._day(part["date"]),
                )
                for part in parts or ()
            ],
        )

    def _answer(self, answer):
        """Return what an answer says: what comes when, what does not and why."""
        said = [self._parts(answer.parts, answer.unit_id)] if answer.parts else []
        if answer.refused:
            said.append(self._refused(answer))
        return format_list(self.env, said)

    def _refused(self, answer):
        quantity = self._quantity(answer.refused, answer.unit_id)
        if answer.reason_id:
            return self.env._(
                "%(quantity)s not at all (%(reason)s)",
                quantity=quantity,
                reason=answer.reason_id.name,
            )
        return self.env._("%(quantity)s not at all", quantity=quantity)

    def _difference(self, answer):
        """Return how far an answer is from what was asked; empty when it is not."""
        said = []
        if answer.late:
            said.append(self.env._("%s days later", answer.late))
        if answer.early:
            said.append(self.env._("%s days earlier", answer.early))
        if answer.refused:
            missing = self._quantity(answer.refused, answer.unit_id)
            said.append(self.env._("%s less", missing))
        return format_list(self.env, said)

    # === WHAT IS WRONG === #

    def _problem(self, code, answer, asked, unit):
        """Return what is wrong with an answer, and what to do.

        :param code: of ``engine.answer.problems``
        :param answer: ``engine.answer.Answer``
        :param asked: ``engine.answer.Asked``
        """
        given = sum(part.quantity for part in answer.parts) + answer.refused
        return {
            "nothing": self._problem_nothing,
            "negative": self._problem_negative,
            "step": self._problem_step,
            "past": self._problem_past,
            "far": self._problem_far,
            "many": self._problem_many,
            "sum": self._problem_sum,
            "reason": self._problem_reason,
        }[code](given, asked, unit)

    def _problem_nothing(self, _given, _asked, _unit):
        return self.env._("everything has been received; nothing is left to answer.")

    def _problem_negative(self, _given, _asked, _unit):
        return self.env._("a quantity is below zero. Write how much comes.")

    def _problem_step(self, _given, asked, unit):
        return self.env._(
            "quantities go in steps of %s. Round them.",
            self._quantity(asked.rounding, unit),
        )

    def _problem_past(self, _given, _asked, _unit):
        return self.env._(
            "a date has passed. Say the day on which it will really come."
        )

    def _problem_far(self, _given, _asked, _unit):
        return self.env._("a date is more than two years ahead. Look at the year.")

    def _problem_many(self, _given, _asked, _unit):
        return self.env._("one line can be split into 12 deliveries at most.")

    def _problem_sum(self, given, asked, unit):
        return self.env._(
            "%(given)s were answered, %(open)s are open. Give a day for the rest, or "
            "say that it does not come.",
            given=self._quantity(given, unit),
            open=self._quantity(asked.open, unit),
        )

    def _problem_reason(self, _given, _asked, _unit):
        return self.env._("say why, by choosing a reason, what does not come.")
