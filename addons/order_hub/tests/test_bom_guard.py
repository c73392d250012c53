"""No path changes a released revision: paths are found by looking at the models."""

import psycopg2
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models.mrp_bom_guard import HARMLESS_FIELDS
from .bom_common import BomCommon
from .properties import given

ROWS = ("mrp.bom.line", "mrp.bom.byproduct", "mrp.routing.workcenter")
MODELS = ("mrp.bom", *ROWS)
#: Columns of the tables that say nothing about what is built.
SILENT = {"write_uid", "write_date", "message_main_attachment_id"}
#: How a path is refused; anything else is a mistake of the test or of the code.
REFUSALS = (UserError, psycopg2.Error)
#: Fields behind which the database itself may empty a column of a revision.
WATCHED = {
    ("mrp.bom", "product_id"),
    ("mrp.bom", "picking_type_id"),
    ("mrp.bom", "company_id"),
    ("mrp.bom", "hub_released_by_id"),
    ("mrp.bom.line", "operation_id"),
    ("mrp.bom.byproduct", "operation_id"),
}


class BomGuardCommon(BomCommon):
    """The board is released, with a row of every kind in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.attribute = cls.env["product.attribute"].create(
            {
                "name": "Colour",
                "value_ids": [
                    Command.create({"name": "Red"}),
                    Command.create({"name": "Blue"}),
                ],
            }
        )
        # the context of a product made alone makes no variants
        cls.template = cls.env["product.template"].browse(cls.board.product_tmpl_id.id)
        cls.template.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": cls.attribute.id,
                    "value_ids": [Command.set(cls.attribute.value_ids.ids)],
                }
            )
        ]
        cls.template.invalidate_recordset()
        cls.red, cls.blue = cls.template.product_variant_ids
        cls.ptav = cls.red.product_template_attribute_value_ids
        cls.bom.bom_line_ids[1].bom_product_template_attribute_value_ids = cls.ptav
        cls.bom.picking_type_id = cls.env["stock.picking.type"].search(
            [("code", "=", "mrp_operation"), ("company_id", "=", cls.company.id)],
            limit=1,
        )
        cls.gram = cls.env["uom.uom"].create({"name": "Gross", "relative_factor": 1.0})
        cls.grease = cls._product("Grease", 1.0, uom_id=cls.gram.id)
        cls.bom.bom_line_ids = [
            Command.create({"product_id": cls.grease.id, "product_uom_id": cls.gram.id})
        ]
        cls.variant_bom = cls._bom(
            cls.blue, [(cls.screw, 1.0)], product_id=cls.blue.id, sequence=50
        )
        cls.other = cls._bom(
            cls.screw,
            [(cls.scrap, 1.0)],
            operation_ids=[cls._operation("Cut", cls.line_center, 1.0, 1)],
            allow_operation_dependencies=True,
            byproduct_ids=[Command.create({"product_id": cls.resistor.id})],
        )
        (cls.bom | cls.variant_bom)._hub_release()
        cls.locked = cls.bom | cls.variant_bom
        cls.env.flush_all()

    # === WHAT IS STORED === #

    def _stored(self):
        """Return all rows of the released revisions as the database has them."""
        self.env.flush_all()
        stored = {}
        for model in MODELS:
            Model = self.env[model]
            column = "id" if model == "mrp.bom" else "bom_id"
            rows = self.env.execute_query_dict(
                SQL(
                    "SELECT * FROM %s WHERE %s = ANY(%s)",
                    SQL.identifier(Model._table),
                    SQL.identifier(column),
                    self.locked.ids,
                )
            )
            silent = SILENT | (HARMLESS_FIELDS if model == "mrp.bom" else set())
            for row in rows:
                kept = {name: row[name] for name in row if name not in silent}
                stored[model, row["id"]] = kept
            self._add_relations(Model, [row["id"] for row in rows], stored)
        return stored

    def _add_relations(self, Model, row_ids, stored):
        talk = self.env["mrp.bom"]._hub_talk_fields()
        for name, field in Model._fields.items():
            if field.type == "many2many" and field.store and name not in talk:
                pairs = self.env.execute_query(
                    SQL(
                        "SELECT %s, %s FROM %s WHERE %s = ANY(%s)",
                        SQL.identifier(field.column1),
                        SQL.identifier(field.column2),
                        SQL.identifier(field.relation),
                        SQL.identifier(field.column1),
                        row_ids,
                    )
                )
                stored[Model._name, name] = sorted(pairs)

    # === PATHS === #

    def _paths(self):
        """Return ``{name: function}``: everything that might change a revision."""
        paths = {}
        for model in MODELS:
            for name, field in self.env[model]._fields.items():
                if self._is_content(model, name, field):
                    paths[f"write {model}.{name}"] = self._writer(model, name)
        for model in ROWS:
            paths |= self._row_paths(model)
        paths |= self._inverse_paths()
        paths |= self._bom_paths()
        paths |= self._product_paths()
        return paths

    def _is_content(self, model, name, field):
        harmless = HARMLESS_FIELDS if model == "mrp.bom" else set()
        talk = self.env["mrp.bom"]._hub_talk_fields()
        return field.store and name not in talk | harmless | set(MAGIC_COLUMNS)

    def _rows(self, model):
        if model == "mrp.bom":
            return self.bom
        return self.env[model].search([("bom_id", "=", self.bom.id)], limit=1)

    def _writer(self, model, name):
        record = self._rows(model)
        return lambda: record.write({name: self._other_value(record, name)})

    def _other_value(self, record, name):
        """Return a value that the field does not have."""
        field, value = record._fields[name], record[name]
        if field.type in ("one2many", "many2many"):
            return [Command.clear()] if value else [Command.set(self._any(field).ids)]
        if field.type == "many2one":
            others = self._any(field).filtered(lambda other: other != value)
            return others[:1].id
        if field.type == "selection":
            return next(key for key in field.get_values(self.env) if key != value)
        if field.type in ("integer", "float"):
            return value + 1
        return {
            "boolean": not value,
            "char": "other",
            "text": "other",
            "html": "<p>other</p>",
            "date": "2031-01-01",
            "datetime": "2031-01-01 10:00:00",
            "binary": "b3RoZXI=",
            "json": {"other": 1},
        }[field.type]

    def _any(self, field):
        return self.env[field.comodel_name].search([], limit=2)

    def _row_paths(self, model):
        row = self._rows(model)
        Model = self.env[model]
        stranger = self.other[self._many(model)][:1]
        vals = self._new_row(model)
        return {
            f"unlink {model}": row.unlink,
            f"create {model}": lambda: Model.create({**vals, "bom_id": self.bom.id}),
            f"create {model} by default": lambda: Model.with_context(
                default_bom_id=self.bom.id
            ).create(vals),
            f"copy {model}": row.copy,
            f"copy a stranger of {model} into": lambda: stranger.copy(
                {"bom_id": self.bom.id}
            ),
            f"move {model} away": lambda: row.write({"bom_id": self.other.id}),
            f"move {model} in": lambda: stranger.write({"bom_id": self.bom.id}),
            f"take {model} with link": lambda: self.other.write(
                {self._many(model): [Command.link(row.id)]}
            ),
            f"take {model} with set": lambda: self.other.write(
                {self._many(model): [Command.set(row.ids)]}
            ),
            f"import {model}": lambda: self._load(model, row),
        }

    def _many(self, model):
        return {
            "mrp.bom.line": "bom_line_ids",
            "mrp.bom.byproduct": "byproduct_ids",
            "mrp.routing.workcenter": "operation_ids",
        }[model]

    def _new_row(self, model):
        if model == "mrp.routing.workcenter":
            return {"name": "New", "workcenter_id": self.line_center.id}
        return {"product_id": self.resistor.id, "product_qty": 1.0}

    def _load(self, model, row):
        result = self.env[model].load(
            [".id", "sequence"], [[str(row.id), str(row.sequence + 7)]]
        )
        if not result["ids"]:
            raise UserError(str(result["messages"]))

    def _inverse_paths(self):
        """Write every relation of other models that leads to rows of revisions."""
        paths = {}
        talk = self.env["mrp.bom"]._hub_talk_fields()
        for model, Model in self.env.registry.items():
            if Model._abstract or Model._transient or not Model._auto:
                continue
            for name, field in Model._fields.items():
                if field.type not in ("one2many", "many2many") or name in talk:
                    continue
                if field.comodel_name in MODELS and (field.store or field.inverse):
                    paths |= self._commands(model, name, field)
        return paths

    def _commands(self, model, name, field):
        rows = self._rows(field.comodel_name)
        inverse = getattr(field, "inverse_name", None)
        holder = rows[inverse] if inverse else self._any_of(model)
        if not holder or inverse == "res_id":
            return {}
        commands = {
            "delete": [Command.delete(rows.id)],
            "unlink": [Command.unlink(rows.id)],
            "clear": [Command.clear()],
            "update": [Command.update(rows.id, {"active": False, "product_qty": 9})],
        }
        if "product_qty" not in rows._fields:
            commands["update"] = [Command.update(rows.id, {"sequence": 99})]
        elif "active" not in rows._fields:
            commands["update"] = [Command.update(rows.id, {"product_qty": 9})]
        return {
            f"{kind} {model}.{name}": lambda command=command: holder.write(
                {name: command}
            )
            for kind, command in commands.items()
        }

    def _any_of(self, model):
        return self.env[model].search([], limit=1)

    def _bom_paths(self):
        cut = self.other.operation_ids
        return {
            "unlink": self.bom.unlink,
            "archive": self.bom.action_archive,
            "unarchive": self.bom.action_unarchive,
            "archive operation": self.solder.action_archive,
            "import": lambda: self._load("mrp.bom", self.bom),
            "needed by, from the other side": lambda: cut.write(
                {"needed_by_operation_ids": [Command.link(self.solder.id)]}
            ),
            "blocked by, from the other side": lambda: self.solder.write(
                {"blocked_by_operation_ids": [Command.link(cut.id)]}
            ),
            "free the next operation": lambda: self.solder.write(
                {"needed_by_operation_ids": [Command.clear()]}
            ),
            "catalog": lambda: self.bom._update_order_line_info(
                self.screw.id, 9, child_field="bom_line_ids"
            ),
            "days to prepare": lambda: self.bom.write({"days_to_prepare_mo": 9}),
            "copy operations into": lambda: cut.with_context(
                bom_id=self.bom.id
            ).copy_to_bom(),
            "take content": lambda: self.bom._hub_take(
                self.tree._own(self.other)[self.other.id]
            ),
            "hand back to draft": lambda: self.bom.write(
                {"hub_revision_state": "draft"}
            ),
        }

    def _product_paths(self):
        line = self.template.attribute_line_ids
        kilogram = self.env.ref("uom.product_uom_kgm")
        return {
            "unit of a component": lambda: self.screw.product_tmpl_id.write(
                {"uom_id": kilogram.id}
            ),
            "unit of the product": lambda: self.template.write({"uom_id": kilogram.id}),
            "size of a unit": lambda: self.gram.write({"relative_factor": 144.0}),
            "unlink variant": self.blue.unlink,
            "archive variant": lambda: self.blue.write({"active": False}),
            "archive variant by action": self.blue.action_archive,
            "archive product": lambda: self.template.write({"active": False}),
            "archive product by action": self.template.action_archive,
            "unlink product": self.template.unlink,
            "unlink component": self.screw.unlink,
            "drop attribute": line.unlink,
            "drop attribute by command": lambda: self.template.write(
                {"attribute_line_ids": [Command.clear()]}
            ),
            "drop a value": lambda: line.write(
                {"value_ids": [Command.unlink(self.attribute.value_ids[1].id)]}
            ),
            "replace the attribute": lambda: self.template.write(
                {
                    "attribute_line_ids": [
                        Command.update(
                            line.id,
                            {
                                "value_ids": [
                                    Command.set(self.attribute.value_ids[:1].ids)
                                ]
                            },
                        )
                    ]
                }
            ),
            "unlink value": self.ptav.unlink,
            "other values for a variant": lambda: self.red.write(
                {"product_template_attribute_value_ids": [Command.clear()]}
            ),
            "unlink operation type": self.bom.picking_type_id.unlink,
            "unlink work center": self.line_center.unlink,
            "unlink unit": self.gram.unlink,
        }

    def _try(self, path):
        """Walk a path; return whether it was refused, undo it in any case."""
        refused = None
        savepoint = self.env.cr.savepoint(flush=True)
        try:
            path()
            self.env.flush_all()
            after = self._stored()
        except Exception as error:  # noqa: BLE001 - any refusal is one
            refused = error
            after = None
        finally:
            savepoint.rollback()
            savepoint.close()
            self.env.invalidate_all()
        return refused, after


@tagged("post_install", "-at_install")
class TestBomGuard(BomGuardCommon):
    @mute_logger("odoo.sql_db", "odoo.models.unlink")
    def test_no_path_changes_a_released_revision(self):
        before, paths = self._stored(), self._paths()
        self.assertGreater(len(paths), 120)
        for name, path in paths.items():
            with self.subTest(path=name):
                refused, after = self._try(path)
                if refused is None:
                    self.assertEqual(after, before)
                else:
                    self.assertIsInstance(refused, REFUSALS)
        self.assertEqual(self._stored(), before)

    @mute_logger("odoo.sql_db", "odoo.models.unlink")
    def test_what_writes_a_revision_is_told_why_not(self):
        for name, path in self._paths().items():
            if name.startswith("write "):
                with self.subTest(path=name):
                    refused, _after = self._try(path)
                    self.assertIsInstance(refused, UserError)

    @mute_logger("odoo.sql_db", "odoo.models.unlink")
    def test_one_path_after_the_other_changes_nothing(self):
        before, paths = self._stored(), self._paths()

        @given(st.lists(st.sampled_from(sorted(paths)), min_size=2, max_size=4))
        def walk(names):
            def together():
                for name in names:
                    try:
                        with self.env.cr.savepoint():
                            paths[name]()
                            self.env.flush_all()
                    except Exception:  # noqa: BLE001 - refused: go on with the next
                        self.env.invalidate_all()

            _refused, after = self._try(together)
            self.assertEqual(after, before, names)

        walk()

    @mute_logger("odoo.sql_db", "odoo.models.unlink")
    def test_superseded_revisions_are_kept_the_same(self):
        draft = self.bom._hub_new_revision()
        draft._hub_release()
        self.assertEqual(self.bom.hub_revision_state, "superseded")
        before = self._stored()
        for name, path in self._paths().items():
            with self.subTest(path=name):
                refused, after = self._try(path)
                if refused is None:
                    self.assertEqual(after, before)

    def test_columns_that_the_database_empties_are_watched(self):
        found = {
            (model, name)
            for model in MODELS
            for name, field in self.env[model]._fields.items()
            if field.type == "many2one" and field.store and name not in MAGIC_COLUMNS
            if field.ondelete == "set null" and name != "message_main_attachment_id"
            if not field.related
        }
        self.assertLessEqual(found, WATCHED)

    def test_what_may_change_still_may(self):
        self.bom.write({"sequence": 3})
        self.bom.message_post(body="Looks good")
        self.bom.message_subscribe(self.manager.partner_id.ids)
        self.solder.message_post(body="Mind the temperature")
        self.solder.activity_schedule("mail.mail_activity_data_todo")
        copy = self.bom.copy()
        self.assertEqual(copy.hub_revision_state, "draft")
        copy.bom_line_ids[0].product_qty = 7
        self.assertEqual(copy.hub_revision_ids, copy)

    def test_a_product_whose_revisions_are_superseded_is_archived_without_them(self):
        self.locked.action_hub_retire()
        before = self._stored()
        self.template.action_archive()
        self.assertFalse(self.template.active)
        self.assertEqual(self._stored(), before)

    def test_the_message_says_what_and_what_to_do(self):
        with self.assertRaisesRegex(UserError, "rev. A is released.*New Revision"):
            self.bom.bom_line_ids[0].product_qty = 9

    def test_many_rows_are_checked_with_the_queries_of_one(self):
        parts = [(self._product(f"R{n}", 1.0), 1.0) for n in range(50)]
        bom = self._bom(self._product("Big", 0.0), parts)
        lines = self.env["mrp.bom.line"].browse(bom.bom_line_ids.ids)
        counts = []
        for some in (lines[:1], lines):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.bom_id._hub_refuse_change()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
