"""Bodies and values that are wrong, absurd or hostile, and channels for them."""

import base64
import gzip
import hashlib
import hmac
import json

from ..adapters.base import Message
from .common import ConnectorsCommon

SECRET = "long and random"
DEEP = b"[" * 100_000
LONE = "\\ud83d"
HTML = '<script>alert(1)</script><img src=x onerror="alert(2)">'
#: Signed bodies of which no order can be made, and a word of what is said.
UNREADABLE = {
    "nothing": (b"", "empty"),
    "not JSON": (b"{nope", "not JSON"),
    "UTF-16": ('{"external_ref": "X"}'.encode("utf-16"), "UTF-8"),
    "GB18030": ('{"external_ref": "订单"}'.encode("gb18030"), "UTF-8"),
    "broken bytes": (b'{"external_ref": "\xff\xfe"}', "UTF-8"),
    "packed": (gzip.compress(b"0" * 10_000_000), "UTF-8"),
    "no object": (b'["external_ref"]', "object"),
    "no number": (b'{"lines": []}', "number"),
    "deep": (DEEP, "deep"),
    "deep and closed": (b'{"a":' * 500 + b"1" + b"}" * 500, "deep"),
    "endless number": (b'{"external_ref": ' + b"9" * 1_000_000 + b"}", "JSON"),
    "NaN": (b'{"external_ref": "X", "total": NaN}', "NaN"),
    "Infinity": (b'{"external_ref": "X", "total": -Infinity}', "Infinity"),
}
#: Values that no order may have, by the field that the error names.
ABSURD = {
    "lines[0].quantity": (
        -1,
        0,
        1e308,
        1e10,
        "1e3",
        "１０",
        "ten",
        "",
        None,
        True,
        {},
        "0x10",
        "1_0",
    ),
    "lines[0].unit_price": (-0.01, 1e13, "free", "１０", True),
    "lines[0].discount": (-1, 101, "half"),
    "currency": (True, "N" * 300),
    "date": ("yesterday", "0001-01-01", "9999-12-31T23:59:59+14:00", True),
    "total": (-1, 1e13, "much"),
    "lines": ([], {}, "text", 1, [1], ["x"]),
    "customer": ("Wang", 1, ["x"], True),
    "external_ref": ("N" * 500,),
}
#: Numbers and names that only look dangerous: they are texts.
HARMLESS = (
    "100%",
    "A_B%C",
    "'; DROP TABLE sale_order; --",
    "lines[0].sku || `boom`",
    '=HYPERLINK("http://evil.example.com")',
    "🚗💨",
    "\u202egnp.exe",
    "a\u200bb\u0007c",
    "%(reason)s %s {0}",
    "N" * 256,
    HTML,
)


def sign(raw, secret=SECRET):
    return hmac.new(secret.encode(), raw, hashlib.sha256)


class BadInputCommon(ConnectorsCommon):
    """Channels of the adapters that read what strangers write."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hooks = cls._open("webhook", secret=SECRET)
        cls.shopify = cls._open(
            "shopify",
            shop_domain="paper.myshopify.com",
            access_token="token-for-tests",
            webhook_secret=SECRET,
        )
        cls.woo = cls._open(
            "woocommerce",
            consumer_key="ck_test",
            consumer_secret="cs_test",
            webhook_secret=SECRET,
        )
        cls.files = cls._open("table")
        cls.form = cls._open("portal")

    @classmethod
    def _open(cls, adapter, **settings):
        channel = cls.env["order.hub.channel"].create(
            {"name": adapter, "code": f"bad-{adapter}", "adapter": adapter}
        )
        for row in channel.parameter_ids.filtered(lambda r: r.name in settings):
            row.value = settings[row.name]
        channel.action_switch_on()
        return channel

    def _rows(self, channel):
        rows = self.env["order.hub.inbound"].sudo()
        return rows.search([("channel_id", "=", channel.id)], order="id")

    def _assert_kept(self, inbound, raw):
        """The payload is there byte by byte, with words, and can be looked at."""
        stored = inbound.with_context(bin_size=False).payload
        self.assertEqual(base64.b64decode(stored or b""), raw)
        self.assertEqual(inbound.checksum, hashlib.sha256(raw).hexdigest())
        seen = inbound.with_user(self.operator)
        shown = seen.screen()
        self.assertLess(len(json.dumps(shown)), 2_000_000)
        self.assertTrue(all(seen.problem_ids.mapped("message")))

    def _post_raw(self, raw, channel=None):
        """Have an order message of the channel worked on."""
        return self._take(Message("order", "BAD-1", raw), channel=channel or self.hooks)
