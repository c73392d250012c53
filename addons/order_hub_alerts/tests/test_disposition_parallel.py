import threading
from contextlib import contextmanager

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from .disposition_common import LEARNED

NAME = "Race 竞速 disposition"


@tagged("post_install", "-at_install", "order_hub_parallel")
class TestDispositionParallel(BaseCase):
    """Two real transactions at the same card or exception at the same moment.

    Odoo runs a request again that could not be serialized: what the second one then
    sees is tried here, too.
    """

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._clean_up)
        with self._env() as env:
            kind = env["order.hub.exception.kind"].create(
                {"name": NAME, "code": "race_card", "company_id": False}
            )
            partner = env["res.partner"].create({"name": NAME})
            order = env["sale.order"].create({"partner_id": partner.id})
            hold = env["order.hub.exception"].create(
                {"order_id": order.id, "kind_id": kind.id, "name": NAME}
            )
            card = env["order.hub.disposition"].create(
                {"name": NAME, "kind_id": kind.id, **LEARNED}
            )
            self.ids = {
                record._name: record.id for record in (kind, partner, order, hold, card)
            }

    @contextmanager
    def _env(self):
        """Yield an environment of a connection of its own that commits."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    def _clean_up(self):
        with self._env() as env:
            kind_id = self.ids["order.hub.exception.kind"]
            for table, column, value in (
                ("order_hub_exception", "kind_id", kind_id),
                ("order_hub_disposition", "kind_id", kind_id),
            ):
                env.cr.execute(
                    f"DELETE FROM {table} WHERE {column} = %s",  # noqa: S608  # pylint: disable=sql-injection
                    [value],
                )
            for model in ("sale.order", "res.partner", "order.hub.exception.kind"):
                if model == "sale.order":
                    env.cr.execute(
                        "DELETE FROM sale_order WHERE id = %s", [self.ids[model]]
                    )
                else:
                    env[model].browse(self.ids[model]).unlink()

    def _record(self, env, model):
        return env[model].browse(self.ids[model])

    def _race(self, first, second):
        """Run two tasks at once; return the errors of the one that came second."""
        errors = []
        late = self.registry.cursor()
        late.execute("SELECT 1")  # From here on it sees nothing of what others commit.
        later = api.Environment(late, SUPERUSER_ID, {"tracking_disable": True})

        def run():
            try:
                second(later)
                later.flush_all()
                late.commit()
            except Exception as error:
                errors.append(error)
                late.rollback()
            finally:
                late.close()

        worker = threading.Thread(target=run)
        with self._env() as env:
            first(env)
            env.flush_all()
            worker.start()
            worker.join(1)
            self.assertTrue(worker.is_alive(), f"the second one must wait: {errors}")
        worker.join(30)
        return [type(error) for error in errors]

    @mute_logger("odoo.sql_db")
    def test_two_votes_of_one_person_at_once_leave_one(self):
        def vote(is_useful):
            return lambda env: self._record(env, "order.hub.disposition").action_vote(
                is_useful
            )

        self.assertEqual(self._race(vote(True), vote(False)), [SerializationFailure])
        with self._env() as env:
            vote(False)(env)
            card = self._record(env, "order.hub.disposition")
            self.assertEqual(card.vote_ids.mapped("is_useful"), [False])

    @mute_logger("odoo.sql_db")
    def test_two_who_close_at_once_make_one_card(self):
        def close(cause):
            def work(env):
                hold = self._record(env, "order.hub.exception")
                hold.write({**LEARNED, "root_cause": cause})
                hold.action_solve()

            return work

        self.assertEqual(self._race(close("A"), close("B")), [SerializationFailure])
        with self._env() as env:
            hold = self._record(env, "order.hub.exception")
            hold.action_solve()
            cards = env["order.hub.disposition"].search([("source_id", "=", hold.id)])
            self.assertEqual(cards.mapped("root_cause"), ["A"])
            self.assertEqual(hold.disposition_id, cards)

    @mute_logger("odoo.sql_db")
    def test_of_two_who_close_with_cards_at_once_the_second_is_told(self):
        def close(env):
            hold = self._record(env, "order.hub.exception")
            hold.action_solve_with(self.ids["order.hub.disposition"])

        self.assertEqual(self._race(close, close), [SerializationFailure])
        with self._env() as env:
            with self.assertRaises(UserError):
                close(env)
            hold = self._record(env, "order.hub.exception")
            self.assertEqual(hold.state, "solved")
