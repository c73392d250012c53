from odoo import api, models

#: What programs get of a line; the rest is laid out for people.
ROW = ("key", "parent", "kind", "name", "state", "is_late", "days_late", "is_blocking")


class OrderHubApi(models.AbstractModel):
    """The documents behind an order, for programs."""

    _inherit = "order.hub.api"

    @api.model
    def order_chain(self, hub_ref=None, channel=None, external_ref=None):
        """Say which documents an order hangs on, and who waits for whom.

        :param str hub_ref: as printed; or ``channel`` and ``external_ref``
        :return: ``{"ok": True, "hub_ref", "waits_for", "documents": [{"key",
            "parent", "kind", "name", "state", "state_label", "planned", "needed",
            "expected", "is_late", "days_late", "is_blocking"}]}``: the tree from the
            order down, without prices; moments in UTC, texts in the caller's language
        """
        return self._answer(
            lambda: self._document_chain(
                self._find_order(hub_ref, channel, external_ref)
            )
        )

    def _document_chain(self, order):
        utc = order.with_context(tz="UTC")
        [view] = utc._hub_chains().values()
        words = utc._hub_chain_words(view)
        timing = view.chain.timing()
        return {
            "hub_ref": order.hub_ref,
            "waits_for": words["waits_for"],
            "documents": [
                self._document_row(
                    row, view.chain.nodes[row["key"]], timing[row["key"]]
                )
                for row in words["rows"]
            ],
        }

    def _document_row(self, row, node, times):
        expected = times.ready if row["expected"] else None
        return {
            **{name: row[name] for name in ROW},
            "state_label": row["state_label"],
            "planned": self._iso(node.ends or node.starts),
            "needed": self._iso(times.needed) if row["needed"] else "",
            "expected": self._iso(expected),
        }
