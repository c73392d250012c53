from hypothesis import strategies as st

from odoo.tests import BaseCase

from odoo.addons.order_hub.tests.properties import given

from ..adapters.base import (
    AuthenticationFailed,
    ChannelDown,
    Refused,
    Throttled,
)
from ..adapters.taobao import signature
from ..adapters.taobao.carriers import company_code
from ..adapters.taobao.gateway import failure
from .stand_ins import top

words = st.text(st.characters(codec="utf-8"), max_size=8)


class TestTaobaoSignature(BaseCase):
    def test_the_documented_example_is_signed_right(self):
        params = {
            "method": "taobao.item.seller.get",
            "app_key": "12345678",
            "session": "test",
            "timestamp": "2016-01-01 12:00:00",
            "format": "json",
            "v": "2.0",
            "sign_method": "md5",
            "fields": "num_iid,title,nick,price,num",
            "num_iid": "11223344",
        }
        self.assertEqual(
            signature.sign(params, "helloworld", "md5"),
            "66987CB115214E59E6EC978214934FB8",
        )

    @given(
        st.dictionaries(words, words),
        st.sampled_from(signature.METHODS),
        st.binary(max_size=20),
    )
    def test_our_signature_is_the_platforms(self, params, method, body):
        ours = signature.sign(params, top.APP_SECRET, method, body)
        named = {name: value for name, value in params.items() if name}
        self.assertEqual(ours, top.top_sign(named, method, body))

    @given(st.dictionaries(words, words), words, words)
    def test_a_changed_parameter_breaks_the_signature(self, params, name, value):
        query = {**params, "timestamp": "2026-03-15 16:00:00", "sign_method": "hmac"}
        query["sign"] = signature.sign(query, "secret", "hmac")
        changed = {**query, f"x{name}": f"y{value}"}
        self.assertTrue(signature.is_signed(query, {}, b"", "secret"))
        self.assertFalse(signature.is_signed(changed, {}, b"", "secret"))
        self.assertFalse(signature.is_signed(query, {}, b"more", "secret"))
        self.assertFalse(signature.is_signed(query, {}, b"", "another"))

    def test_no_secret_and_no_known_method_is_no_signature(self):
        query = {"sign_method": "crc", "sign": ""}
        self.assertFalse(signature.is_signed(query, {}, b"", "secret"))
        self.assertFalse(signature.is_signed({"sign": ""}, {}, b"", ""))
        with self.assertRaises(ValueError):
            signature.sign({}, "secret", "crc")

    def test_headers_that_are_named_and_forms_are_signed_too(self):
        query = {"timestamp": "t", "sign_method": "md5"}
        signed = {**query, "X-Shop": "7", "a": "1"}
        query["sign"] = signature.sign(signed, "secret", "md5")
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "top-sign-list": "X-Shop",
            "x-shop": "7",
        }
        self.assertTrue(signature.is_signed(query, headers, b"a=1", "secret"))
        wrong = {**headers, "x-shop": "8"}
        self.assertFalse(signature.is_signed(query, wrong, b"a=1", "secret"))


class TestTaobaoErrors(BaseCase):
    def kind_of(self, code, sub_code="", said=""):
        return failure(
            {"code": code, "msg": "m", "sub_code": sub_code, "sub_msg": said}
        )

    def test_each_code_of_top_has_its_meaning(self):
        for code, sub_code, kind in (
            (27, "", AuthenticationFailed),
            (25, "", AuthenticationFailed),
            (7, "", Throttled),
            (15, "isp.call-limited", Throttled),
            (15, "isp.top-remote-connection-timeout", ChannelDown),
            (10, "", ChannelDown),
            (11, "isv.permission-api-package-limit", Refused),
            (15, "isv.trade-not-exist", Refused),
            (41, "isv.invalid-parameter", Refused),
            (999, "", Refused),
        ):
            self.assertIs(type(self.kind_of(code, sub_code)), kind, (code, sub_code))

    def test_a_ban_says_how_long_it_lasts(self):
        error = self.kind_of(7, said="This ban will last for 42 more seconds")
        self.assertEqual(error.retry_after, 42)
        self.assertEqual(self.kind_of(7).retry_after, 60)

    def test_an_error_of_another_form_is_an_error_too(self):
        self.assertIsInstance(failure("broken"), Refused)


class TestTaobaoCarriers(BaseCase):
    def test_carriers_are_known_by_what_people_write(self):
        for written, code in (
            ("顺丰速运", "SF"),
            ("中通快递", "ZTO"),
            ("yto", "YTO"),
            ("", "OTHER"),
            ("Deppon", "DBKD"),
            ("abc", "ABC"),
        ):
            self.assertEqual(company_code(written), code)
