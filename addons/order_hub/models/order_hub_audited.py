from odoo import api, models


class OrderHubAudited(models.AbstractModel):
    """Keeps the differences of a white list of fields, one INSERT a batch.

    A model that inherits it says which fields (``_hub_audited_fields``), from
    when on (``_hub_is_accepted``) and for which order and line
    (``_hub_change_row``).
    """

    _name = "order.hub.audited"
    _description = "Fields Whose Changes Are Kept"

    @api.model
    def _hub_audited_fields(self):
        """Return the names of the fields whose changes are kept."""
        return ()

    def _hub_is_accepted(self):
        """Tell whether changes of this record are kept by now."""
        return False

    def _hub_change_row(self, name, old, new, line=None):
        """Return the row of ``order.hub.change`` for one difference."""
        raise NotImplementedError

    def _hub_snapshot(self, vals):
        """Return ``{id: {field: words}}`` of what vals is about to change."""
        names = [name for name in self._hub_audited_fields() if name in vals]
        if not names:
            return {}
        accepted = self.filtered(lambda record: record._hub_is_accepted())
        return {
            record.id: {name: record._hub_words(name) for name in names}
            for record in accepted
        }

    def _hub_log_changes(self, before):
        """Keep the differences to a snapshot."""
        rows = []
        for record in self.browse(before):
            for name, old in before[record.id].items():
                new = record._hub_words(name)
                if new != old:
                    rows.append(record._hub_change_row(name, old, new))
        self.env["order.hub.change"].sudo()._append(rows)

    def _hub_words(self, name):
        """Return the value of a field as a reader would write it, at most 250 long."""
        field, value = self._fields[name], self[name]
        if field.relational:
            text = ", ".join(value.sudo().mapped("display_name"))
        elif field.type in ("boolean", "integer", "float", "monetary"):
            text = f"{value:g}" if field.type != "boolean" else str(value)
        else:
            text = str(value or "")
        return text[:250]
