"""Which rows of the fault list (FR1-FR20, FM1-FM23) are proven, and by which tests.

A test says so by ``@pytest.mark.fault("FR7")``. This table says the same once more, so that neither a test nor its
mark can go away unnoticed.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).parent

PROVEN: dict[str, tuple[str, ...]] = {
    "FR1": (
        "faults/test_card.py::test_a_curve_down_and_up_again",
        "faults/test_readings.py::test_foreign_vram_at_88_percent_that_stays",
        "monitor/test_replay_acceptance.py::test_a1_tells_what_was_measured",
        "monitor/test_replay_acceptance.py::test_tier_changes",
        "policy/test_controller.py::test_pressure_degrades_with_a_receipt_and_calm_brings_it_back",
    ),
    "FR2": (
        "faults/test_readings.py::test_a_vram_spike_of_nine_seconds",
        "monitor/test_replay_acceptance.py::test_tier_changes",
    ),
    "FR3": (
        "faults/test_readings.py::test_our_own_model_makes_90_percent_for_an_hour",
        "policy/test_controller.py::test_own_vram_explains_a_full_card",
    ),
    "FR4": (
        "faults/test_readings.py::test_no_vram_left_and_it_is_not_ours",
        "monitor/test_replay_acceptance.py::test_tier_changes",
    ),
    "FR5": (
        "faults/test_readings.py::test_ram_below_two_gib",
        "policy/test_governor_signals.py::test_low_ram_never_leads_to_the_cpu_even_between_the_limits",
    ),
    "FR6": (
        "faults/test_readings.py::test_ram_nearly_full",
        "memory/test_pressure.py::test_reclaim_degrade_recover_and_no_scene_is_lost_or_done_twice",
        "monitor/test_replay_acceptance.py::test_b3_stops_everything",
        "policy/test_controller.py::test_ram_emergency_stops_the_worker_and_says_how_much_is_left",
    ),
    "FR7": (
        "faults/test_exhaustion.py::test_a_worker_killed_for_its_memory_costs_one_try",
        "faults/test_exhaustion.py::test_a_worker_without_memory_is_tried_once_more_with_half",
        "jobs/test_queue.py::test_two_deaths_of_the_worker_quarantine_the_file",
        "media/test_client.py::test_how_a_worker_ends_is_what_is_told",
        "media/test_fence.py::test_memory_ends_in_a_memory_error",
    ),
    "FR8": (
        "faults/test_exhaustion.py::test_a_handler_without_memory_fails_alone_and_makes_it_an_emergency",
        "faults/test_exhaustion.py::test_a_job_without_memory_waits_and_goes_on",
        "faults/test_exhaustion.py::test_a_thread_without_memory_is_heard_too",
        "policy/test_governor_signals.py::test_memory_error_is_an_emergency_at_once",
    ),
    "FR9": (
        "faults/test_readings.py::test_a_card_that_tells_nothing_or_nonsense",
        "monitor/test_monitor.py::test_a_failing_driver_costs_its_figure_only",
        "monitor/test_replay_acceptance.py::test_e3_holds_30_s_and_never_probes_blind",
        "runtime/test_vram.py::test_a_driver_that_restarts_comes_back",
        "runtime/test_vram.py::test_a_lost_card_is_looked_for_ever_more_slowly_and_said_once",
    ),
    "FR10": (
        "faults/test_readings.py::test_a_reading_of_the_card_that_does_not_return",
        "monitor/test_monitor.py::test_a_hanging_driver_costs_its_figure_only",
    ),
    "FR11": (
        "faults/test_readings.py::test_a_card_that_tells_nothing_or_nonsense",
        "policy/test_governor_signals.py::test_an_impossible_ram_reading_is_none",
        "policy/test_governor_signals.py::test_an_impossible_vram_reading_is_none",
        "policy/test_governor_signals.py::test_other_impossible_readings_are_none",
        "runtime/test_vram.py::test_figures_that_cannot_be_are_unknown",
    ),
    "FR12": (
        "faults/test_readings.py::test_a_busy_processor_halves_the_threads_and_keeps_the_tier",
        "media/test_process.py::test_a_program_with_threads_gives_half_of_the_cores_back",
        "policy/test_controller.py::test_a_busy_processor_halves_the_workers_cores_until_it_has_rested",
        "policy/test_governor_signals.py::test_cpu_load_throttles_and_never_changes_the_tier",
        "ui/test_busy_machine.py::test_the_window_answers_beside_two_busy_loops",
    ),
    "FR13": (
        "faults/test_exhaustion.py::test_a_dropped_file_is_taken_in_when_files_can_be_opened_again",
        "faults/test_exhaustion.py::test_a_file_that_nobody_can_open_now_is_not_a_bad_file",
        "faults/test_exhaustion.py::test_a_picture_that_nobody_can_open_now_costs_no_scene",
        "faults/test_exhaustion.py::test_a_program_without_open_files_pauses_and_goes_on",
    ),
    "FR14": (
        "faults/test_exhaustion.py::test_a_real_limit_of_processes",
        "faults/test_exhaustion.py::test_no_process_is_waited_for_ever_longer",
        "faults/test_exhaustion.py::test_no_thread_is_waited_for_and_leaves_no_process",
    ),
    "FR15": (
        "faults/test_readings.py::test_an_hour_of_a_square_wave_of_90_seconds",
        "monitor/test_replay_acceptance.py::test_d4_square_wave_is_locked",
    ),
    "FR16": (
        "faults/test_card.py::test_a_curve_down_and_up_again",
        "faults/test_card.py::test_an_unload_that_is_refused",
        "faults/test_card.py::test_memory_that_comes_back_late_or_in_part",
        "faults/test_readings.py::test_a_model_whose_memory_does_not_come_back",
        "memory/test_guard.py::test_a_server_says_gone_and_the_card_says_no",
        "memory/test_guard.py::test_what_does_not_come_back_is_said_and_not_tried_at_once_again",
        "memory/test_residency.py::test_an_unload_that_brings_nothing_is_said",
    ),
    "FR17": (
        "core/test_clock.py::test_each_system_has_a_clock_with_the_time_of_a_suspend",
        "e2e/test_main_job.py::test_a_program_that_slept_in_the_middle_of_a_request_blames_nobody",
        "faults/test_readings.py::test_asleep_while_degraded_takes_a_whole_green_minute",
        "faults/test_readings.py::test_two_hours_asleep_in_the_middle_of_a_request",
        "media/test_client.py::test_a_machine_that_slept_blames_nobody",
        "monitor/test_replay_acceptance.py::test_e1_e2_a_gap_starts_every_timer_anew",
        "monitor/test_sampler.py::test_a_suspend_is_no_spike",
        "policy/test_governor_failures.py::test_failures_of_units_that_ran_through_a_gap_do_not_count",
    ),
    "FR18": (
        "egress/test_ledger.py::test_no_clock_that_is_set_back_gives_money_back",
        "faults/test_readings.py::test_a_wall_clock_set_back_between_two_starts_shortens_no_lock",
        "faults/test_readings.py::test_a_wall_clock_that_is_set_moves_no_timer",
        "monitor/test_sampler.py::test_the_wall_clock_moves_no_rate",
    ),
    "FR19": (
        "faults/test_readings.py::test_a_swap_storm_never_leads_to_the_processor",
        "monitor/test_sampler.py::test_a_swap_storm_is_seen",
        "policy/test_governor_signals.py::test_a_memory_stall_counts_as_a_shortage",
    ),
    "FR20": (
        "faults/test_long_run.py::test_a_log_of_twenty_thousand_jobs_is_bounded",
        "faults/test_long_run.py::test_twenty_thousand_units_leave_nothing_behind",
        "faults/test_long_run.py::test_whole_jobs_leave_no_file_open_and_no_thread",
        "monitor/test_history.py::test_the_fullest_thirty_days_are_small",
        "monitor/test_history.py::test_thirty_days_stay_small_and_no_longer",
    ),
    "FM1": (
        "analyzers/test_contract.py::test_a_server_that_is_gone_is_tried_after_1_2_and_4_seconds",
        "e2e/test_main_job.py::test_the_server_killed_in_the_middle_pauses_the_job_until_it_is_back",
        "e2e/test_main_job.py::test_without_a_server_scenes_wait_and_are_described_when_there_is_one",
        "faults/test_fifty_scenes.py::test_a_real_server_is_killed_and_started_again",
        "faults/test_fifty_scenes.py::test_the_server_comes_and_goes",
        "jobs/test_run.py::test_a_server_that_dies_in_the_middle_loses_nothing",
        "monitor/test_replay_acceptance.py::test_c6_probes_when_the_breaker_has_been_open_for_60_s",
        "monitor/test_replay_acceptance.py::test_tier_changes",
        "policy/test_controller.py::test_three_refusals_leave_the_tier_and_units_wait",
        "policy/test_recommend.py::test_acts_on_this_machine",
    ),
    "FM2": (
        "analyzers/test_contract.py::test_a_broken_connection_is_tried_once_more",
        "analyzers/test_ollama.py::test_a_runner_that_dies_is_tried_once_more",
        "faults/test_fifty_scenes.py::test_a_real_server_is_killed_and_started_again",
        "faults/test_fifty_scenes.py::test_answers_that_break_now_and_then",
    ),
    "FM3": (
        "analyzers/test_contract.py::test_lack_of_memory_is_tried_once_with_half_the_picture",
        "analyzers/test_ollama.py::test_lack_of_memory_in_the_words_of_each_version",
        "analyzers/test_ollama.py::test_texts_of_a_500",
        "faults/test_fifty_scenes.py::test_out_of_memory",
        "jobs/test_run.py::test_three_failures_in_a_row_fall_on_three_scenes",
        "media/test_scanner.py::test_a_key_frame_comes_with_itself_at_half_the_size",
        "memory/test_pressure.py::test_a_server_out_of_memory_has_our_models_unloaded_and_the_job_ends_well",
    ),
    "FM4": (
        "analyzers/test_ollama.py::test_a_full_queue_is_a_failure_at_the_third_time",
        "analyzers/test_retries.py::test_how_often_and_when",
        "faults/test_fifty_scenes.py::test_busy",
    ),
    "FM5": (
        "analyzers/test_contract.py::test_a_server_that_says_nothing_is_given_up",
        "faults/test_back_ends.py::test_the_limits_are_those_of_the_list",
        "faults/test_card.py::test_a_load_that_takes_its_time_is_shown_and_waited_for",
    ),
    "FM6": (
        "drill/test_drill.py::test_a_gpu_model_on_the_processor_has_not_passed",
        "faults/test_card.py::test_a_model_for_the_card_that_runs_on_the_processor",
        "policy/test_controller.py::test_a_gpu_model_that_runs_on_the_processor_is_noticed",
        "policy/test_governor_failures.py::test_a_gpu_model_on_the_cpu_opens_the_breaker",
    ),
    "FM7": (
        "policy/test_governor_failures.py::test_slow_is_relative_to_the_tier",
        "policy/test_governor_failures.py::test_slow_units_are_a_failing_tier",
    ),
    "FM8": (
        "analyzers/test_contract.py::test_what_must_be_configured_is_not_retried",
        "faults/test_back_ends.py::test_a_model_that_was_deleted_under_a_job",
        "policy/test_governor_failures.py::test_config_is_not_a_failure_of_the_tier",
        "policy/test_recommend.py::test_acts_on_this_machine",
    ),
    "FM9": (
        "analyzers/test_contract.py::test_a_runaway_answer_ends",
        "analyzers/test_contract.py::test_an_unusable_answer_is_asked_for_once_more",
        "analyzers/test_contract.py::test_nonsense_is_a_failure_with_a_class",
        "faults/test_back_ends.py::test_an_answer_of_fifty_megabytes_costs_one_scene_its_try",
        "faults/test_back_ends.py::test_the_limits_are_those_of_the_list",
        "faults/test_fifty_scenes.py::test_answers_that_break_now_and_then",
        "test_http.py::test_answers_are_capped_unpacked",
    ),
    "FM10": (
        "analyzers/test_contract.py::test_nonsense_is_a_failure_with_a_class",
        "faults/test_back_ends.py::test_the_limits_are_those_of_the_list",
        "test_http.py::test_answers_are_capped_unpacked",
    ),
    "FM11": (
        "analyzers/test_contract.py::test_redirects_lead_nowhere",
        "egress/test_door.py::test_a_redirect_is_not_followed",
        "test_http.py::test_redirects_are_not_followed",
    ),
    "FM12": (
        "analyzers/test_contract.py::test_what_must_be_configured_is_not_retried",
        "analyzers/test_openai_compat.py::test_a_wrong_key_is_not_tried_again_and_not_shown",
        "faults/test_cloud_program.py::test_a_key_that_is_refused_is_not_used_again_until_there_is_another",
        "policy/test_governor_failures.py::test_config_blocks_until_the_config_changes",
        "policy/test_governor_failures.py::test_config_is_not_a_failure_of_the_tier",
    ),
    "FM13": (
        "analyzers/test_contract.py::test_throttling_is_handed_to_the_caller",
        "analyzers/test_contract.py::test_throttling_without_a_time_waits_longer_each_time",
        "analyzers/test_openai_compat.py::test_waiting_times_are_read",
        "analyzers/test_retries.py::test_throttling_has_full_jitter_from_1_to_60_seconds",
        "faults/test_cloud_program.py::test_a_cloud_that_asks_to_wait_is_waited_for_and_stays",
        "policy/test_governor_failures.py::test_a_throttled_tier_waits_and_stays",
        "policy/test_governor_failures.py::test_these_classes_never_count",
    ),
    "FM14": (
        "analyzers/test_openai_compat.py::test_no_money_is_no_throttling",
        "egress/test_door.py::test_at_a_limit_nothing_more_is_sent",
        "faults/test_cloud_program.py::test_without_money_the_cloud_rests_until_the_day_ends",
        "policy/test_governor_failures.py::test_budget_closes_the_cloud_until_the_period_ends",
    ),
    "FM15": (
        "egress/test_door.py::test_a_wrong_certificate_is_refused_and_costs_nothing",
        "test_http.py::test_an_untrusted_certificate_is_refused",
        "test_http.py::test_https_to_a_plain_port_is_refused",
    ),
    "FM16": (
        "e2e/test_main_job.py::test_a_machine_without_any_network_loses_nothing",
        "faults/test_cloud_program.py::test_a_cloud_that_cannot_be_reached_pauses_the_job_and_costs_nothing",
        "test_http.py::test_an_unknown_name_is_down",
    ),
    "FM17": (
        "analyzers/test_contract.py::test_a_server_that_says_nothing_is_given_up",
        "faults/test_back_ends.py::test_the_limits_are_those_of_the_list",
        "faults/test_fifty_scenes.py::test_a_real_server_hangs_and_goes_on",
        "test_http_limits.py::test_a_drip_is_bounded_by_the_whole_call",
        "test_http_limits.py::test_a_full_backlog_is_a_connect_timeout",
        "test_http_limits.py::test_a_silent_server_is_given_up",
    ),
    "FM18": (
        "e2e/test_cloud.py::test_a_yes_taken_back_in_another_process_ends_what_is_under_way",
        "egress/test_door.py::test_a_yes_taken_back_drops_what_is_on_its_way",
        "egress/test_door.py::test_another_process_revokes_and_this_one_obeys",
        "faults/test_cloud_program.py::test_a_yes_taken_back_ends_what_is_under_way_and_drops_its_answer",
        "monitor/test_replay_acceptance.py::test_f1_cancels_requests",
    ),
    "FM19": ("analyzers/test_factory.py::test_a_cloud_model_of_a_local_ollama_leaves_the_machine",),
    "FM20": (
        "memory/test_residency.py::test_the_older_of_two_of_ours_in_lm_studio_is_unloaded",
        "memory/test_residency.py::test_two_of_which_one_was_there_before_us_both_stay",
    ),
    "FM21": (
        "egress/test_door.py::test_ten_jobs_and_one_request_left",
        "egress/test_ledger.py::test_ten_threads_with_room_for_one_send_one",
    ),
    "FM22": (
        "egress/test_door.py::test_a_scene_without_an_answer_is_sent_twice_at_most",
        "egress/test_ledger.py::test_a_reservation_survives_kill_9_and_counts",
    ),
    "FM23": (
        "analyzers/test_contract.py::test_instructions_in_a_picture_are_data",
        "faults/test_back_ends.py::test_instructions_in_a_frame_are_words_and_nothing_else",
        "jobs/test_export.py::test_hostile_names_make_files_inside_the_folder",
    ),
}


def _marked() -> dict[str, set[str]]:
    """The tests that are marked, by row."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                for row in _rows_of(node):
                    found[row].add(f"{file.relative_to(TESTS).as_posix()}::{node.name}")
    return found


def _rows_of(test: ast.FunctionDef) -> list[str]:
    marks = [mark for mark in test.decorator_list if isinstance(mark, ast.Call)]
    marks = [mark for mark in marks if ast.unparse(mark.func) == "pytest.mark.fault"]
    return [ast.literal_eval(row) for mark in marks for row in mark.args]


def test_every_row_has_its_tests() -> None:
    rows = {f"FR{number}" for number in range(1, 21)} | {f"FM{number}" for number in range(1, 24)}
    assert set(PROVEN) == rows


def test_the_tests_that_are_named_are_there_and_marked() -> None:
    assert _marked() == {row: set(tests) for row, tests in PROVEN.items()}
