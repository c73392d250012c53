import unicodedata

from odoo import api, fields, models

from odoo.addons.order_hub.const import MILESTONES


class OrderHubSystemWord(models.Model):
    """A word that a system uses for a state, and the milestone it stands for.

    A word that nobody mapped is added without one as soon as it is heard.
    """

    _name = "order.hub.system.word"
    _description = "Word of Another System"
    _order = "system_id, sequence, id"
    _rec_name = "word"

    system_id = fields.Many2one(
        "order.hub.system", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="system_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    word = fields.Char(required=True)
    key = fields.Char(compute="_compute_key", store=True)
    milestone = fields.Selection(
        selection="_milestones",
        help="What the word means. Empty: not mapped yet, it is shown and compared "
        "with nothing.",
    )

    _key_uniq = models.UniqueIndex(
        "(system_id, key)", "The system has this word already."
    )

    @api.model
    def _milestones(self):
        """Return the milestones in the reader's words, and what is none of them."""
        field = self.env["sale.order"]._fields["hub_milestone"]
        labels = dict(field._description_selection(self.env))
        rows = [(code, labels.get(code, label)) for code, label in MILESTONES]
        return [*rows, ("refused", self.env._("Refused"))]

    @api.depends("word")
    def _compute_key(self):
        for row in self:
            row.key = self._key(row.word)

    @api.model
    def _key(self, word):
        """Return what two spellings of a word have in common."""
        text = unicodedata.normalize("NFKC", word or "")
        return " ".join(text.split()).casefold()

    @api.model_create_multi
    def create(self, vals_list):
        words = super().create(vals_list)
        words._meaning_changed()
        return words

    def write(self, vals):
        result = super().write(vals)
        if {"milestone", "word"} & set(vals):
            self._meaning_changed()
        return result

    def unlink(self):
        systems = self.system_id
        result = super().unlink()
        systems._words_changed()
        return result

    def _meaning_changed(self):
        self.system_id._words_changed()
