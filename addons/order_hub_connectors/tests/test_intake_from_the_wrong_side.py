"""Attacks on intake by people who are logged in, and by others.

Every test is one way round the rules that somebody tried; the names say what the
product promises instead.
"""

import base64
import inspect

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged

from .common import PaperShop
from .refusals import Samples

ADDON = "odoo.addons.order_hub_connectors."
#: Models without a rule of their own, and why they need none.
NO_RULE = {
    "order.hub.sku.resolve": "a form: each person sees their own",
    "order.hub.sku.resolve.line": "a form: each person sees their own",
    "order.hub.duty.trial": "a form: each person sees their own",
    "order.hub.duty.import": "a form: each person sees their own",
    "order.hub.mapping.trial": "a form: each person sees their own",
    "order.hub.mapping.compare": "a form: each person sees their own",
    "order.hub.file.upload": "a form: each person sees their own",
    "order.hub.chat.paste": "a form: each person sees their own",
    "order.hub.system.keep": "a form: each person sees their own",
    "order.hub.history.correct": "a form: each person sees their own",
    "order.hub.history.assign": "a form: each person sees their own",
    "order.hub.history.upload": "a form: each person sees their own",
}
#: Public methods that change or tell nothing by themselves: they open a list or a
#: form, which checks what its reader may see.
OPENERS = {
    "action_view_order",
    "action_view_inbound",
    "action_view_outbox",
    "action_view_mapping",
    "action_view_channel_products",
    "action_view_unknown_skus",
    "action_view_duplicates",
    "action_view_channels",
    "action_view_rates",
    "action_view_open",
    "action_import",
    "action_try",
    "action_compare",
    "action_open",
    "action_view_picture",
    "action_view_files",
    "action_view_states",
    "action_hub_history_rows",
}
#: What people may do with a model as the ORM lets them: rights and rules decide.
ORM = {"create", "write", "unlink", "copy", "copy_data", "init", "fields_get"}
#: What tells everybody of their own company, and nothing of another one.
OWN_COMPANY = {"monitor_data", "look_up_rows"}
#: Arguments of methods that take some.
ARGUMENTS = {
    "correct": [{"note": "mine"}],
    "correct_address": [{"city": "Wuxi"}],
    "choose_customer": [1],
    "receive_pictures": [[{"name": "x.png", "data": ""}]],
    "choose_target": [0, 0, "number"],
    "assign_customer": [1],
    "look_up_rows": ["2019"],
    "hear": ["ours", []],
    "keep_ours": ["I say so myself"],
    "message_new": [{"email_from": "x@x.example.com", "body": "ZXJ-0123 * 5 pcs"}],
}


