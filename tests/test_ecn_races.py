"""Two approvers at the same moment: a real server, real parallel requests.

A change is applied once, whoever comes first; the other one is told that it has been
decided.
"""

import threading
import xmlrpc.client

import pytest

from api_world import Session

ROUNDS = 3
PASSWORD = "ecn-race-2026"


class Shop:
    """A released board, two who approve in one role, and an engineer."""

    def __init__(self, server):
        self.server = server
        self.admin = Session(server, "admin", "admin")
        self.users = {}
        for login, group in (
            ("ecn_engineer", "order_hub.order_hub_group_engineer"),
            ("ecn_one", "order_hub.order_hub_group_operator"),
            ("ecn_two", "order_hub.order_hub_group_operator"),
        ):
            self.users[login] = self._user(login, group)
        for role in self.admin("order.hub.ecn.role", "search", []):
            self.admin("order.hub.ecn.role", "write", [role], {"active": False})
        approvers = [self.users["ecn_one"], self.users["ecn_two"]]
        self._make(
            "order.hub.ecn.role",
            {"name": "Either of two", "user_ids": [(6, 0, approvers)]},
        )
        self.part = self._make("product.product", {"name": "Race part"})
        self.bom = self._bom()
        self.engineer = Session(server, "ecn_engineer", PASSWORD)

    def _make(self, model, vals):
        [made] = self.admin(model, "create", [vals])
        return made

    def _user(self, login, group):
        vals = {"name": login, "login": login, "password": PASSWORD}
        vals["group_ids"] = [(6, 0, [self.admin.ref(group)])]
        return self._make("res.users", vals)

    def _bom(self):
        template = self._make("product.template", {"name": "Race board"})
        line = {"product_id": self.part, "product_qty": 1}
        bom = self._make(
            "mrp.bom",
            {"product_tmpl_id": template, "bom_line_ids": [(0, 0, line)]},
        )
        self.admin("mrp.bom", "action_hub_release", [bom])
        return bom

    def change(self, quantity):
        """Return a change in review and its draft revision."""
        vals = {"title": "Race", "bom_ids": [(0, 0, {"bom_id": self.bom})]}
        [ecn] = self.engineer("order.hub.ecn", "create", [vals])
        [row] = self.engineer.read(
            "order.hub.ecn.bom", [("ecn_id", "=", ecn)], ["draft_bom_id"]
        )
        draft = row["draft_bom_id"][0]
        lines = self.engineer("mrp.bom.line", "search", [("bom_id", "=", draft)])
        self.engineer("mrp.bom.line", "write", lines, {"product_qty": quantity})
        self.engineer("order.hub.ecn", "action_review", [ecn])
        return ecn, draft

    def approve_at_once(self, ecn):
        """Let both approve at the same moment; return ``["ok" or the refusal]``."""
        together, answers = threading.Barrier(2), []

        def approve(login):
            proxy = xmlrpc.client.ServerProxy(
                f"{self.server.url}/xmlrpc/2/object", allow_none=True
            )
            together.wait(timeout=60)
            call = (self.server.db, self.users[login], PASSWORD, "order.hub.ecn")
            try:
                done = proxy.execute_kw(*call, "action_approve", [[ecn]])
                answers.append("ok" if done is True else str(done))
            except xmlrpc.client.Fault as fault:
                answers.append(fault.faultString)

        threads = [
            threading.Thread(target=approve, args=(login,))
            for login in ("ecn_one", "ecn_two")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        return answers


@pytest.fixture(scope="module")
def shop(new_server):
    """A server with two worker processes."""
    from platform_kit import server as servers

    options = ("--workers=2", f"--gevent-port={servers.any_free_port()}")
    made = new_server(options=(*options, "--max-cron-threads=0"))
    # What the race is about: the one who comes second is refused.
    made.allow_log(r"waits for nobody")
    yield Shop(made)
    made.stop()


def test_of_two_who_approve_at_once_one_does_and_the_other_is_told(shop):
    for number in range(ROUNDS):
        ecn, draft = shop.change(number + 2)
        answers = shop.approve_at_once(ecn)
        assert sorted(answers)[-1] == "ok" or "ok" in answers, answers
        refused = [answer for answer in answers if answer != "ok"]
        assert len(refused) == 1, answers
        assert "waits for nobody" in refused[0], answers
        [row] = shop.admin.read("order.hub.ecn", [("id", "=", ecn)], ["state"])
        assert row["state"] == "done"
        decisions = shop.admin.read(
            "order.hub.ecn.approval", [("ecn_id", "=", ecn)], ["user_id"]
        )
        assert len(decisions) == 1
        [bom] = shop.admin.read("mrp.bom", [("id", "=", draft)], ["hub_revision_state"])
        assert bom["hub_revision_state"] == "released"
        shop.bom = draft
