import gzip
import socket
import tracemalloc
import zlib
from datetime import datetime, timezone

from hypothesis import strategies as st

from odoo.tests import BaseCase

from ..engine.web.client import Bucket, Client, NotFound, retry_after
from ..engine.web.errors import AuthenticationFailed, Refused, Throttled, Unreachable
from ..engine.web.safe_url import check_public, is_public
from .properties import given
from .stand_in import Answer, Clock, StandIn

MEGABYTE = 1024 * 1024


class Echo(StandIn):
    """Answers what it was asked."""

    def answer(self, call):
        return Answer({"method": call.method, "path": call.path, "query": call.query})


def client(clock=None, **options):
    """A client that may call this machine and sleeps without losing time."""
    clock = clock or Clock()
    given_options = {"sleep": clock.sleep, "allow_private": True, "jitter": lambda: 0.5}
    return Client(**{**given_options, **options})


def resolves_to(*addresses):
    def resolve(host, port, type=0):
        return [(2, 1, 6, "", (address, port)) for address in addresses]

    return resolve


class TestClient(BaseCase):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(Echo())
        self.clock = Clock()
        self.client = client(self.clock)

    def get(self, path="/orders", **options):
        return self.client.json("GET", self.server.url + path, **options)

    def test_an_answer_comes_back_as_json(self):
        said = self.get(params={"page": 2})
        self.assertEqual(said["query"], {"page": "2"})

    def test_a_platform_that_stumbles_twice_is_asked_again(self):
        self.server.fail(503, times=2)
        self.assertEqual(self.get()["path"], "/orders")
        self.assertEqual(len(self.server.calls), 3)

    def test_pauses_between_tries_grow_and_stay_bounded(self):
        self.server.fail(500, times=9)
        with self.assertRaises(Unreachable):
            self.get()
        self.assertEqual(len(self.server.calls), 4)
        self.assertEqual(self.clock.slept, sorted(self.clock.slept))
        self.assertLessEqual(max(self.clock.slept), 60)

    def test_a_limit_of_the_platform_is_waited_for(self):
        self.server.throttle(retry_after=7)
        self.get()
        self.assertGreaterEqual(self.clock.slept[0], 7)
        self.assertLess(self.clock.slept[0], 8)

    def test_a_long_wait_is_handed_back_and_not_slept(self):
        self.server.throttle(retry_after=900)
        with self.assertRaises(Throttled) as caught:
            self.get()
        self.assertEqual(caught.exception.retry_after, 900)
        self.assertEqual(self.clock.slept, [])

    def test_a_change_is_not_sent_twice_when_nobody_knows_whether_it_arrived(self):
        self.server.drop(times=3)
        with self.assertRaises(Unreachable):
            self.client.request("POST", self.server.url + "/refund", json={})
        self.assertEqual(len(self.server.calls), 1)

    def test_a_change_that_the_platform_marks_as_too_early_is_sent_again(self):
        self.server.throttle(retry_after=1)
        self.client.request("POST", self.server.url + "/refund", json={})
        self.assertEqual(len(self.server.calls), 2)

    def test_a_call_that_may_be_repeated_survives_a_hung_up_line(self):
        self.server.drop(times=2)
        answer = self.client.request("POST", self.server.url, repeatable=True, json={})
        self.assertEqual(answer.status, 200)

    def test_a_silent_platform_is_given_up(self):
        self.server.hang(seconds=30, times=9)
        impatient = client(self.clock, timeout=(0.2, 0.2), tries=2)
        with self.assertRaisesRegex(Unreachable, "127.0.0.1"):
            impatient.request("GET", self.server.url)

    def test_nobody_listening_is_a_platform_that_is_down(self):
        url = self.server.url
        self.server.__exit__()
        with self.assertRaisesRegex(Unreachable, "cannot be reached"):
            self.client.request("POST", url)
        self.server = self.enterContext(Echo())

    def test_each_status_has_its_own_meaning(self):
        cases = {
            401: AuthenticationFailed,
            403: AuthenticationFailed,
            404: NotFound,
            400: Refused,
            402: Refused,
            422: Refused,
            429: Throttled,
            502: Unreachable,
        }
        for status, error in cases.items():
            with self.subTest(status=status):
                self.server.script(Answer("no", status, {"Retry-After": "0"}), 4)
                with self.assertRaises(error):
                    self.get()
                self.server.faults.clear()

    def test_an_error_says_what_the_platform_said(self):
        self.server.fail(422, body={"errors": {"message": "sku unknown\x00\x1b[2J"}})
        with self.assertRaisesRegex(Refused, "sku unknown") as caught:
            self.get()
        self.assertEqual(caught.exception.answer.status, 422)

    def test_no_secret_gets_into_a_message(self):
        told = {"message": "token shpat_0123456789 of user ck_abcdefgh is wrong"}
        self.server.fail(401, body=told)
        careful = client(self.clock, secrets=["shpat_0123456789"])
        with self.assertRaises(AuthenticationFailed) as caught:
            careful.request(
                "GET",
                self.server.url + "/in/secret-path?key=hidden",
                auth=("ck_abcdefgh", "cs_12345678"),
            )
        for word in ("shpat", "ck_abc", "cs_123", "secret-path", "hidden"):
            self.assertNotIn(word, str(caught.exception))

    def test_nothing_secret_is_logged(self):
        self.server.fail(503)
        with (
            self.assertLogs("odoo.addons.order_hub.engine.web", "DEBUG") as logs,
            self.assertNoLogs("urllib3", "DEBUG"),
        ):
            self.client.request(
                "GET",
                self.server.url + "/in/secret-path",
                params={"key": "hidden"},
                headers={"Authorization": "Bearer tok-123456"},
            )
        text = "\n".join(logs.output)
        for word in ("secret-path", "hidden", "tok-123456"):
            self.assertNotIn(word, text)

    def test_a_page_in_place_of_json_is_a_platform_out_of_order(self):
        self.server.script(Answer("<html>Back soon</html>"))
        with self.assertRaisesRegex(Unreachable, "JSON"):
            self.get()

    def test_a_redirect_within_the_host_is_followed(self):
        self.server.script(Answer(status=301, headers={"Location": "/new"}))
        self.assertEqual(self.get()["path"], "/new")

    def test_a_redirect_elsewhere_never_gets_the_token(self):
        with Echo() as other:
            self.server.script(Answer(status=302, headers={"Location": other.url}))
            with self.assertRaisesRegex(Refused, "redirects"):
                self.get(headers={"Authorization": "Bearer tok-123456"})
            self.assertEqual(other.calls, [])

    def test_a_change_is_not_redirected(self):
        self.server.script(Answer(status=307, headers={"Location": "/new"}))
        with self.assertRaises(Refused):
            self.client.request("POST", self.server.url, json={})

    def test_redirects_in_a_circle_end(self):
        self.server.script(Answer(status=301, headers={"Location": "/round"}), 99)
        with self.assertRaisesRegex(Refused, "circle"):
            self.get()
        self.assertLess(len(self.server.calls), 9)


