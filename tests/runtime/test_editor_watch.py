"""Watching Resolve tick by tick."""

from __future__ import annotations

from autocut_tray.core.clock import SystemClock
from autocut_tray.core.runtime.probes.editor_watch import EditorWatcher, ResolveState
from tests.fakes import FakeClock
from tests.runtime.fakes import FakeProcess, FakeProcesses

RESOLVE = "/opt/resolve/bin/resolve"
NOT_RUNNING = ResolveState(False, None)


def settled(table: FakeProcesses, clock: FakeClock) -> EditorWatcher:
    """A watcher that knows every process there is."""
    watcher = EditorWatcher(clock, lambda: table)
    for _ in range(40):
        watcher.look()
    return watcher


def many(count: int) -> FakeProcesses:
    return FakeProcesses({pid: FakeProcess(f"worker-{pid}") for pid in range(1, count + 1)})


def test_nothing_is_claimed_before_every_process_was_looked_at() -> None:
    watcher = EditorWatcher(FakeClock(), lambda: many(200))
    states = [watcher.look().running for _ in range(20)]
    assert states[0] is None
    assert states[-1] is False


def test_a_tick_reads_few_names_and_then_only_new_ones() -> None:
    table, clock = many(400), FakeClock()
    watcher = EditorWatcher(clock, lambda: table)
    for _ in range(40):
        before = table.names_read
        watcher.look()
        assert table.names_read - before <= 32
    before = table.names_read
    for _ in range(10):
        assert watcher.look() == NOT_RUNNING
    assert table.names_read == before
    table.table[500] = FakeProcess("new")
    watcher.look()
    watcher.look()
    watcher.look()
    assert table.names_read == before + 2


def test_resolve_is_seen_within_two_ticks_of_its_start() -> None:
    table, clock = many(300), FakeClock()
    watcher = settled(table, clock)
    table.table[9000] = FakeProcess("resolve", RESOLVE)
    assert watcher.look().running is False
    assert watcher.look().running is True


def test_between_fork_and_exec_a_process_has_its_parents_name() -> None:
    table, clock = FakeProcesses({1: FakeProcess("init")}), FakeClock()
    watcher = settled(table, clock)
    table.table[50] = FakeProcess("resolve", "/usr/bin/sh")
    assert watcher.look() == NOT_RUNNING
    table.table[50] = FakeProcess("ffprobe", "/opt/resolve/bin/ffprobe")
    assert watcher.look() == NOT_RUNNING
    assert watcher.look() == NOT_RUNNING


def test_busy_follows_the_processor_time_between_two_ticks() -> None:
    clock = FakeClock()
    table = FakeProcesses({50: FakeProcess("resolve", RESOLVE, cpu=10.0)})
    watcher = EditorWatcher(clock, lambda: table)
    watcher.look()
    clock.advance(5)
    assert watcher.look() == ResolveState(True, None)
    clock.advance(5)
    table.table[50].cpu = 30.0
    assert watcher.look() == ResolveState(True, True)
    clock.advance(5)
    table.table[50].cpu = 31.0
    assert watcher.look() == ResolveState(True, False)
    clock.advance(5)
    table.table[50].cpu = None
    assert watcher.look() == ResolveState(True, None)


def test_resolve_ends_and_another_program_gets_its_number() -> None:
    clock = FakeClock()
    table = FakeProcesses({50: FakeProcess("resolve", RESOLVE)})
    watcher = settled(table, clock)
    assert watcher.look().running is True
    table.table[50] = FakeProcess("bash", "/bin/bash")
    assert watcher.look().running is False
    del table.table[50]
    assert watcher.look() == NOT_RUNNING
    table.table[51] = FakeProcess("resolve", RESOLVE)
    watcher.look()
    assert watcher.look().running is True


def test_numbers_that_were_given_again_are_noticed_after_a_while() -> None:
    table, clock = many(30), FakeClock()
    watcher = settled(table, clock)
    table.table[7] = FakeProcess("resolve", RESOLVE)
    assert watcher.look() == NOT_RUNNING
    clock.advance(600)
    for _ in range(3):
        state = watcher.look()
    assert state.running is True


def test_a_process_without_a_name_is_no_editor() -> None:
    table = FakeProcesses({5: FakeProcess(None), 6: FakeProcess("")})
    assert settled(table, FakeClock()).look() == NOT_RUNNING


def test_this_machine() -> None:
    watcher = EditorWatcher(SystemClock())
    for _ in range(60):
        state = watcher.look()
    assert state.running is not None
