from odoo import api, models


class _Figures(dict):
    """Figures of a finding; what an older version did not keep shows as a dash."""

    def __missing__(self, key):
        return "–"


class OrderHubInbound(models.Model):
    """Findings put into words, in the reader's language."""

    _inherit = "order.hub.inbound"

    @api.model
    def _inbound_words(self):
        """Return ``{"<step>.<code>": sentence}``; every step adds its own."""
        return {
            **self._reason_words(),
            "parse.read": self.env._("Read %(size)s bytes."),
            "parse.unreadable": self.env._("Cannot be read: %(reason)s"),
            "parse.no_adapter": self.env._(
                "The channel has no adapter. Choose one on the channel."
            ),
            "map.invalid": self.env._("This value cannot be used: %(reason)s"),
            "map.required": self.env._("This is missing. The order needs it."),
            "map.unknown_field": self.env._("The hub knows no such field."),
            "map.too_many": self.env._("More than the hub takes: %(reason)s"),
            "map.type": self.env._("Not in the form of an order: %(reason)s"),
            "map.no_place": self.env._(
                "A correction names a field that the order has not: %(path)s."
            ),
            "map.amounts": self.env._(
                "%(quantity)s × %(price)s is %(computed)s, the channel says %(amount)s."
            ),
            "submit.made": self.env._("Order %(name)s, hub reference %(hub_ref)s."),
            "submit.known": self.env._("The hub has this order: %(name)s."),
            "submit.confirmed": self.env._("Confirmed."),
            "submit.refused": self.env._("Refused by the hub: %(reason)s"),
            "submit.no_product": self.env._(
                "No product is known for “%(value)s”. Choose one, or add the code to "
                "the channel's products."
            ),
            "submit.no_customer": self.env._(
                "The order names no customer. Choose one, or give the channel a "
                "customer for such orders."
            ),
            "submit.no_kind": self.env._("Nothing is done with messages of this kind."),
        }

    @api.model
    def _reason_words(self):
        """Return ``{"why.<code>": sentence}`` of what no adapter can read; others
        are told in the adapter's own words."""
        return {
            "why.empty": self.env._("it is empty."),
            "why.wrong_encoding": self.env._(
                "it is not UTF-8. Ask the sender to send UTF-8."
            ),
            "why.not_json": self.env._(
                "it is not JSON, or ends too early. Ask the sender to send it again."
            ),
            "why.not_xml": self.env._(
                "it is not XML, or ends too early. Ask the sender to send it again."
            ),
            "why.no_orders": self.env._("there is no list of orders in it."),
        }

    @api.model
    def _in_words(self, words, step, code, figures=None, value=""):
        """Return one finding as a sentence.

        :param words: :meth:`_inbound_words`, asked once for many findings
        """
        sentence = words.get(f"{step}.{code}")
        if not sentence:
            return f"{step}: {code}"
        figures = {"value": value or "", **(figures or {})}
        reason = words.get(f"why.{figures.get('why')}")
        if reason:
            figures["reason"] = reason
        return sentence % _Figures(figures)

    def trace_words(self):
        """Return what each step did, in the user's language.

        :return: ``[{"step", "label", "ms", "state": "idle"|"ok"|"doubt"|"stop",
            "findings": [{"message", "field", "place", "value", "is_problem",
            "blocking", "figures", "code"}]}]`` of one record; steps not reached are
            left out
        """
        self.ensure_one()
        self.check_access("read")
        words = self._inbound_words()
        selection = self._fields["step"]._description_selection(self.env)
        labels = dict(selection)
        return [self._step_words(words, labels, row) for row in self.sudo().trace or []]

    def _step_words(self, words, labels, row):
        findings = [
            {
                "message": self._in_words(
                    words, row["step"], f["code"], f.get("figures"), f.get("value")
                ),
                "place": self._place_words(f.get("field")),
                **{"field": "", "value": "", "is_problem": False, "blocking": False},
                **f,
            }
            for f in row["findings"]
        ]
        return {
            "step": row["step"],
            "label": labels.get(row["step"], row["step"]),
            "ms": row["ms"],
            "state": self._step_state(findings),
            "findings": findings,
        }

    def _step_state(self, findings):
        if not findings:
            return "idle"
        if any(finding["blocking"] for finding in findings):
            return "stop"
        return "doubt" if any(f["is_problem"] for f in findings) else "ok"