class TestSize(BaseCase):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(Echo())

    def answer(self, body, encoding=""):
        self.server.script(Answer(body, headers={"Content-Encoding": encoding}), 9)

    def test_a_packed_answer_is_unpacked(self):
        self.answer(gzip.compress(b'{"sku": "ZXJ-0123"}'), "gzip")
        said = client().json("GET", self.server.url)
        self.assertEqual(said, {"sku": "ZXJ-0123"})

    def test_an_answer_over_the_limit_is_refused(self):
        self.answer(b"x" * (2 * MEGABYTE))
        with self.assertRaisesRegex(Refused, "more than 1 MB"):
            client(max_answer=MEGABYTE).request("GET", self.server.url)

    def test_an_answer_of_exactly_the_limit_passes(self):
        self.answer(b"x" * MEGABYTE)
        said = client(max_answer=MEGABYTE).request("GET", self.server.url)
        self.assertEqual(len(said.content), MEGABYTE)

    def test_a_zip_bomb_is_refused_before_it_fills_the_memory(self):
        machine = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
        bomb = b"".join(machine.compress(bytes(MEGABYTE)) for _ in range(300))
        self.answer(bomb + machine.flush(), "gzip")
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        with self.assertRaisesRegex(Refused, "more than 20 MB"):
            client().request("GET", self.server.url)
        _now, peak = tracemalloc.get_traced_memory()
        self.assertLess(peak, 100 * MEGABYTE)

    def test_packing_that_was_not_asked_for_is_not_unpacked(self):
        for encoding in ("gzip, gzip", "br", "deflate"):
            self.answer(gzip.compress(gzip.compress(b"{}")), encoding)
            with self.assertRaises(Unreachable):
                client(tries=1).request("GET", self.server.url)
            self.server.faults.clear()

    def test_a_broken_package_is_a_broken_answer(self):
        self.answer(b"\x1f\x8b not really", "gzip")
        with self.assertRaises(Unreachable):
            client(tries=1).request("GET", self.server.url)


class TestBucket(BaseCase):
    @given(
        st.floats(0.1, 100),
        st.integers(1, 50),
        st.lists(st.floats(0, 5), min_size=1, max_size=60),
    )
    def test_never_more_calls_than_allowed(self, rate, burst, gaps):
        clock, sent = Clock(0.0), []
        bucket = Bucket(rate, burst, clock)
        for gap in gaps:
            clock.now += gap
            clock.now += bucket.take()
            sent.append(clock.now)
        for first in range(len(sent)):
            for last in range(first, len(sent)):
                allowed = burst + rate * (sent[last] - sent[first]) + 1e-6
                self.assertLessEqual(last - first + 1, allowed + 1e-6)

    def test_callers_at_the_same_time_queue_up(self):
        bucket = Bucket(2, 1, Clock(0.0))
        waits = [bucket.take() for _ in range(4)]
        self.assertEqual(waits, [0.0, 0.5, 1.0, 1.5])

    def test_the_client_waits_for_the_bucket(self):
        clock = Clock()
        with Echo() as server:
            slow = client(clock, bucket=Bucket(1, 1, clock))
            for _ in range(3):
                slow.request("GET", server.url)
        self.assertEqual(clock.slept, [1.0, 1.0])


