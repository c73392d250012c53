from collections import Counter
from dataclasses import replace

from odoo import models

from ..engine import digest as digests
from ..engine.robots.text import literal

#: Where a warning, and all of them, are opened.
ONE_URL = "%s/mail/view?model=order.hub.warning&res_id=%s"
ALL_URL = "%s/odoo/action-order_hub_alerts.order_hub_warning_action"


class OrderHubMessage(models.Model):
    """What messages say, in the language of their readers."""

    _inherit = "order.hub.message"

    def _lang_of(self, users):
        """Return the language that most of some people read."""
        langs = Counter(user.lang for user in users if user.lang)
        return langs.most_common(1)[0][0] if langs else self.env.lang

    def _rules_of(self, rows):
        """Return the rules that messages are about; some may be gone by now.

        :param rows: ``engine.digest.Digest``
        """
        ids = {section.rule for row in rows for section in row.sections}
        return self.env["order.hub.warning.rule"].sudo().browse(ids).exists()

    def _words_of(self, row, lang, rules):
        """Return subject and body (markdown) of a message.

        :param row: ``engine.digest.Digest``
        :param rules: of :meth:`_rules_of`, for all messages of one moment
        """
        there = self.with_context(lang=lang)
        known = {rule.id: rule for rule in rules.with_context(lang=lang)}
        named = replace(
            row,
            sections=tuple(_named(section, known) for section in row.sections),
        )
        subject, body = digests.render(named, there._digest_words())
        return subject, "\n".join(filter(None, (body, there._what_to_do(row, known))))

    def _what_to_do(self, row, rules):
        """Return the advice for one warning, and where to see more."""
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        if not row.is_single:
            words = self.env._("Open the warnings")
            return f"[{words}]({ALL_URL % base})"
        words = self.env._("Open the warning")
        link = f"[{words}]({ONE_URL % (base, row.ids[0])})"
        rule = rules.get(row.sections[0].rule)
        advice = literal(rule.advice or "") if rule else ""
        return f"> {advice}\n{link}" if advice else link

    def _digest_words(self):
        """Return the words of digests (``engine.digest.Words``)."""
        return digests.Words(
            title=self.env._("%(count)s warnings: %(rules)s"),
            one=self.env._("%(severity)s: %(rule)s"),
            section=self.env._("**%(rule)s**: %(count)s (%(severities)s)"),
            more=self.env._("… and %(count)s more"),
            shared=self.env._(
                "For %(people)s people. Each finds his own in the warning centre."
            ),
            severities={
                "critical": self.env._("critical"),
                "warning": self.env._("warning"),
                "info": self.env._("information"),
            },
        )


def _named(section, rules):
    """Return what is said about a rule, with its name in the readers' language."""
    rule = rules.get(section.rule)
    return replace(section, name=rule.name) if rule else section
