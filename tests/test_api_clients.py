"""The examples of docs/examples, run as their readers would run them."""

import base64
import json
import os
import subprocess
import sys

import pytest

from api_world import CHANNEL, EXAMPLES, PASSWORD, PIXEL, world_of


@pytest.fixture
def world(calm_server):
    return world_of(calm_server)


@pytest.fixture(params=["json2", "xmlrpc"])
def run(request, world):
    """Run client_stdlib.py; return exit status, what it printed, and its errors."""
    flags = ["--xmlrpc"] if request.param == "xmlrpc" else []

    def run(*words, text="", **settings):
        env = {**os.environ, **environment(world), **settings}
        done = subprocess.run(
            [sys.executable, EXAMPLES / "client_stdlib.py", *flags, *words],
            input=text,
            capture_output=True,
            text=True,
            env=env,
            timeout=120,
            check=False,
        )
        answer = json.loads(done.stdout) if done.stdout else None
        return done.returncode, answer, done.stderr

    return run


def environment(world):
    return {
        "ORDER_HUB_URL": world.server.url,
        "ORDER_HUB_DB": world.server.db,
        "ORDER_HUB_KEY": world.key,
        "ORDER_HUB_LOGIN": "api_integrator",
        "PYTHONIOENCODING": "utf-8",
    }


def test_an_order_from_the_command_line(run, world, tmp_path, request):
    number = request.node.name
    named = f"{CHANNEL}/{number}"
    file = tmp_path / "order.json"
    file.write_text(json.dumps(world.order(number, note="福 😀")), "utf-8")
    picture = tmp_path / "pallet.png"
    picture.write_bytes(base64.b64decode(PIXEL))

    status, taken, _errors = run("submit", str(file))
    assert (status, taken["created"]) == (0, True)
    status, again, _errors = run("submit", "-", text=file.read_text("utf-8"))
    assert (status, again["created"]) == (0, False)
    assert run("status", taken["hub_ref"])[1]["stage"] == "Ordered"
    assert run("status", named)[1]["hub_ref"] == taken["hub_ref"]
    status, attached, _errors = run("attach", named, str(picture), "--public")
    assert (status, attached["evidence_id"] > 0) == (0, True)
    status, moved, _errors = run("push", taken["hub_ref"], "packed", "--note", "2")
    assert (status, moved["stage"]) == (0, "Picked")
    assert run("events", "0")[1]["events"]


def test_what_the_hub_refuses_ends_with_one(run):
    status, answer, _errors = run("status", f"{CHANNEL}/none")
    assert status == 1
    assert answer["errors"][0]["code"] == "not_found"


def test_wrong_settings_end_with_two(run, tmp_path):
    status, _answer, errors = run("status", "x", ORDER_HUB_DB="")
    assert (status, errors.strip()) == (2, "not set: ORDER_HUB_DB")
    assert run("submit", str(tmp_path / "missing.json"))[0] == 2
    assert run("submit", "-", text="no json")[0] == 2
    assert run("nonsense")[0] == 2


def test_a_wrong_key_ends_with_three(run, world):
    world.server.allow_log(r"Login failed for .*login:api_integrator")
    status, _answer, errors = run("status", "x", ORDER_HUB_KEY="0" * 40)
    assert status == 3
    assert errors.strip()
    assert "Traceback" not in errors


def test_the_stream_of_events_yields_each_once(world, request):
    from client_stdlib import Hub

    hub = Hub(world.json2)
    start = [0, *(cursor for _event, cursor in hub.follow())][-1]
    answer = hub.submit(world.order(request.node.name))
    seen = world.wait(lambda: list(hub.follow(start)))
    assert [event["hub_ref"] for event, _cursor in seen] == [answer["hub_ref"]]
    assert list(hub.follow(seen[-1][1])) == []


def test_a_lost_network_is_tried_again_where_that_is_harmless(monkeypatch):
    import client_stdlib

    class Flaky:
        calls = 0

        def call(self, method, **_arguments):
            self.calls += 1
            if self.calls < 3:
                raise client_stdlib.HubError("gone", transient=True)
            return {"ok": True, "method": method}

    waited = []
    monkeypatch.setattr(client_stdlib.time, "sleep", waited.append)
    assert client_stdlib.Hub(Flaky()).submit({})["ok"]
    assert waited == [2, 4]


def test_odoorpc_client(world, tmp_path, request):
    number = request.node.name
    file = tmp_path / "order.json"
    file.write_text(json.dumps(world.order(number)), "utf-8")
    done = subprocess.run(
        [sys.executable, EXAMPLES / "client_odoorpc.py", str(file)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment(world)},
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Ordered" in done.stdout
    file.write_text(json.dumps({"channel": CHANNEL}), "utf-8")
    refused = subprocess.run(
        [sys.executable, EXAMPLES / "client_odoorpc.py", str(file)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment(world)},
        timeout=120,
        check=False,
    )
    assert refused.returncode == 1
    assert "external_ref: " in refused.stderr


def test_every_method_of_the_odoorpc_client(world, tmp_path, request):
    from client_odoorpc import Hub, Refused, connect

    hub = Hub(connect(world.server.url, world.server.db, "api_integrator", PASSWORD))
    taken = hub.submit(world.order(request.node.name))
    named = {"hub_ref": taken["hub_ref"]}
    picture = tmp_path / "pallet.png"
    picture.write_bytes(base64.b64decode(PIXEL))
    assert hub.attach("photo", picture, **named)["evidence_id"]
    assert hub.push("packed", "two boxes", **named)["stage"] == "Picked"
    assert hub.status(**named)["stage"] == "Picked"
    assert hub.events()["events"]
    with pytest.raises(Refused) as refused:
        hub.push("paid", **named)
    assert refused.value.errors[0]["code"] == "behind"


def test_the_translator_and_the_client_make_a_pipeline(run, world, request):
    payload = EXAMPLES.parents[1] / "tests" / "data" / "shopify_discounts.json"
    code = f"shop-pipe-{request.node.callspec.id}"
    world.make_channel(code, world.order_type)
    done = subprocess.run(
        [sys.executable, EXAMPLES / "shopify_to_hub.py", code],
        input=payload.read_text("utf-8"),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    status, answer, errors = run("submit", "-", text=done.stdout)
    assert status == 0, errors
    assert answer["amount_total"] == 13992.98
