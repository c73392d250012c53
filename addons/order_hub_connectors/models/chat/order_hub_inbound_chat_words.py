from odoo import models


class OrderHubInbound(models.Model):
    """What is said about messages that were understood, in the reader's language."""

    _inherit = "order.hub.inbound"

    def _inbound_words(self):
        words = super()._inbound_words()
        words.update(self._chat_words())
        words.update(self._chat_problem_words())
        return words

    def _chat_words(self):
        return {
            "map.understood": self.env._(
                "Understood: %(lines)s lines, %(percent)s %% certain."
            ),
            "map.kept": self.env._("As understood before, with what people corrected."),
            "map.several": self.env._(
                "The message holds %(count)s orders: each has its own row."
            ),
            "map.question": self.env._("A question, no order."),
            "map.greeting": self.env._("A greeting, no order."),
            "map.no_order": self.env._("No order: nothing in it can be ordered."),
            "map.later": self.env._("Read after the message before it."),
            "map.goes_on": self.env._(
                "Goes on with message %(number)s, which is put aside: this one has "
                "all of it."
            ),
            "map.withdrawn": self.env._("Takes back message %(number)s."),
            "map.picture": self.env._("A picture: fetched and read by itself."),
            "customer.by_words": self.env._("The customer is known from the message."),
            "submit.approval_heard": self.env._(
                "An approval about order %(number)s: told to the system that listens "
                "to this channel."
            ),
            "submit.approval_asked": self.env._(
                "An approval that names no order in its title: its form is fetched."
            ),
        }

    def _chat_problem_words(self):
        return {
            "map.doubt": self.env._("%(reason)s"),
            "submit.approval_several": self.env._(
                "The approval names several orders (%(numbers)s). Say at each of them "
                "what became of it: a word of a system is about one order."
            ),
            "map.no_lines": self.env._(
                "Nothing was understood that can be ordered. Add the lines here, or "
                "put the message aside."
            ),
            "map.part_gone": self.env._(
                "The message no longer seems to hold this order. Look at the text, and "
                "add the lines here or put it aside."
            ),
            "map.not_text": self.env._(
                "This is no text (%(kind)s) and cannot be read here. Ask for the order "
                "in writing or as a picture, or enter it."
            ),
            "map.change_of_what": self.env._(
                "The message changes something, and no order of this chat is open. "
                "Find out which is meant."
            ),
            "map.cancel_of_what": self.env._(
                "The message takes something back, and no order of this chat is open. "
                "Find out which is meant."
            ),
            "map.withdraws": self.env._(
                "The message seems to take back the order that waits in this chat. If "
                "so, put both aside."
            ),
        }

    def _reason_words(self):
        return {
            **super()._reason_words(),
            **self._doubt_words(),
            **self._doubt_words_of_values(),
        }

    def _doubt_words(self):
        """Return ``{"why.doubt_<code>": sentence}`` about the message as a whole."""
        return {
            "why.doubt_unread": self.env._("Some words were not understood."),
            "why.doubt_extra_words": self.env._(
                "Words beside the product were not understood."
            ),
            "why.doubt_several_orders": self.env._("It seems to hold several orders."),
            "why.doubt_no_lines": self.env._("No product was found in it."),
            "why.doubt_long": self.env._("It is long: only the beginning was read."),
            "why.doubt_asks": self.env._("It asks for something: is it an order?"),
            "why.doubt_condition": self.env._("It depends on something: “if”."),
            "why.doubt_relay": self.env._("It is one of several orders in a relay."),
            "why.doubt_customers": self.env._("It holds orders of several customers."),
            "why.doubt_speakers": self.env._("Several people speak in it."),
            "why.doubt_question": self.env._("It may be a question, and no order."),
            "why.doubt_maybe": self.env._("It may be meant otherwise: “perhaps”."),
            "why.doubt_negates": self.env._("It may say that something is not wanted."),
            "why.doubt_past": self.env._("It may be about an earlier order."),
            "why.doubt_which_order": self.env._("Which order is meant is not clear."),
            "why.doubt_which_line": self.env._("Which line is meant is not clear."),
            "why.doubt_corrects": self.env._(
                "It corrects something, and what is not clear."
            ),
            "why.doubt_conflict": self.env._("It contradicts itself."),
            "why.doubt_customer": self.env._("For whom the order is is not clear."),
        }

    def _doubt_words_of_values(self):
        return {
            "why.doubt_repeated": self.env._(
                "A product is named twice: once more, or the same again?"
            ),
            "why.doubt_each": self.env._("A quantity is for several products each."),
            "why.doubt_quantity": self.env._("A quantity is not certain."),
            "why.doubt_no_quantity": self.env._("A product has no quantity."),
            "why.doubt_loose_quantity": self.env._("A number belongs to no product."),
            "why.doubt_approx": self.env._("A quantity is only about right."),
            "why.doubt_unit": self.env._("A unit does not fit its product."),
            "why.doubt_fuzzy_item": self.env._(
                "A product is only similar to what was said."
            ),
            "why.doubt_unknown_item": self.env._("A product is not known."),
            "why.doubt_ambiguous_item": self.env._("Several products can be meant."),
            "why.doubt_total": self.env._(
                "The total that is said is not the sum of the lines."
            ),
            "why.doubt_date_unsure": self.env._("The day is not certain."),
            "why.doubt_date_vague": self.env._("The day is only said vaguely."),
            "why.doubt_dates_differ": self.env._("Several days are named."),
        }
