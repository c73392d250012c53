"""Foreign databases without a server: rules, values, addresses, files, whole orders."""

import os
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa
from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..engine.erp import folder, link, presets, query, reading, target
from ..engine.erp.conflict import decide
from ..engine.erp.difference import differences
from ..engine.erp.errors import BadMapping, ErpError, Forbidden, cleaned
from ..engine.erp.plan import Column, Plan, Table, check
from ..engine.erp.query import Position
from ..engine.erp.reading import Limits
from ..engine.erp.schema import match, read_schema
from ..engine.erp.values import coded, decoded, hash_of, plain, same

OWN = target.OwnDatabase("hub", ("db.example.com",), 5432, "7001")
values = st.one_of(
    st.none(), st.integers(-5, 5), st.text("ab1 ", max_size=3), st.booleans()
)
scalars = st.one_of(
    st.none(),
    st.integers(-(2**60), 2**60),
    st.decimals(allow_nan=False, allow_infinity=False, places=4),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),
    st.text(max_size=20),
    st.binary(max_size=8),
)
trees = st.recursive(
    values,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    ),
    max_leaves=8,
)


def to(address):
    """Return a name service that gives one address for every name."""
    return lambda host, port, **_more: [(2, 1, 6, "", (address, port))]


def small_plan(**line):
    """Return a plan of two tables, as a connection without look-ups has it."""
    header = Table(
        "order",
        "head",
        "t1",
        (
            Column("id", is_key=True),
            Column("no", "external_ref"),
            Column("moved", is_watermark=True),
            Column("lines", "line_count"),
        ),
    )
    lines = Table(
        "line",
        "rows",
        "t2",
        (
            Column("head", link="id"),
            Column("pos", "external_ref", is_key=True),
            Column("code", "sku"),
            Column("qty", "quantity"),
        ),
        parent="t1",
    )
    return Plan((header, replace(lines, **line)))


def database(heads, rows):
    """Return an open database in memory with orders: (id, no, moved, lines)."""
    engine = sa.create_engine("sqlite://")
    data = sa.MetaData()
    head = sa.Table(
        "head", data, sa.Column("id", sa.Integer), sa.Column("no", sa.Text),
        sa.Column("moved", sa.Integer), sa.Column("lines", sa.Integer),
    )  # fmt: skip
    line = sa.Table(
        "rows", data, sa.Column("head", sa.Integer), sa.Column("pos", sa.Integer),
        sa.Column("code", sa.Text), sa.Column("qty", sa.Numeric),
    )  # fmt: skip
    connection = engine.connect()
    data.create_all(connection)
    for table, all_rows in ((head, heads), (line, rows)):
        names = table.c.keys()
        if all_rows:
            connection.execute(
                sa.insert(table), [dict(zip(names, r, strict=True)) for r in all_rows]
            )
    return connection


def read_all(connection, plan, size):
    """Return all batches of the orders of a plan."""
    schema = read_schema(connection, check(plan))
    position, batches = Position(), []
    while True:
        batch = reading.read_batch(
            connection, schema, plan.order, position, Limits(rows=size)
        )
        batches.append(batch)
        position = batch.position
        if batch.is_last:
            return batches


