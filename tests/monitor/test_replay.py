"""The replay's reading and telling; what the governor makes of a trace is in ``test_replay_acceptance``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from autocut_tray.core.errors import InputError, SettingsError, UsageError
from autocut_tray.core.monitor.replay import parse_changes, replay

Json = dict[str, Any]


def play(*ticks: Json, **more: Any) -> list[Json]:
    return list(replay((json.dumps(tick) for tick in ticks), **more))


def seconds(start: int, end: int, **values: Any) -> list[Json]:
    return [{"t": t, **values} for t in range(start, end)]


def events(told: list[Json], name: str) -> list[Json]:
    return [event for event in told if event["event"] == name]


def test_missing_keys_keep_their_last_value() -> None:
    told = play({"t": 0, "vram_used": 7200}, *seconds(1, 11))
    assert [(e["t"], e["to"]) for e in events(told, "tier")] == [(10, "CPU")]


def test_null_is_a_failed_probe_and_stays_one() -> None:
    told = play({"t": 0, "vram_used": None}, *seconds(1, 31))
    assert events(told, "tier")[0]["cause"] == "vram_unknown"


def test_units_are_not_kept() -> None:
    told = play({"t": 0, "units": [{"ok": False, "kind": "down"}]}, *seconds(1, 20))
    assert told == []


def test_the_line_of_the_specification_is_understood() -> None:
    line = (
        '{"t": 12.0, "vram_used": 7200, "vram_total": 8192, "own_vram": 0, "ram_avail": 8192, "ram_total": 16384, '
        '"need_vram": 5000, "need_ram": 6000, "loaded": false, "work": true, "cloud_ok": true, '
        '"units": [{"ok": false, "kind": "resource"}], "probe": "pass"}'
    )
    (reclaim,) = replay([line])
    assert (reclaim["t"], reclaim["event"]) == (12.0, "reclaim")


def test_blank_lines_a_byte_order_mark_and_unknown_keys_do_no_harm() -> None:
    assert list(replay(['\ufeff{"t": 0, "note": "hand-made"}\n', "\n", '{"t": 1}\r\n'])) == []


def test_output_is_json() -> None:
    told = play(
        {"t": 0, "ram_avail": 900, "ram_total": 6000, "cpu_percent": 99, "base": "GPU"},
        *seconds(1, 40),
        *seconds(1000, 1200, ram_avail=5000, cpu_percent=10),
    )
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    names = {event["event"] for event in told}
    assert names >= {"reclaim", "memory", "emergency_stop", "tier", "probe", "gap_reset", "cpu_throttle"}
    assert names >= {"small_machine", "model"}


def test_a_probe_tells_its_result_once() -> None:
    told = play({"t": 0, "tier": "CPU", "probe": "fail"}, *seconds(1, 61))
    assert events(told, "probe") == [{"t": 60, "event": "probe", "tier": "GPU", "k": 0, "result": "fail"}]
    told = play({"t": 0, "tier": "CPU"}, *seconds(1, 61))
    assert events(told, "probe")[0]["result"] == "pass"


def test_base_and_allowed_limit_the_tiers() -> None:
    told = play({"t": 0, "base": "CPU", "allowed": ["CPU"], "ram_avail": 1900}, *seconds(1, 11))
    assert [(e["from"], e["to"]) for e in events(told, "tier")] == [("CPU", "PAUSED")]


def test_a_policy_may_change_on_the_way() -> None:
    told = play(*seconds(0, 5), {"t": 5, "base": "CPU"}, *seconds(6, 100))
    assert [(e["t"], e["to"], e["cause"]) for e in events(told, "tier")] == [(5, "CPU", "policy")]


def test_a_tier_on_later_lines_is_ignored() -> None:
    assert play({"t": 0}, {"t": 1, "tier": "CPU"}) == []


def test_wishes_of_a_person() -> None:
    told = play(
        {"t": 0},
        {"t": 1, "force": "CPU"},
        {"t": 2, "undo": True},
        {"t": 3, "undo": True},
        {"t": 4, "pin": "CLOUD"},
        {"t": 5, "pin": None},
    )
    assert [(e["t"], e["to"], e["cause"]) for e in events(told, "tier")] == [
        (1, "CPU", "forced"),
        (2, "GPU", "undone"),
        (4, "CLOUD", "pinned"),
    ]
    assert events(told, "refused") == [
        {"t": 3, "event": "refused", "wish": "undone", "tier": None, "reason": "not_degraded"}
    ]


def test_units_in_full() -> None:
    unit = {"ok": False, "kind": "tier", "file": "a", "seconds": 3.0}
    told = play(
        {"t": 0, "units": [unit, {**unit, "tier": "CPU"}]},
        {"t": 1, "units": [{"ok": False, "kind": "throttle", "retry_after": 30}, {"ok": True}]},
    )
    assert told == [
        {"t": 0, "event": "poison", "file": "a", "tiers": ["GPU", "CPU"]},
        {"t": 1, "event": "throttled", "tier": "GPU", "until": 31.0},
    ]


def test_other_limits() -> None:
    told = play({"t": 0, "vram_used": 7200}, *seconds(1, 60), changes=parse_changes(["vram_on=90"]))
    assert told == []


def test_it_streams() -> None:
    def endless() -> Any:
        yield '{"t": 0, "vram_used": 8000}'
        yield '{"t": 1}'
        raise AssertionError("read ahead")

    told = replay(endless())
    assert next(told)["event"] == "reclaim"
    assert next(told)["event"] == "tier"


@pytest.mark.parametrize(
    ("line", "code", "params"),
    [
        ("{", "replay-json", {}),
        ("[" * 100_000, "replay-json", {}),
        ("[1]", "replay-object", {}),
        ("{}", "replay-no-time", {}),
        ('{"t": "0"}', "replay-value", {"key": "t", "value": '"0"'}),
        ('{"t": NaN}', "replay-value", {"key": "t", "value": "NaN"}),
        ('{"t": 1, "vram_used": "7200"}', "replay-value", {"key": "vram_used", "value": '"7200"'}),
        ('{"t": 1, "vram_used": true}', "replay-value", {"key": "vram_used", "value": "true"}),
        ('{"t": 1, "loaded": 1}', "replay-value", {"key": "loaded", "value": "1"}),
        ('{"t": 1, "in_flight": -1}', "replay-value", {"key": "in_flight", "value": "-1"}),
        ('{"t": 1, "probe": "maybe"}', "replay-value", {"key": "probe", "value": '"maybe"'}),
        ('{"t": 1, "units": {"ok": true}}', "replay-value", {"key": "units", "value": "[…]"}),
        ('{"t": 1, "units": [{}]}', "replay-value", {"key": "units", "value": "[…]"}),
        ('{"t": 1, "units": [3]}', "replay-value", {"key": "units", "value": "[…]"}),
        (
            '{"t": 1, "units": [{"ok": false, "kind": "bad"}]}',
            "replay-value",
            {"key": "units", "value": "[…]"},
        ),
        ('{"t": 1, "units": [{"ok": true, "file": 3}]}', "replay-value", {"key": "units", "value": "[…]"}),
        ('{"t": 1, "base": "TPU"}', "replay-value", {"key": "base", "value": '"TPU"'}),
        ('{"t": 1, "allowed": "GPU"}', "replay-value", {"key": "allowed", "value": '"GPU"'}),
        ('{"t": 1, "base": "CPU", "allowed": ["GPU"]}', "replay-policy", {}),
        ('{"t": -1}', "replay-time-back", {"t": "-1", "before": "0"}),
    ],
)
def test_what_makes_no_sense_is_told_with_its_line(line: str, code: str, params: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        list(replay(['{"t": 0}', "", line]))
    assert caught.value.message.code == code
    assert caught.value.message.params == {"line": "3", **params}
    assert caught.value.exit_code == 3


def test_an_unbelievable_number_is_only_a_failed_probe() -> None:
    assert list(replay(['{"t": 0, "vram_used": NaN, "ram_avail": -5}'])) == []
    with pytest.raises(InputError):
        list(replay(['{"t": 0, "vram_used": 1' + "0" * 400 + "}"]))


def test_a_first_line_must_fit_its_policy() -> None:
    with pytest.raises(InputError) as caught:
        play({"t": 0, "base": "CPU", "tier": "GPU"})
    assert caught.value.message.code == "replay-policy"


def test_a_trace_needs_lines() -> None:
    with pytest.raises(InputError) as caught:
        list(replay(["\n"]))
    assert caught.value.message.code == "replay-empty"


def test_overrides() -> None:
    assert parse_changes([]) == {}
    assert parse_changes(["vram_on=90", " ram_on = 1500 "]) == {"vram_on": 90.0, "ram_on_mib": 1500.0}


@pytest.mark.parametrize("text", ["vram_on", "vram_on=", "=90", "vram_on=high", "vram_on=nan", "vram_on=inf"])
def test_overrides_must_be_numbers_with_a_name(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_changes([text])
    assert caught.value.message.code == "replay-set"
    assert caught.value.exit_code == 2


def test_overrides_must_make_sense() -> None:
    with pytest.raises(SettingsError):
        parse_changes(["vram_on=900"])
