"""What goes wrong on demand, what is remembered of it, and the crowd."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from pages.sandbox import world
from pages.sandbox.crowd import Crowd
from pages.sandbox.server import PROJECT, Sandbox
from pages.sandbox.state import State
from tests.pages.sandbox.conftest import Caller, Receiver, code_of
from tests.product import PATIENCE, free_port

FINE = (200, 0, None)


def send(meta: Sandbox, page: Caller, text: str = "hi", **options: Any) -> requests.Response:
    rosa = meta.write("rosa", world.ACME_PAGE, "hello", quiet=True)["sender_id"]
    body = {"recipient": {"id": rosa}, "message": {"text": text}}
    return page("POST", f"{world.ACME_PAGE}/messages", json=body, **options)


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("429", (429, 613, 2018338)),
        ("500", (500, 2, None)),
        ("190", (400, 190, 460)),
        ("190/463", (400, 190, 463)),
        ("closed", (400, 10, 2018278)),
        ("551", (400, 551, None)),
        ("200/1545041", (400, 200, 1545041)),
    ],
)
def test_an_error_a_number_of_times(do: str, expected: Any, meta: Sandbox, page: Caller) -> None:
    meta.fault(do, times=2, path="/messages$")
    assert [code_of(send(meta, page)) for _ in range(3)] == [expected, expected, FINE]
    assert len(meta.record("accepted")) == 1
    assert page("GET", world.ACME_PAGE).status_code == 200


@pytest.mark.parametrize(
    ("do", "expected"), [("429", (429, 130429, None)), ("131047", (400, 131047, None)), ("500", (500, 131000, None))]
)
def test_whatsapps_errors_look_like_whatsapps(do: str, expected: Any, meta: Sandbox, number: Caller) -> None:
    meta.write("rosa", world.ACME_NUMBER, "hola")
    meta.fault(do, times=1, platform="WHATSAPP")
    body = {"messaging_product": "whatsapp", "to": "573000000001", "type": "text", "text": {"body": "x"}}
    assert code_of(number.send(world.ACME_NUMBER, **body)) == expected
    assert code_of(number.send(world.ACME_NUMBER, **body)) == FINE


def test_only_what_is_meant(meta: Sandbox, page: Caller) -> None:
    fault = meta.fault("500", text="grüße")
    assert send(meta, page, "hello").status_code == 200
    assert send(meta, page, "viele grüße").status_code == 500
    meta.delete(f"faults/{fault['id']}")
    assert send(meta, page, "grüße").status_code == 200


def test_by_rate(meta: Sandbox, page: Caller) -> None:
    meta.fault("500", rate=0.5)
    statuses = [send(meta, page).status_code for _ in range(60)]
    assert 10 < statuses.count(500) < 50
    assert meta.get("faults")[0]["done"] == statuses.count(500)


@pytest.mark.parametrize(
    ("do", "accepted"), [("reset_before", 0), ("reset_after", 1), ("timeout_before", 0), ("timeout_after", 1)]
)
def test_no_answer_comes(do: str, accepted: int, meta: Sandbox, page: Caller, receiver: Receiver) -> None:
    meta.deliver_to(receiver.url)
    meta.fault(do, times=1, seconds=0.6 if "timeout" in do else 0)
    with pytest.raises(requests.Timeout if "timeout" in do else requests.ConnectionError):
        send(meta, page, timeout=0.3 if "timeout" in do else PATIENCE)
    meta.settled()
    assert len(meta.record("accepted")) == accepted
    # A receiver on a busy machine may have been asked twice.
    taken = sorted(one["event"] for one in meta.record("webhook") if one["status"] == 200)
    assert taken == ["delivery", "echo"] * accepted
    assert send(meta, page).status_code == 200


def test_slow_is_slow_for_one_alone(meta: Sandbox, page: Caller) -> None:
    meta.fault("slow", times=1, seconds=2)
    assert send(meta, page).elapsed.total_seconds() >= 2
    assert send(meta, page).elapsed.total_seconds() < 2


def test_taken_and_failed_later(meta: Sandbox, number: Caller, receiver: Receiver) -> None:
    meta.write("rosa", world.ACME_NUMBER, "hola")
    meta.deliver_to(receiver.url)
    meta.fault("failed/131049", times=1)
    body = {"messaging_product": "whatsapp", "to": "573000000001", "type": "text", "text": {"body": "x"}}
    assert number.send(world.ACME_NUMBER, **body).status_code == 200
    meta.settled()
    assert [b'"code":131049' in body for _, body in receiver.got] == [True]


def test_a_fault_that_makes_no_sense(meta: Sandbox) -> None:
    with pytest.raises(ValueError, match="do must be one of"):
        meta.fault("explode")
    assert meta.get("faults") == []


def test_the_record_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    with Sandbox(record=str(path)) as meta:
        wrote = [meta.write("rosa", world.ACME_PAGE, str(n))["id"] for n in range(50)]
        sent = send(meta, Caller(meta, world.ACME_PAGE_TOKEN), "ours").json()["message_id"]
        meta.kill()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [one["id"] for one in lines if one["kind"] == "customer"][:50] == wrote
    assert [one["id"] for one in lines if one["kind"] == "accepted"] == [sent]


def test_faults_and_latency_from_the_start() -> None:
    with Sandbox(faults="500:1", latency_ms=120) as meta:
        page = Caller(meta, world.ACME_PAGE_TOKEN)
        assert send(meta, page).status_code == 500
        meta.delete("faults")
        assert send(meta, page).elapsed.total_seconds() >= 0.12


def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "sandbox", *arguments]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=PATIENCE, check=False)


def test_it_is_served_by_its_command(tmp_path: Path) -> None:
    port, path = free_port(), tmp_path / "record.jsonl"
    command = [sys.executable, "manage.py", "sandbox", "--port", str(port), "--record", str(path), "--faults", "429"]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == f"The sandbox is at http://127.0.0.1:{port}.\n"
        meta = Sandbox()
        meta.port, meta.url = port, f"http://127.0.0.1:{port}"
        wait_until_answering(meta)
        page = requests.get(meta.url, timeout=PATIENCE)
        assert send(meta, Caller(meta, world.ACME_PAGE_TOKEN)).status_code == 429
        process.terminate()
    assert "<title>Sandbox: Meta, played</title>" in page.text
    assert '"kind": "refused"' in path.read_text()


def wait_until_answering(meta: Sandbox) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            meta.get("health")
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("it does not answer")


def test_the_crowd(meta: Sandbox, receiver: Receiver) -> None:
    meta.deliver_to(receiver.url)
    done = manage("crowd", "--url", meta.url, "--rate", "100", "--duration", "1", "--customers", "20", "--seed", "3")
    report = json.loads(done.stdout)
    assert (report["acts"], report["waiting"]) == (100, 0)
    assert sum(report["kinds"].values()) == sum(report["platforms"].values()) == 100
    assert len(report["platforms"]) == 3
    told = [one for one in meta.record("customer") if (one["act"], one["platform"]) != ("deleted", "FACEBOOK")]
    assert report["taken"] == len(receiver.got) == len(told)


def test_the_crowd_writes_to_those_who_want_to_hear(meta: Sandbox, page: Caller, number: Caller) -> None:
    assert page("POST", f"{world.ACME_PAGE}/subscribed_apps", params={"subscribed_fields": "messages"}).ok
    assert number("POST", f"{world.ACME_WABA}/subscribed_apps").ok
    manage("crowd", "--url", meta.url, "--rate", "100", "--duration", "1", "--customers", "20")
    linked = {world.ACME_PAGE, world.ACME_INSTAGRAM, world.ACME_NUMBER, world.ACME_RETURNS_NUMBER}
    assert {one["account"] for one in meta.record("customer")} == linked


def test_the_same_seed_the_same_acts() -> None:
    assert acts(5) == acts(5) != acts(6)


def acts(seed: int) -> list[Any]:
    state = State(base_url="http://127.0.0.1:1")
    crowd = Crowd(state, rate=100_000, duration=0.002, people=10, seed=seed)
    crowd.start()
    while crowd.running:
        pass
    return [(one["act"], one["customer"], one["account"], one.get("text")) for one in state.record.entries]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("crowd", "--rate", "0"), "--rate, --duration and --customers must be more than nothing."),
        (("crowd", "--rate", "much"), "argument --rate: invalid float value: 'much'"),
        (("crowd", "--url", "http://127.0.0.1:1"), "There is no sandbox at http://127.0.0.1:1: ConnectionError."),
        (("--faults", "explode"), "--faults cannot be read: do must be one of"),
        (("--port", "0"), "--port must be 1 to 65535, and --latency not negative."),
    ],
)
def test_bad_arguments(arguments: tuple[str, ...], problem: str) -> None:
    done = manage(*arguments)
    assert done.returncode == 2
    assert problem in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