class TestEngineErp(BaseCase):
    # === WHO WINS === #

    @given(st.sampled_from(["theirs", "ours", "newest", "ask"]), values, values, values)
    def test_nobody_decides_about_what_both_agree_on(self, rule, base, theirs, ours):
        found = decide(rule, base, theirs, ours)
        if same(theirs, ours):
            self.assertEqual(found.action, "none")
        elif same(ours, base):
            self.assertEqual(found.action, "take")
        elif same(theirs, base):
            self.assertEqual(found.action, "write")
        else:
            self.assertTrue(found.is_conflict)
            wanted = {"theirs": "take", "ours": "write"}.get(rule, "ask")
            self.assertEqual(found.action, wanted)

    def test_the_newest_wins_and_a_tie_asks(self):
        early, late = datetime(2026, 3, 1), datetime(2026, 3, 2)
        for theirs, ours, action in (
            (late, early, "take"),
            (early, late, "write"),
            (late, late, "ask"),
            (None, late, "ask"),
        ):
            found = decide("newest", "a", "b", "c", theirs, ours)
            self.assertEqual(found.action, action)

    # === VALUES === #

    @given(scalars)
    def test_a_position_comes_back_as_it_was(self, value):
        back = decoded(coded(value))
        if isinstance(value, Decimal):
            self.assertEqual(Decimal(back), value)
        else:
            self.assertEqual(back, value)

    @given(st.dictionaries(st.text(max_size=4), scalars.map(plain), max_size=5))
    def test_a_digest_does_not_depend_on_the_order_of_columns(self, row):
        turned = dict(reversed(list(row.items())))
        self.assertEqual(hash_of(row), hash_of(turned))

    def test_exact_numbers_stay_exact(self):
        self.assertEqual(plain(Decimal("5.8833000000")), "5.8833")
        self.assertEqual(plain(Decimal("2.0000000000")), 2)
        self.assertEqual(plain(12345678901234567890), "12345678901234567890")
        self.assertIsNone(plain(float("nan")))

    def test_moments_get_the_zone_and_empty_dates_are_none(self):
        zone = timezone(timedelta(hours=8))
        self.assertEqual(
            plain(datetime(2026, 3, 16), zone), "2026-03-16T00:00:00+08:00"
        )
        self.assertIsNone(plain(datetime(1900, 1, 1), zone))

    def test_what_databases_store_alike_is_the_same(self):
        for one, other in (
            ("A  ", "A"), (1, "1"), (Decimal("1.50"), "1.5"), ("", None),
            (datetime(2026, 3, 16, 1, 2, 3, 400), datetime(2026, 3, 16, 1, 2, 3)),
            ("2026-03-16", "2026-03-16T00:00:00+08:00"),
        ):  # fmt: skip
            self.assertTrue(same(one, other), (one, other))
        for one, other in (("007", "7"), ("a", "A"), (1, 2), (None, 0)):
            self.assertFalse(same(one, other), (one, other))

    # === WHERE IT MAY LEAD === #

    def test_private_addresses_are_refused_in_every_spelling(self):
        for address in (
            "127.0.0.1", "10.0.0.5", "192.168.1.1", "172.16.3.4", "169.254.169.254",
            "::1", "fe80::1", "::ffff:10.0.0.1", "0.0.0.0", "100.64.0.1", "fd00::1",
        ):  # fmt: skip
            there = target.Target("mssql", "erp.example.com", 0, "k3")
            with self.subTest(address=address), self.assertRaises(Forbidden) as caught:
                target.check(there, OWN, to(address))
            self.assertEqual(caught.exception.code, "internal_address")
            allowed = replace(there, allow_internal=True)
            self.assertEqual(target.check(allowed, OWN, to(address)), [address])

    def test_hosts_that_are_no_hosts_are_refused(self):
        for host in (
            "", "/var/run/postgresql", "a;b", "host=evil", "a,b", "user@host",
            "tcp:server\\inst", "h\n", "{x}",
        ):  # fmt: skip
            there = target.Target("postgresql", host, 0, "x", allow_internal=True)
            with self.subTest(host=host), self.assertRaises(Forbidden):
                target.check(there, OWN, to("93.184.216.34"))

    def test_databases_and_drivers_carry_no_options(self):
        for name in ("x;Trusted_Connection=yes", "x?ssl=0", "a&b", "", "a/b"):
            there = target.Target("odbc", "erp.example.com", 0, name)
            with self.subTest(name=name), self.assertRaises(Forbidden):
                target.check(there, OWN, to("93.184.216.34"))
        there = target.Target(
            "odbc", "erp.example.com", 0, "k3", options={"odbc_driver": "x};UID=sa"}
        )
        with self.assertRaises(Forbidden):
            target.check(there, OWN, to("93.184.216.34"))

    def test_the_hubs_own_database_is_refused_even_with_permission(self):
        for host, address in (
            ("localhost", "127.0.0.1"),
            ("db.example.com", "93.184.216.34"),
            ("alias.example.com", "127.0.0.1"),
        ):
            there = target.Target("postgresql", host, 0, "hub", allow_internal=True)
            with self.subTest(host=host), self.assertRaises(Forbidden) as caught:
                target.check(there, OWN, to(address))
            self.assertEqual(caught.exception.code, "own_database")

    def test_a_tunnel_to_the_hubs_own_cluster_is_found_by_its_identity(self):
        there = target.Target("postgresql", "far.example.com", 0, "hub")
        for name, allowed, code in (
            ("hub", True, "own_database"),
            ("hub", False, "own_database"),
            ("other", False, "own_server"),
            ("other", True, None),
        ):
            place = replace(there, allow_internal=allowed)
            try:
                target.check_identity(place, OWN, "7001", name)
                found = None
            except Forbidden as error:
                found = error.code
            self.assertEqual(found, code)
        target.check_identity(there, OWN, "7002", "hub")

    @given(st.text("abcXYZ09!@:/'%", min_size=6, max_size=12))
    def test_no_error_and_no_text_holds_the_password(self, password):
        there = target.Target("mysql", "h", 1, "d", "u", password)
        self.assertNotIn(password, repr(there) + str(there))
        self.assertNotIn(password, cleaned(f"failed: {password} at h", [password]))
        self.assertNotIn(
            "secretword", cleaned("mysql://hub:secretword@erp.example.com/k3")
        )

    def test_a_reading_link_lets_nothing_but_queries_through(self):
        for statement in (
            "UPDATE a SET b=1", "DELETE FROM a", "INSERT INTO a VALUES (1)",
            "DROP TABLE a", "SELECT 1; DROP TABLE a", "SELECT * INTO b FROM a",
            "WITH x AS (DELETE FROM a RETURNING *) SELECT * FROM x",
            "EXEC xp_cmdshell 'x'", "SHOW TABLES; DROP TABLE a",
            "SELECT * FROM a FOR UPDATE",
        ):  # fmt: skip
            with self.subTest(statement=statement), self.assertRaises(Forbidden):
                link._refuse_changes(None, None, statement, None, None, False)
        for statement in (
            "SELECT `update`, \"delete\", [drop], 'INSERT' FROM a",
            "SHOW CREATE TABLE `a`",
            "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
        ):
            link._refuse_changes(None, None, statement, None, None, False)

    # === MAPPINGS === #

    def test_the_mappings_that_ship_make_sense(self):
        for code in presets.CODES:
            plan = check(presets.plan_of(code))
            self.assertTrue(plan.order.keys and plan.line.links)
            self.assertFalse(any(c.writes for t in plan.tables if t.role != "order"
                                 for c in t.columns))  # fmt: skip

    def test_a_mapping_that_makes_half_orders_is_refused(self):
        plan = small_plan()
        odd = (Column("head", link="no"), Column("pos", is_key=True))
        for broken, code in (
            (Plan((plan.order,)), "order_without_lines"),
            (small_plan(parent=""), "no_link"),
            (small_plan(columns=odd), "line_link"),
            (Plan(()), "no_tables"),
        ):  # fmt: skip
            with self.assertRaises(BadMapping) as caught:
                check(broken)
            self.assertEqual(caught.exception.code, code)

    def test_names_of_the_schema_only_and_never_two_that_look_alike(self):
        self.assertEqual(match("seorder", ["SEOrder", "Other"]), "SEOrder")
        self.assertIsNone(match("seorder", ["SEOrder", "SEORDER"]))
        self.assertEqual(match("SEORDER", ["SEOrder", "SEORDER"]), "SEORDER")
        self.assertIsNone(match("x; DROP TABLE y", ["x", "y"]))

    # === WHOLE ORDERS === #

    @given(
        st.lists(st.integers(0, 3), min_size=0, max_size=12),
        st.integers(1, 5),
        st.integers(0, 3),
    )
    def test_every_order_is_read_once_and_whole_whatever_the_batches(
        self, marks, size, missing
    ):
        heads = [(n, f"O{n}", mark, 2) for n, mark in enumerate(marks)]
        rows = [(n, p, "A", p) for n in range(len(marks)) for p in (1, 2)]
        rows = rows[: len(rows) - missing] if missing else rows
        with database(heads, rows) as connection:
            batches = read_all(connection, small_plan(), size)
        records = [record for batch in batches for record in batch.records]
        refused = [row.key for batch in batches for row in batch.refused]
        keys = [record.key for record in records]
        self.assertEqual(len(keys), len(set(keys)), "none twice")
        self.assertEqual(len(keys) + len(refused), len(heads), "none lost")
        for record in records:
            self.assertEqual(len(record.values["lines"]), 2, "never half an order")

    def test_a_lookup_that_multiplies_rows_refuses_the_order(self):
        heads = [(1, "O1", 1, None)]
        rows = [(1, 1, "A", 1), (1, 1, "A", 1)]
        with database(heads, rows) as connection:
            [batch] = read_all(connection, small_plan(), 5)
        self.assertEqual([row.code for row in batch.refused], ["ambiguous"])

    def test_an_order_without_lines_is_no_order(self):
        with database([(1, "O1", 1, None)], []) as connection:
            [batch] = read_all(connection, small_plan(), 5)
        self.assertFalse(batch.records)
        self.assertEqual(batch.refused[0].code, "no_lines")

    def test_what_moves_between_two_looks_is_not_given_out(self):
        heads, rows = [(1, "O1", 1, None), (2, "O2", 1, None)], []
        rows = [(1, 1, "A", 1), (2, 1, "A", 1)]
        with database(heads, rows) as connection:
            [batch] = read_all(connection, small_plan(), 5)
            connection.execute(sa.text("UPDATE rows SET qty = 9 WHERE head = 2"))
            schema = read_schema(connection, small_plan())
            again, _refused = reading.read_keys(
                connection, schema, schema.plan.order, [(1,), (2,)], Limits()
            )
        kept = reading.steady(batch, again)
        self.assertEqual([r.values["external_ref"] for r in kept.records], ["O1"])
        self.assertEqual([r.code for r in kept.refused], ["unsteady"])

    def test_too_much_is_said_before_it_is_in_memory(self):
        heads = [(n, f"O{n}", 1, None) for n in range(5)]
        rows = [(n, p, "A" * 100, 1) for n in range(5) for p in range(20)]
        with database(heads, rows) as connection:
            schema = read_schema(connection, small_plan())
            for limits in (Limits(5, lines=50), Limits(5, size=2000)):
                with self.assertRaises(ErpError):
                    reading.read_batch(
                        connection, schema, schema.plan.order, Position(), limits
                    )

    def test_values_that_people_type_are_bound_and_typed(self):
        with database([(1, "x' OR '1'='1", 1, None)], [(1, 1, "A", 1)]) as connection:
            plan = small_plan()
            order = plan.order
            tested = replace(order.columns[1], test="=", values=("x' OR '1'='1",))
            changed = replace(
                order, columns=(order.columns[0], tested, *order.columns[2:])
            )
            [batch] = read_all(connection, Plan((changed, plan.line)), 5)
            self.assertEqual(len(batch.records), 1)
            wrong = replace(order.columns[0], test="=", values=("1 OR 1=1",))
            schema = read_schema(connection, plan)
            with self.assertRaises(BadMapping):
                query.test(schema, order, wrong, None)

    # === DIFFERENCES === #

    @given(trees)
    def test_a_tree_does_not_differ_from_itself(self, tree):
        self.assertEqual(differences(tree, tree), [])

    def test_differences_name_the_place(self):
        was = {"a": 1, "lines": [{"q": 1}]}
        now = {"a": 1, "lines": [{"q": 2}, {"q": 3}]}
        paths = [row["path"] for row in differences(was, now)]
        self.assertEqual(paths, ["lines[0].q", "lines[1]"])


