from odoo import models
from odoo.exceptions import UserError

from ...adapters.base import Message
from ...engine.erp.difference import sort
from ...engine.erp.values import canonical, coded
from ...engine.system_report import MAX_REPORTS

#: Values of "is cancelled" that mean no.
NOT_CANCELLED = ("", "0", "false", "no", "none", "n")


class OrderHubErp(models.Model):
    """Taking in what a batch holds: whole orders become inbound orders."""

    _inherit = "order.hub.erp"

    def _take(self, run, table, plan, batch):
        """Take a batch in; what is known and the same costs nothing more.

        :param table: ``order.hub.erp.table``
        """
        Key = self.env["order.hub.erp.key"].sudo()
        keys = {row.key for row in (*batch.records, *batch.refused)}
        known = Key._known(table, keys)
        digests = {
            key: row.digest for key, row in known.items() if row.digest is not False
        }
        found = sort(batch.records, digests)
        take = getattr(self, f"_take_{table.role}")
        take(run, table, found, known)
        self._settle_again(found["same"], known)
        self._note_refused(table, batch.refused, known)
        run._count(
            read=len(batch.records) + len(batch.refused),
            new=len(found["new"]),
            changed=len(found["changed"]),
            same=len(found["same"]),
            refused=len(batch.refused),
        )

    def _settle_again(self, records, known):
        """What is whole again and was taken before needs no second look."""
        rows = self.env["order.hub.erp.key"].browse(
            [known[record.key].id for record in records]
        )
        rows.filtered(lambda row: row.state == "again").write(
            {"state": "known", "reason": False}
        )

    def _note_refused(self, table, refused, known):
        """Have orders that were not whole looked at again, by their keys."""
        if not refused:
            return
        Key = self.env["order.hub.erp.key"].sudo()
        rows = {
            row.key: {
                "state": "again",
                "reason": row.code,
                "raw_key": list(map(coded, row.raw_key)),
            }
            for row in refused
        }
        Key._put(table, rows, known)

    # === ORDERS === #

    def _take_order(self, run, table, found, known):
        """Hand whole orders over to the channel, new ones and changed ones."""
        if not self.channel_id:
            self._say_no_channel()
        ours = self._own_orders([*found["new"], *found["changed"]], known)
        kept, messages = {}, []
        for record in (*found["new"], *found["changed"]):
            key = known.get(record.key)
            order = ours.get(record.key)
            version = (key.version if key else 0) + 1
            base, values = self._merged(run, table, record, key)
            if not order:
                messages += self._messages(record, values, version, key)
            kept[record.key] = {
                **self._key_values(record, version),
                "base": base or None,
                "order_id": order or (key.order_id.id if key else None) or None,
            }
        if messages:
            self.env["order.hub.inbound"].sudo()._receive(self.channel_id, messages)
        self.env["order.hub.erp.key"].sudo()._put(table, kept, known)

    def _key_values(self, record, version):
        return {
            "number": str(record.values.get("external_ref") or "") or None,
            "raw_key": list(map(coded, record.raw_key)),
            "digest": record.digest,
            "version": version,
            "state": "known",
            "reason": None,
        }

    def _own_orders(self, records, known):
        """Return ``{key there: order id}`` of orders that came to the hub elsewhere.

        They were put in by the hub, or typed in there with the hub reference.
        """
        tied = {
            name: key.order_id
            for name, key in known.items()
            if key.order_id and key.order_id.hub_channel_id != self.channel_id
        }
        marks = self.table_ids.column_ids.filtered(lambda row: row.writes == "hub_ref")
        names = marks.mapped("column_name")
        refs = {record.key: self._ref_of(record, names) for record in records}
        orders = self.env["sale.order"].search(
            [
                ("hub_ref", "in", [ref for ref in refs.values() if ref]),
                ("company_id", "=", self.company_id.id),
                ("hub_channel_id", "!=", self.channel_id.id),
            ]
        )
        by_ref = orders.grouped("hub_ref")
        found = {name: by_ref.get(ref) or tied.get(name) for name, ref in refs.items()}
        return {name: order.id for name, order in found.items() if order}

    def _ref_of(self, record, names):
        """Return the hub reference that a row carries, if any.

        :param names: of columns that are written with it
        """
        carried = [record.columns.get(name) for name in names]
        return next(filter(None, [record.values.get("hub_ref"), *carried]), None)

    def _messages(self, record, values, version, key):
        """Return what the channel is told about one order.

        The version makes a change that is taken back a change of its own.
        """
        number = str(values["external_ref"])
        is_cancelled = self._is_cancelled(values.get("cancelled"))
        values = {k: v for k, v in values.items() if k not in ("cancelled", "hub_ref")}
        is_taken = bool(key and key.digest)
        if is_cancelled:
            if not is_taken:
                return []  # it was never an order here
            raw = canonical({"external_ref": number, "reason": self.name})
            return [Message("cancel", number, raw, version=f"{version:09d}")]
        kind = "change" if is_taken else "order"
        if is_taken:
            values["version"] = version
        return [Message(kind, number, canonical(values), version=f"{version:09d}")]

    def _is_cancelled(self, value):
        return str("" if value is None else value).lower() not in NOT_CANCELLED

    # === STATES === #

    def _take_status(self, run, table, found, known):
        """Tell the hub what the other system says of orders."""
        records = [*found["new"], *found["changed"]]
        refs = self._refs_by_number(records)
        reports = [
            self._report(record.values, refs)
            for record in records
            if record.values.get("word")
        ]
        if reports and self.system_id:
            Hub = self.env["order.hub.system"].sudo()
            for at in range(0, len(reports), MAX_REPORTS):
                Hub._hear(self.system_id, reports[at : at + MAX_REPORTS])
        kept = {
            record.key: {
                "number": str(record.values.get("external_ref") or "") or None,
                "raw_key": list(map(coded, record.raw_key)),
                "digest": record.digest,
                "version": (known[record.key].version if record.key in known else 0)
                + 1,
                "state": "known",
                "reason": None,
            }
            for record in records
        }
        self.env["order.hub.erp.key"].sudo()._put(table, kept, known)

    def _refs_by_number(self, records):
        """Return ``{number there: hub reference}`` of orders that are tied."""
        numbers = {str(record.values.get("external_ref") or "") for record in records}
        keys = (
            self.env["order.hub.erp.key"]
            .sudo()
            .search(
                [
                    ("erp_id", "=", self.id),
                    ("role", "=", "order"),
                    ("number", "in", list(numbers - {""})),
                    ("order_id", "!=", False),
                ]
            )
        )
        return {key.number: key.order_id.hub_ref for key in keys}

    def _report(self, values, refs):
        """Return what is said of an order; one that the hub put in by its reference."""
        names = ("hub_ref", "external_ref", "word", "at", "reference", "note")
        said = {"hub_ref": refs.get(str(values.get("external_ref"))), **values}
        return {n: str(said[n]) for n in names if said.get(n) not in (None, "", False)}

    def _check_system(self):
        """Have somebody who speaks where states are read.

        :raise UserError: states are read and nobody is named
        """
        if "status" in self.table_ids.mapped("role") and not self.system_id:
            raise UserError(
                self.env._(
                    "%s reads states: choose the system that it speaks as.", self.name
                )
            )
