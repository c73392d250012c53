import threading
from contextlib import closing
from unittest.mock import patch

from odoo import api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged

from ..adapters.base import ChannelDown
from ..adapters.registry import ADAPTERS
from .common import PaperShop

ROWS = [
    # order, word, milestone
    ("RACE-1", "accepted", "approved"),
    ("RACE-1", "working", "preparing"),
    ("RACE-1", "sent", "shipped"),
    ("RACE-2", "accepted", "approved"),
    ("RACE-2", "sent", "shipped"),
]


@tagged("post_install", "-at_install", "order_hub_parallel")
class TestOutboxParallel(BaseCase):
    """Two real workers, each with its own connection, that commit."""

    def setUp(self):
        super().setUp()
        patcher = patch.dict(ADAPTERS, {PaperShop.code: PaperShop})
        patcher.start()
        self.addCleanup(patcher.stop)
        PaperShop.sent, PaperShop.error = [], None
        self.registry = Registry(get_db_name())
        self.addCleanup(self._clean_up)
        with self._env() as env:
            self.channel_id = self._make(env)

    def _env(self):
        return _Env(self.registry)

    def _make(self, env):
        channel = env["order.hub.channel"].create(
            {"name": "Race", "code": "race-outbox", "adapter": PaperShop.code}
        )
        channel.parameter_ids.filtered(lambda r: r.name == "token").value = "x"
        channel.sudo().intake_state = "on"
        Outbox = env["order.hub.outbox"].sudo()
        for number, (ref, word, milestone) in enumerate(ROWS):
            Outbox.create(
                {
                    "channel_id": channel.id,
                    "company_id": channel.company_id.id,
                    "external_ref": ref,
                    "hub_ref": ref,
                    "kind": "status",
                    "word": word,
                    "milestone": milestone,
                    "is_firm": True,
                    "key": f"race-{number}",
                    "next_try_at": "2026-01-01 00:00:00",
                    "payload": {},
                }
            )
        return channel.id

    def _clean_up(self):
        with self._env() as env:
            env.cr.execute(
                "DELETE FROM order_hub_outbox WHERE channel_id = %s", [self.channel_id]
            )
            env["order.hub.channel"].browse(self.channel_id).unlink()

    def _worker(self, errors):
        """Return a thread that tells what is due; its connection is opened here.

        While tests run, the main thread holds the lock of the registry.
        """
        opened = self._env()
        env = opened.__enter__()

        def work():
            kind = None
            try:
                channel = env["order.hub.channel"].browse(self.channel_id)
                env["order.hub.outbox"]._send_due(channel, 50, channel._keep)
            except BaseException as error:
                kind = type(error)
                errors.append(error)
            opened.__exit__(kind, None, None)

        return threading.Thread(target=work)

    def _work(self, errors):
        worker = self._worker(errors)
        worker.start()
        worker.join(30)

    def test_two_workers_tell_each_order_its_news_once_and_in_their_order(self):
        """While one worker tells an order, no other one tells it something later."""
        busy, free = threading.Event(), threading.Event()
        real = PaperShop.send_status

        def slow(adapter, update):
            if update.external_ref == "RACE-1" and update.status == "accepted":
                busy.set()
                free.wait(20)
            return real(adapter, update)

        errors = []
        with patch.object(PaperShop, "send_status", slow):
            first = self._worker(errors)
            first.start()
            self.assertTrue(busy.wait(20))
            second = self._worker(errors)
            second.start()
            second.join(30)
            told_meanwhile = [u.external_ref for u in PaperShop.sent]
            free.set()
            first.join(30)
        self.assertFalse(errors)
        self.assertEqual(told_meanwhile, ["RACE-2", "RACE-2"])
        told = [(u.external_ref, u.status) for u in PaperShop.sent]
        for ref in ("RACE-1", "RACE-2"):
            expected = [word for order, word, _stage in ROWS if order == ref]
            self.assertEqual([word for order, word in told if order == ref], expected)

    def test_a_worker_that_dies_while_telling_leaves_the_rest_to_another(self):
        """What was told before stays told; the one in work is told again."""
        real = PaperShop.send_status

        def die(adapter, update):
            answer = real(adapter, update)
            if len(PaperShop.sent) == 2:
                raise SystemExit
            return answer

        with patch.object(PaperShop, "send_status", die):
            self._work([])
        told_before = len(PaperShop.sent)
        errors = []
        self._work(errors)
        self.assertFalse(errors)
        self.assertEqual(told_before, 2)
        keys = [(u.external_ref, u.status) for u in PaperShop.sent]
        self.assertEqual(len(keys), len(ROWS) + 1)
        self.assertEqual(keys[1], keys[2])
        self.assertEqual(set(keys), {(ref, word) for ref, word, _stage in ROWS})

    def test_a_channel_that_is_down_ends_the_work_at_once(self):
        PaperShop.error = ChannelDown("down")
        errors = []
        self._work(errors)
        self.assertFalse(errors)
        with self._env() as env:
            rows = env["order.hub.outbox"].search(
                [("channel_id", "=", self.channel_id), ("state", "=", "failed")]
            )
            self.assertEqual(len(rows), 1)


class _Env:
    """A connection of its own that commits at the end, and rolls back if it dies."""

    def __init__(self, registry):
        self.registry = registry

    def __enter__(self):
        self.closing = closing(self.registry.cursor())
        self.cr = self.closing.__enter__()
        return api.Environment(self.cr, api.SUPERUSER_ID, {})

    def __exit__(self, kind, error, traceback):
        if kind is None:
            self.cr.commit()  # pylint: disable=invalid-commit
        else:
            self.cr.rollback()
        self.closing.__exit__(kind, error, traceback)