class TestEngineErpFolder(BaseCase):
    def setUp(self):
        super().setUp()
        box = tempfile.TemporaryDirectory()
        self.addCleanup(box.cleanup)
        self.base = box.name
        self.place = folder.place(self.base, "k3")
        self.plan = folder.for_files(small_plan())

    def _file(self, name, text, age=60):
        path = self.place / "in" / name
        path.write_text(text, encoding="utf-8")
        moment = path.stat().st_mtime - age
        os.utime(path, (moment, moment))
        return path

    def _orders(self, batch="1"):
        self._file(f"head-{batch}.csv", "id,no,moved,lines\n1,O1,,2\n")
        self._file(f"rows-{batch}.csv", "head,pos,code,qty\n1,1,A,2\n1,2,B,3\n")

    def test_a_delivery_is_read_when_header_and_lines_are_there(self):
        self._file("head-1.csv", "id,no,moved,lines\n1,O1,,2\n")
        self.assertEqual(folder.deliveries(self.place, self.plan), [])
        self._orders()
        [delivery] = folder.deliveries(self.place, self.plan)
        with folder.opened(folder.take(self.place, delivery), self.plan) as connection:
            [batch] = read_all(connection, self.plan, 10)
        self.assertEqual(batch.records[0].values["lines"][1]["sku"], "B")

    def test_a_file_that_is_still_written_is_left_alone(self):
        self._orders()
        self._file("rows-1.csv", "head,pos", age=0)
        self.assertEqual(folder.deliveries(self.place, self.plan), [])

    def test_half_a_row_refuses_the_whole_delivery(self):
        self._orders()
        self._file("rows-1.csv", "head,pos,code,qty\n1,1,A,2\n1,2,")
        [delivery] = folder.deliveries(self.place, self.plan)
        with self.assertRaises(ErpError), folder.opened(delivery, self.plan):
            pass

    def test_links_and_folders_outside_are_refused(self):
        for name in ("..", "../x", "a/b", "", ".hidden", "/etc"):
            with self.subTest(name=name), self.assertRaises(Forbidden):
                folder.place(self.base, name)
        with self.assertRaises(Forbidden):
            folder.place("", "k3")
        secret = Path(self.base) / "secret.csv"
        secret.write_text("id,no,moved,lines\n")
        (self.place / "in" / "head.csv").symlink_to(secret)
        self.assertEqual(folder.deliveries(self.place, self.plan), [])
        outside = Path(self.base) / "evil"
        outside.symlink_to("/tmp")
        with self.assertRaises(Forbidden):
            folder.place(self.base, "evil")

    def test_a_broken_try_is_given_back(self):
        self._orders()
        [delivery] = folder.deliveries(self.place, self.plan)
        folder.take(self.place, delivery)
        self.assertEqual(folder.deliveries(self.place, self.plan), [])
        self.assertEqual(folder.give_back(self.place), 2)
        self.assertEqual(len(folder.deliveries(self.place, self.plan)), 1)

    def test_a_file_out_is_whole_or_not_there(self):
        path = folder.write_file(self.place, "head-9.csv", ["id", "no"], [[1, "一"]])
        self.assertEqual(path.read_text("utf-8-sig").splitlines(), ["id,no", "1,一"])
        self.assertEqual([p.name for p in path.parent.iterdir()], ["head-9.csv"])
        with self.assertRaises(Forbidden):
            folder.write_file(self.place, "../x.csv", ["a"], [])
