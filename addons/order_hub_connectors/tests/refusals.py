import json
from contextlib import contextmanager

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from ..adapters.base import Message
from .common import ConnectorsCommon


class Refusals:
    """For tests that try what must not work."""

    @contextmanager
    def _refused(self):
        """Expect a refusal in words; nothing of the attempt stays."""
        try:
            with self.cr.savepoint():
                yield
                self.env.flush_all()
        except (UserError, ValueError, IndexError):
            self.env.invalidate_all()
            return
        self.fail("nothing was refused")


class Samples(Refusals, ConnectorsCommon):
    """People without rights, and a record of most models that is not theirs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(cls.env, "in_portal", groups="base.group_portal")
        cls.public = cls.env.ref("base.public_user")
        cls.stranger = new_test_user(cls.env, "in_stranger", groups="base.group_user")
        cls.other_company = cls.env["res.company"].create({"name": "Other"})
        cls.foreign = new_test_user(
            cls.env,
            "in_foreign",
            groups="order_hub.order_hub_group_configurator,"
            "order_hub.order_hub_group_operator,base.group_allow_export",
            company_id=cls.other_company.id,
            company_ids=[Command.set(cls.other_company.ids)],
        )
        cls.sample = cls._make_samples()

    @classmethod
    def _make_samples(cls):
        """Return one record of our company for each model that can have one."""
        env = cls.env(su=True)
        raw = json.dumps(
            {
                "external_ref": "S-1",
                "customer": {"name": "Wu", "phone": "13800138000"},
                "ship_to": {"address": "江苏省无锡市滨湖区蠡湖大道1号"},
                "lines": [{"sku": "NOBODY-KNOWS", "quantity": 1}],
            }
        ).encode()
        new = env["order.hub.inbound"]._receive(
            cls.channel, [Message("order", "S-1", raw)]
        )["new"]
        inbound = env["order.hub.inbound"].browse(new)
        inbound._process(cls.channel)
        env["order.hub.inbound.correction"]._add(inbound, {"note": "x"})
        mine = {"channel_id": cls.channel.id, "company_id": cls.company.id}
        day = {"day": "2026-03-14", "since": "2026-03-13", "until": "2026-03-14"}
        run = env["order.hub.reconciliation"].create({**mine, **day})
        made = {
            "order.hub.outbox": {
                **mine,
                "external_ref": "S-1",
                "kind": "status",
                "word": "sent",
                "key": "k",
                "state": "failed",
            },
            "order.hub.duplicate": {
                **mine,
                "inbound_id": inbound.id,
                "other_key": -1,
                "found_at": "2026-03-14",
            },
            "order.hub.reconciliation.item": {
                "reconciliation_id": run.id,
                "external_ref": "S-1",
            },
            "order.hub.channel.product": {
                "channel_id": cls.channel.id,
                "sku": "SAMPLE",
                "product_id": cls.products[0].id,
            },
            "order.hub.mapping": {"name": "Ours", "company_id": cls.company.id},
            "order.hub.picture": {
                "name": "order.jpg",
                "inbound_id": inbound.id,
                "company_id": cls.company.id,
                "state": "failed",
            },
            "order.hub.duty.table": {
                "name": "Ours",
                "company_id": cls.company.id,
                "country_ids": cls.env.ref("base.us").ids,
            },
        }
        for name, vals in made.items():
            env[name].create(vals)
        cls._make_erp(env)
        cls._make_talk(env, inbound)
        cls._make_history(env)
        cls._make_system(env)
        env.flush_all()
        return inbound

    @classmethod
    def _make_erp(cls, env):
        """Make a connection to another system's database, and what it holds."""
        erp = env["order.hub.erp"].create({"name": "Ours", "preset": "k3"})
        erp.action_apply_preset()
        mine = {"erp_id": erp.id, "company_id": cls.company.id}
        table = erp.table_ids[0]
        key = env["order.hub.erp.key"].create(
            {**mine, "table_id": table.id, "role": "order", "foreign_key": "[1]"}
        )
        held = {**mine, "key_id": key.id}
        env["order.hub.erp.run"].create(mine)
        env["order.hub.erp.found"].create({"erp_id": erp.id, "table_name": "SEOrder"})
        env["order.hub.erp.conflict"].create(
            {**held, "column_id": table.column_ids[0].id}
        )
        env["order.hub.erp.write"].create({**held, "state": "refused"})

    @classmethod
    def _make_talk(cls, env, inbound):
        """Make somebody's card, and a talk with a reply."""
        env["order.hub.card"].create({"user_id": cls.supervisor.id})
        chat = env["order.hub.chat"].create(
            {"channel_id": cls.channel.id, "key": "wu", "sender": "wu"}
        )
        env["order.hub.chat.reply"].create(
            {"chat_id": chat.id, "inbound_id": inbound.id, "text": "300 pcs"}
        )
        env["order.hub.product.alias"].create(
            {"name": "the big one", "product_id": cls.products[0].id}
        )

    @classmethod
    def _make_history(cls, env):
        """Make a file of old orders with one row."""
        source = env["order.hub.history.source"].create({"name": "Old lists"})
        mine = {"source_id": source.id, "company_id": cls.company.id}
        file = env["order.hub.history.file"].create(
            {**mine, "name": "2019.xlsx", "sha256": "0" * 64}
        )
        env["order.hub.history.row"].create({**mine, "file_id": file.id, "row_no": 2})

    @classmethod
    def _make_system(cls, env):
        """Make another system that says something else of an order."""
        system = env["order.hub.system"].create(
            {"name": "Ours", "code": "ours", "words_of": "wms", "grace_hours": 0}
        )
        order = cls._order(user=cls.supervisor)
        env["order.hub.system"]._hear(
            system, [{"hub_ref": order.hub_ref, "word": "shipped"}]
        )
