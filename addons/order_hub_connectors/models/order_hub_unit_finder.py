from odoo import api, models
from odoo.tools import SQL

from ..engine.units import measure, names_pack, pack_words, plain


class OrderHubUnitFinder(models.AbstractModel):
    """Units of measure from the words that channels and people use."""

    _name = "order.hub.unit.finder"
    _description = "Finder of Units"

    @api.model
    def _names(self):
        """Return ``{unit id: its names in every language}``, one query."""
        self.env["uom.uom"].flush_model(["name", "active"])
        rows = self.env.execute_query(SQL("SELECT id, name FROM uom_uom WHERE active"))
        return {unit: {plain(text) for text in name.values()} for unit, name in rows}

    @api.model
    def _find(self, product, text, names):
        """Return the unit a word means for a product.

        The product's own units come first (its unit and its packagings, by name),
        then measures that convert to its unit, then its packaging of that kind.

        :param names: of :meth:`_names`
        :return: ``uom.uom`` and an empty text, or an empty one and what is wrong:
            ``unit_differs``, ``unit_several``, ``unit_unknown``
        """
        own = product.uom_id
        mine = own | product.uom_ids
        word = plain(text)
        named = mine.filtered(lambda unit: word in names.get(unit.id, ()))
        if named:
            return named[0], ""
        if measure(word):
            return self._measured(own, measure(word), names)
        return self._packed(mine, word, names)

    def _measured(self, own, xmlid, names):
        if any(measure(name) == xmlid for name in names.get(own.id, ())):
            return own, ""
        Unit = self.env["uom.uom"]
        unit = Unit.browse(self.env["ir.model.data"]._xmlid_to_res_id(xmlid) or [])
        if unit and own._has_common_reference(unit):
            return unit, ""
        return Unit, "unit_differs"

    def _packed(self, mine, word, names):
        """Return the one packaging of the product that a word for packs means."""
        words = pack_words(word) or frozenset([word])
        packs = mine.filtered(
            lambda unit: any(names_pack(name, words) for name in names.get(unit.id, ()))
        )
        if len(packs) == 1:
            return packs, ""
        return packs.browse(), "unit_several" if packs else "unit_unknown"