@tagged("post_install", "-at_install")
class TestIntakeFromTheWrongSide(Samples):
    """Salespeople, customers, other companies, visitors."""

    def _models(self):
        """Return the models that this add-on brings."""
        for name, model in sorted(self.registry.items()):
            if model._original_module == "order_hub_connectors":
                yield name, model

    def _public_methods(self):
        """Return ``{model: names}`` of methods of this add-on that RPC may call."""
        found = {}
        for name, model in self.registry.items():
            for attribute in dir(model):
                if attribute.startswith("_") or attribute in ORM:
                    continue
                owner = next(k for k in model.mro() if attribute in vars(k))
                value = inspect.getattr_static(model, attribute)
                if owner.__module__.startswith(ADDON) and inspect.isfunction(value):
                    found.setdefault(name, set()).add(attribute)
        return found

    def _ours(self, name):
        """Return records of our company, as superuser."""
        model = self.env[name].sudo()
        if "company_id" in model._fields:
            return model.search([("company_id", "=", self.company.id)], limit=3)
        return model.search([], limit=3)

    # === RIGHTS === #

    def test_every_model_has_rights_and_a_rule_of_the_company(self):
        for name, model in self._models():
            if model._abstract:
                continue
            rights = self.env["ir.model.access"].search([("model_id.model", "=", name)])
            self.assertTrue(rights, f"{name} has no rights")
            self.assertTrue(all(rights.mapped("group_id")), f"{name} is open to all")
            rules = self.env["ir.rule"].search([("model_id.model", "=", name)])
            of_company = rules.filtered(
                lambda r: not r.groups and "company" in (r.domain_force or "")
            )
            if name in NO_RULE:
                self.assertTrue(model._transient, name)
            else:
                self.assertTrue(of_company, f"{name} has no rule of the company")

    def test_customers_visitors_and_strangers_read_nothing(self):
        for name, model in self._models():
            if model._abstract:
                continue
            for user in (self.portal, self.public, self.stranger):
                with self.subTest(f"{name} by {user.login}"):
                    records = self.env[name].with_user(user)
                    for right in ("read", "write", "create", "unlink"):
                        self.assertFalse(records.has_access(right))
                    with self.assertRaises(AccessError):
                        records.search([])

    def test_another_company_sees_nothing_of_ours(self):
        seen = 0
        for name, model in self._models():
            if model._abstract or model._transient:
                continue
            ours = self._ours(name)
            if name in ("order.hub.mapping.line", "order.hub.mapping.rows"):
                continue  # Those that ship belong to everybody.
            theirs = ours.with_user(self.foreign)
            with self.subTest(name):
                seen += bool(ours)
                found = self.env[name].with_user(self.foreign).search([])
                self.assertFalse(found & theirs)
                if ours:
                    field = "display_name" if model._auto else "sku"
                    with self.assertRaises(AccessError):
                        theirs.read([field])
        self.assertGreater(seen, 12)
        with self.assertRaises(AccessError):
            self.channel.with_user(self.foreign).write({"name": "Mine"})
        monitor = self.env["order.hub.intake.monitor"].with_user(self.foreign)
        self.assertNotIn(self.channel.name, str(monitor.monitor_data()))

    # === METHODS CALLED DIRECTLY === #

    def test_every_public_method_has_a_gate(self):
        """Called by the server's own door for RPC, on a record of ours."""
        for name, methods in sorted(self._public_methods().items()):
            records = self._target(name)
            for method in sorted(methods - OPENERS):
                if method.startswith("is_"):
                    continue
                for user in (self.portal, self.public, self.stranger, self.foreign):
                    if user == self.foreign and method in OWN_COMPANY:
                        continue  # They see their own company, and nothing of ours.
                    with self.subTest(f"{name}.{method} by {user.login}"):
                        self._assert_refused(name, method, records, user)

    def test_salespeople_do_nothing_that_operators_do(self):
        order = self._order(user=self.sales)
        self.sample.sudo().order_id = order
        for name, methods in sorted(self._public_methods().items()):
            if name in ("sale.order", "order.hub.duty.trial"):
                continue
            records = self._target(name)
            for method in sorted(methods - OPENERS - {"screen", "trace_words"}):
                with self.subTest(f"{name}.{method}"):
                    self._assert_refused(name, method, records, self.sales)

    def _target(self, name):
        """Return records to call a method on."""
        if name == "order.hub.inbound":
            return self.sample
        if name == "order.hub.channel":
            return self.channel
        if name == "sale.order":
            return self._order(user=self.supervisor)
        if self.env[name]._abstract:
            return self.env[name]
        return self._ours(name)[:1]

    def _assert_refused(self, name, method, records, user):
        args = list(ARGUMENTS.get(method, ()))
        function = getattr(self.env.registry[name], method)
        if not getattr(function, "_api_model", False):
            args.insert(0, records.ids)
        self.env.flush_all()
        before = self._state()
        with self._refused():
            answer = call_kw(self.env[name].with_user(user), method, args, {})
            self.env.flush_all()
            self.fail(f"answered {str(answer)[:200]}")
        self.env.invalidate_all()
        self.assertEqual(self._state(), before)

    def _state(self):
        self.env.cr.execute(
            "SELECT (SELECT count(*) FROM order_hub_inbound), "
            "(SELECT count(*) FROM order_hub_inbound_correction), "
            "(SELECT count(*) FROM order_hub_reconciliation), "
            "(SELECT count(*) FROM queue_job), "
            "(SELECT string_agg(state, ',' ORDER BY id) FROM order_hub_inbound)"
        )
        return self.env.cr.fetchone()

    def test_an_e_mail_is_not_made_up_by_a_call(self):
        mails = self.env["order.hub.channel"].create(
            {"name": "Mail", "code": "wrong-mail", "adapter": "email"}
        )
        mails.action_switch_on()
        letter = {
            "email_from": "boss@taihu.example.com",
            "message_id": "<x@y>",
            "body": "ZXJ-0123 * 50 pcs",
        }
        for user in (self.portal, self.stranger, self.sales, self.operator):
            inbound = self.env["order.hub.inbound"].with_user(user)
            with self.assertRaises(AccessError):
                inbound.message_new(letter, {"channel_id": mails.id})

    def test_the_address_of_a_channel_leads_to_that_channel_only(self):
        self.env["mail.alias.domain"].create({"name": "wrong.example.com"})
        mails, others = self.env["order.hub.channel"].create(
            [
                {"name": name, "code": f"alias-{name}", "adapter": "email"}
                for name in ("mine", "others")
            ]
        )
        mails.alias_name = "orders-wrong"
        mails.with_user(self.configurator).write(
            {"alias_defaults": str({"channel_id": others.id})}
        )
        self.assertEqual(mails.alias_id.alias_defaults, str({"channel_id": mails.id}))

    def test_what_arrived_is_neither_made_changed_nor_deleted(self):
        for user in (self.sales, self.operator, self.configurator):
            inbound = self.sample.with_user(user)
            for attack in (
                lambda row: row.write({"external_ref": "X"}),
                lambda row: row.unlink(),
                lambda row: row.copy(),
                lambda row: row.create(
                    {"channel_id": self.channel.id, "kind": "order"}
                ),
                lambda row: row.load(["external_ref", "kind"], [["X", "order"]])[
                    "messages"
                ][999],
                lambda row: row.problem_ids.write({"is_blocking": False}),
                lambda row: row.correction_ids.write({"new": "y"}),
            ):
                with self._refused():
                    attack(inbound)
        with self.assertRaises(AccessError):
            self.channel.with_user(self.configurator).write(
                {"inbound_ids": [Command.update(self.sample.id, {"state": "done"})]}
            )

    # === ANSWERS === #

    def test_an_answer_names_a_field_that_the_order_has(self):
        """Else it could never be taken back, and the order would wait for ever."""
        inbound = self.sample.with_user(self.operator)
        for path in (
            "lines[0].product_id",
            "lines[0].extra",
            "lines",
            "customer",
            "nonsense",
            "__class__",
            "customer.commercial_partner_id",
            "lines[99999].sku",
            "lines[-1].sku",
            "channel",
            "",
            7,
        ):
            with self.subTest(path), self.assertRaises(UserError):
                inbound.correct({path: "1"})
        for value in ([1], {}, float("nan"), float("inf"), "x" * 3000):
            with self.subTest(str(value)[:10]), self.assertRaises(UserError):
                inbound.correct({"note": value})
        inbound.correct({"note": "odd \x00 \ud800 text"})
        self.assertNotIn("\x00", inbound.correction_ids[-1:].new)

    def test_a_customer_of_another_company_is_not_taken(self):
        theirs = self.env["res.partner"].create(
            {"name": "Theirs", "company_id": self.other_company.id}
        )
        for number in (theirs.id, 10**9 - 1, "0", "-1", "１", 1.5):
            self.sample.with_user(self.operator).correct(
                {"customer.partner_id": number}
            )
            self.assertNotEqual(self.sample.partner_id, theirs)
        with self._refused():
            self.sample.with_user(self.sales).choose_customer(self.customer.id)

    def test_a_product_of_another_company_is_not_taught(self):
        theirs = self._product("Theirs", "THEIRS-1", company_id=self.other_company.id)
        with self._refused():
            self.env["order.hub.channel.product"].with_user(self.operator).create(
                {
                    "channel_id": self.channel.id,
                    "sku": "NOBODY-KNOWS",
                    "product_id": theirs.id,
                }
            )

    def test_forms_reach_no_other_company(self):
        foreign = self.env(user=self.foreign)
        forms = (
            (
                "order.hub.file.upload",
                "action_receive",
                {"channel_id": self.files().id},
            ),
            ("order.hub.sku.resolve", "action_apply", {"channel_id": self.channel.id}),
        )
        raw = base64.b64encode(b"Order No,SKU,Quantity\n1,ZXJ-0123,1\n")
        for model, method, vals in forms:
            with self.subTest(model), self._refused():
                if model == "order.hub.file.upload":
                    vals = {**vals, "file": raw, "filename": "o.csv"}
                getattr(foreign[model].create(vals), method)()
        with self.assertRaises(AccessError):
            foreign["order.hub.inbound"].browse(self.sample.id).action_replay()
        mapping = foreign["order.hub.mapping"].search([], limit=1)
        with self.assertRaises(AccessError):
            foreign["order.hub.mapping.trial"].create(
                {"mapping_id": mapping.id, "inbound_id": self.sample.id}
            ).read(["result"])

    def files(self):
        return self.env["order.hub.channel"].create(
            {"name": "Files", "code": "wrong-files", "adapter": "table"}
        )

    def test_two_companies_may_call_their_channels_alike(self):
        """Jobs that wait for one of them are not those of the other."""
        alike = self.env["order.hub.channel"].create(
            {
                "name": "Alike",
                "code": self.channel.code,
                "adapter": PaperShop.code,
                "company_id": self.other_company.id,
            }
        )
        self.channel._issue_tickets()
        messages = [self._message(f"T-{n}") for n in range(3)]
        self.env["order.hub.inbound"].sudo()._receive(self.channel, messages)
        self.assertEqual(len(self.channel._waiting_tickets()), 1)
        self.assertFalse(alike._waiting_tickets())
        alike.sudo().intake_state = "on"
        self.env.flush_all()
        stored = self.env["order.hub.inbound"].sudo()._receive(alike, messages)
        rows = self.env["order.hub.inbound"].sudo().browse(stored["new"])
        self.assertEqual(rows.company_id, self.other_company)
        self.assertEqual(len(alike._waiting_tickets()), 1)

    def test_context_keys_of_a_caller_open_nothing(self):
        forged = dict(
            default_state="done",
            default_order_id=1,
            default_sealed="x",
            default_is_secret=False,
            order_hub_told_by="anybody",
            order_hub_routing=True,
            tracking_disable=True,
        )
        inbound = self.sample.with_user(self.sales).with_context(**forged)
        for attack in (
            lambda: inbound.write({"state": "done"}),
            lambda: inbound.create({"channel_id": self.channel.id}),
            lambda: inbound.correct({"note": "x"}),
            lambda: inbound.action_ignore(),
        ):
            with self.assertRaises(AccessError):
                attack()

    def test_orders_do_not_say_of_themselves_what_intake_found(self):
        order = self._order(user=self.sales)
        for name, value in (
            ("hub_inbound_id", self.sample.id),
            ("hub_duty_amount", 1.0),
            ("hub_duty_state", "complete"),
            ("hub_paid_at", "2026-03-14"),
        ):
            with self.subTest(name), self._refused():
                order.with_user(self.sales).write({name: value})
