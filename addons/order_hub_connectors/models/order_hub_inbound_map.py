from odoo import models

from ..engine.mapping import resolve


class OrderHubInbound(models.Model):
    """Step 2: the platform's tree becomes the order as we know it."""

    _inherit = "order.hub.inbound"

    def _step_map(self, channel, works):
        mapping = channel._mapping()
        if not mapping:
            return super()._step_map(channel, works)
        compiled = mapping._compiled()
        batch = [compiled.map(work.document) for work in works]
        resolve(batch, self.env["order.hub.mapping"]._finder(channel))
        for work, mapped in zip(works, batch, strict=True):
            work.values = mapped.values
            self._note_mapped(mapping, work, mapped)
        self._clean(works)
        return None

    def _note_mapped(self, mapping, work, mapped):
        lines = mapped.values.get("lines") or ()
        work.note("map", "mapped", mapping=mapping.name, lines=len(lines))
        for trouble in mapped.troubles:
            if trouble.field in work.corrections:
                continue
            work.problem(
                "map",
                trouble.code,
                trouble.field,
                trouble.value,
                blocking=trouble.is_blocking,
                source=trouble.source,
                **trouble.figures,
            )

    def _inbound_words(self):
        words = super()._inbound_words()
        words.update(self._mapping_words())
        return words

    def _mapping_words(self):
        """Return what can be wrong with a value, and what to do."""
        return {
            "map.mapped": self.env._("By “%(mapping)s”: %(lines)s lines."),
            "map.missing": self.env._(
                "The payload has nothing at “%(source)s”, and the order needs it. "
                "Correct it here; if the platform sends it elsewhere, change the "
                "mapping."
            ),
            "map.not_number": self.env._(
                "“%(value)s” at “%(source)s” is no number. Correct it here, or say "
                "in the mapping how its numbers are written."
            ),
            "map.too_large": self.env._(
                "“%(value)s” at “%(source)s” is larger than any order."
            ),
            "map.not_date": self.env._(
                "“%(value)s” at “%(source)s” cannot be read as a date in one way "
                "only. Correct it here, or give the mapping its format, for example "
                "%%d/%%m/%%Y."
            ),
            "map.unknown_value": self.env._(
                "“%(value)s” at “%(source)s” is a word the mapping does not know. "
                "Known are: %(known)s. Add it there, or a row “* = …” for all others."
            ),
            "map.no_match": self.env._(
                "“%(value)s” at “%(source)s” does not fit the pattern %(pattern)s."
            ),
            "map.text_long": self.env._(
                "The text at “%(source)s” has more than the %(limit)s characters that "
                "its pattern may search. Make the pattern simpler: fewer repeats, or "
                "begin it with ^."
            ),
            "map.not_found": self.env._(
                "“%(value)s” at “%(source)s” is not in %(table)s, or there twice. Add "
                "it there, or give the look-up a default."
            ),
            "map.not_single": self.env._(
                "At “%(source)s” there are several values %(value)s. Name one of "
                "them, for example with [0], or join them."
            ),
            "map.too_much": self.env._(
                "“%(source)s” makes too much of this payload. Make the path simpler."
            ),
            "map.too_many_lines": self.env._(
                "%(count)s lines; at most %(limit)s are taken. Split the order."
            ),
        }