class TestRetryAfter(BaseCase):
    NOW = datetime(2026, 3, 15, 8, 0, tzinfo=timezone.utc)

    def test_seconds_and_dates_are_read(self):
        self.assertEqual(retry_after("3"), 3)
        self.assertEqual(retry_after("2.0"), 2)
        self.assertEqual(retry_after("Sun, 15 Mar 2026 08:00:30 GMT", self.NOW), 30)
        self.assertEqual(retry_after("Sun, 15 Mar 2026 07:00:30 GMT", self.NOW), 0)

    def test_what_cannot_be_read_is_a_minute(self):
        for text in (None, "", "soon", "nan"):
            self.assertEqual(retry_after(text), 60)

    @given(st.text(max_size=40))
    def test_whatever_it_says_the_wait_is_bounded(self, text):
        self.assertTrue(0 <= retry_after(text, self.NOW) <= 86_400)

    def test_infinity_is_a_day(self):
        self.assertEqual(retry_after("inf"), 86_400)


class TestSafeUrl(BaseCase):
    PRIVATE = (
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        "http://192.168.1.1./",
        "http://10.1.2.3:8069/",
        "http://172.16.0.1/",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://224.0.0.1/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:7f00:1::]/",
        "http://[2002:a00:1::1]/",
        "http://[fe80::1]/",
        "http://[fd12:3456::1]/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://db.localhost/",
        "http://printer.local/",
        "http://metadata.google.internal/",
    )
    UNREADABLE = (
        "",
        "shop.example",
        "//shop.example/",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "gopher://shop.example/",
        "javascript:alert(1)",
        "http://",
        "http:///orders",
        "http://shop.example:99999/",
        "http://shop.example\\@127.0.0.1/",
        "http://shop.example /",
        "http://shop.example/\r\nHost: other",
        "http://user:pass@shop.example/",
        "http://user@shop.example/",
        "http://shop.example@127.0.0.1/",
        "http://１２７.0.0.1/",
        "http://127。0。0。1/",
        "http://[fe80::1%25eth0]/",
        "http://" + "a" * 3000,
        None,
        7,
    )

    def test_addresses_of_the_own_network_are_refused_in_every_spelling(self):
        for url in self.PRIVATE:
            with self.subTest(url=url), self.assertRaises(Refused):
                check_public(url)

    def test_what_is_not_plainly_a_web_address_is_refused(self):
        for url in self.UNREADABLE:
            with self.subTest(url=url), self.assertRaises(Refused):
                check_public(url, resolves_to("93.184.216.34"))

    def test_a_name_that_resolves_into_the_own_network_is_refused(self):
        for address in ("127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "fe80::1%2"):
            with self.subTest(address=address), self.assertRaises(Refused):
                check_public("https://shop.example/", resolves_to(address))

    def test_one_private_answer_among_public_ones_is_enough(self):
        with self.assertRaises(Refused):
            check_public("https://shop.example/", resolves_to("8.8.8.8", "10.0.0.7"))

    def test_a_name_that_nobody_knows_is_refused(self):
        def unknown(*_args, **_options):
            raise socket.gaierror("no such name")

        with self.assertRaisesRegex(Refused, "not known"):
            check_public("https://shop.example/", unknown)

    def test_public_addresses_pass(self):
        found = check_public("https://shop.example:8443/x?y=1", resolves_to("8.8.8.8"))
        self.assertEqual(found, ["8.8.8.8"])
        self.assertEqual(check_public("https://8.8.8.8/"), ["8.8.8.8"])

    @given(st.ip_addresses(v=4))
    def test_every_wrapping_of_an_address_is_judged_like_the_address(self, address):
        number = int(address)
        for prefix in ("::ffff:", "64:ff9b::", "::"):
            wrapped = f"{prefix}{number >> 16:x}:{number & 0xFFFF:x}"
            if wrapped in ("::0:0", "::0:1"):
                continue
            self.assertEqual(is_public(wrapped), is_public(address), wrapped)

    def test_a_name_that_changes_its_mind_is_caught_when_connected(self):
        with Echo() as server:
            port = server.server.server_port
            rebound = Client(sleep=lambda seconds: None)
            self.patch(rebound, "_public", lambda url: type("P", (), {"hostname": "x"}))
            with self.assertRaisesRegex(Refused, "private"):
                rebound.request("GET", f"http://127.0.0.1:{port}/")
            self.assertEqual(server.calls, [])

    def test_the_client_refuses_private_addresses_by_itself(self):
        with Echo() as server:
            with self.assertRaises(Refused):
                Client().request("GET", server.url)
            self.assertEqual(server.calls, [])
