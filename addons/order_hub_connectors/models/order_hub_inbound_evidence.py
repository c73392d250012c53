from odoo import fields, models
from odoo.exceptions import UserError

from ..engine.evidence import (
    CHECKED,
    CUSTOMER,
    all_from_json,
    in_order,
    lowest,
    uncertain,
)
from ..engine.order import get_at


class OrderHubInbound(models.Model):
    """What was understood, and not just read: how sure it is, and from where.

    A value below the channel's limit that nobody has confirmed or corrected stops the
    order: a person is asked, once for each value.
    """

    _inherit = "order.hub.inbound"

    evidence = fields.Json(readonly=True, prefetch=False, copy=False)
    confidence = fields.Float(
        readonly=True,
        digits=(3, 2),
        aggregator="min",
        help="How sure the least certain value of the order is: 1 is beyond doubt. "
        "Only orders that were understood from words, pictures and sheets have one.",
    )

    # === STEPS === #

    def _parse(self, adapter, work):
        result = super()._parse(adapter, work)
        if adapter.understands and isinstance(work.document, dict):
            work.evidence = all_from_json(work.document.get("evidence"))
            work.document = work.document.get("order") or {}
        return result

    def _result(self, work, now):
        least = lowest(work.evidence)
        return {
            **super()._result(work, now),
            "evidence": {p: e.to_json() for p, e in work.evidence.items()} or None,
            "confidence": least,
        }

    def _check_complete(self, channel, work):
        self._check_certain(channel, work)
        return super()._check_complete(channel, work)

    def _doubt(self, work, kind, code, field, value=""):
        """Who the customer is, is asked once."""
        asked = {finding.field for finding in work.problems if finding.blocking}
        if field == "customer" and CUSTOMER in asked:
            return None
        return super()._doubt(work, kind, code, field, value)

    def _submit_change(self, channel, works):
        for work in works:
            self._check_certain(channel, work)
        return super()._submit_change(channel, works)

    def _check_certain(self, channel, work):
        """Ask a person about each value that is not certain enough."""
        if not work.evidence:
            return
        said = {finding.field for finding in work.problems if finding.blocking}
        for path in self._uncertain_paths(channel, work):
            if path not in said:
                self._ask_about(work, path)

    def _ask_about(self, work, path):
        """Have one value of a work looked at by a person."""
        found = work.evidence[path]
        work.problem(
            "submit",
            "unchecked" if path.endswith(f".{CHECKED}") else "uncertain",
            path,
            get_at(work.values, path),
            confidence=found.confidence,
            percent=round(found.confidence * 100),
            way=found.way,
            candidates=[
                {"id": row["value"], "name": row["label"]} for row in found.candidates
            ],
        )

    def _uncertain_paths(self, channel, work):
        """Return the paths of values that a person has still to look at."""
        answered = {*work.corrections, *work.found.get("answers", ())}
        return uncertain(work.evidence, channel.certain_from, answered)

    def _is_certain(self, channel, work):
        """Tell whether an order may be confirmed as it was understood."""
        return not self._uncertain_paths(channel, work)

    # === PEOPLE === #

    def confirm_understood(self, paths=None):
        """Say that values are right as they were understood, and replay.

        They are kept as a person's corrections, with who and when.

        :param paths: those that were looked at; left out: all that are uncertain
        :return: the state afterwards
        :raise UserError: nothing was understood, a path without evidence or a value
        """
        self.ensure_one()
        self._check_may_work()
        values = self._confirmed_values(paths)
        self.env["order.hub.inbound.correction"]._add(self, values)
        self.action_replay()
        return self.state

    def action_confirm_understood(self):
        """Confirm all that is uncertain (a button)."""
        self.confirm_understood()
        return True

    def _confirmed_values(self, paths):
        """Return ``{path: value as understood}`` of the paths to confirm."""
        row = self.sudo()
        evidence = all_from_json(row.evidence)
        asked = self._open_paths(evidence) if paths is None else paths
        if not isinstance(asked, list | tuple) or set(asked) - set(evidence):
            raise UserError(
                self.env._("Confirm values of the order that have been understood.")
            )
        values = {path: row._understood_value(path) for path in asked}
        missing = [p for p, value in values.items() if value in (None, False, "")]
        if missing and paths is not None:
            raise UserError(
                self.env._(
                    "There is no value to confirm for %s: enter it.",
                    ", ".join(map(self._place_words, missing)),
                )
            )
        return {path: value for path, value in values.items() if path not in missing}

    def _open_paths(self, evidence):
        """Return the uncertain paths that no correction has answered."""
        answered = self._corrections().get(self.id, {}) if self.id else {}
        return uncertain(evidence, self.channel_id.sudo().certain_from, answered)

    def _understood_value(self, path):
        """Return what is confirmed at a path; who it is, for a customer."""
        if path.endswith(f".{CHECKED}"):
            return True
        if path == CUSTOMER:
            return self.partner_id.id
        return get_at(self.values or {}, path)

    # === WORDS, SCREEN === #

    def screen(self):
        """Add ``evidence`` (by path), ``source`` and ``certain_from``.

        ``evidence[path]`` has ``confidence``, ``way``, ``source``, ``candidates`` and
        ``place``, ``way_label``, ``value``, ``is_open``, ``is_whole`` (no single
        value) beside what is kept.
        """
        row = self.sudo()
        evidence = all_from_json(row.evidence)
        open_paths = set(self._open_paths(evidence))
        labels = self._way_words()
        return {
            **super().screen(),
            "evidence": {
                path: {
                    **evidence[path].to_json(),
                    **self._evidence_words(path, evidence[path], labels),
                    "value": row._shown_value(path),
                    "is_open": path in open_paths,
                }
                for path in in_order(evidence)
            },
            "source": self._source_shown() if evidence else {},
            "certain_from": row.channel_id.certain_from,
        }

    def _evidence_words(self, path, found, labels):
        """Return what a row of the evidence is called, and how it was found.

        *I have looked* is no value that was found somehow: it is about the whole.
        """
        if path.endswith(f".{CHECKED}"):
            return {"place": self._whole_words(path), "way_label": "", "is_whole": True}
        return {
            "place": self._place_words(path),
            "way_label": labels.get(found.way, ""),
            "is_whole": False,
        }

    def _whole_words(self, path):
        if path.startswith("picture."):
            return self.env._("The Picture as a Whole")
        return self.env._("The Message as a Whole")

    def _shown_value(self, path):
        """Return a value of the order as a person reads it."""
        if path == CUSTOMER:
            return self.partner_id.display_name or ""
        value = self._understood_value(path)
        if value is None or value is True:
            return ""
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if path.endswith("_date") and isinstance(value, str):
            return value[:10]
        return value

    def _place_names_of_order(self):
        return {
            **super()._place_names_of_order(),
            "order": self.env._("Message"),
            "picture": self.env._("Picture"),
        }

    def _source_shown(self):
        """Return what a screen shows beside the values: ``{"kind", …}``.

        Kinds are those of :mod:`engine.evidence`; ``text`` has the ``text`` itself.
        """
        return {}

    def _way_words(self):
        """Return how a value can have been found, in words."""
        return {
            "code": self.env._("by its code"),
            "barcode": self.env._("by its barcode"),
            "alias": self.env._("by the customer's own name"),
            "history": self.env._("bought before"),
            "name": self.env._("by its name"),
            "fuzzy": self.env._("by a similar name"),
            "said": self.env._("said so"),
            "bound": self.env._("known sender"),
            "default": self.env._("nothing was said"),
            "previous": self.env._("said before in this talk"),
            "read": self.env._("read"),
            "sum": self.env._("calculated"),
            "guess": self.env._("a guess"),
        }

    def _inbound_words(self):
        words = super()._inbound_words()
        words["submit.uncertain"] = self.env._(
            "“%(value)s” is not certain (%(percent)s %%). Confirm it, or enter what "
            "is meant."
        )
        words["submit.unchecked"] = self.env._(
            "A person has to look at this before it becomes an order."
        )
        return words
