"""What every endpoint returns and does, and that the description of it holds."""

from __future__ import annotations

import http.client
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from autocut_tray.api import action_shapes, job_shapes, shapes
from autocut_tray.core.alert import AlertKind
from autocut_tray.core.cancel import CancelToken
from autocut_tray.core.messages import message
from autocut_tray.core.policy.governor_types import Tier
from autocut_tray.core.policy.policy import Action, ActionKind, Recommendation
from autocut_tray.core.receipt import Receipt, ReceiptKind
from autocut_tray.core.remedies.state import Phase
from autocut_tray.documents import drill_document
from autocut_tray.i18n import LANGUAGES, Translator
from tests.api.rig import Rig, events_of, make_clip, work_until
from tests.memory.releases import release

JSON = "application/json"


def conforms(shape: type[BaseModel], document: Any) -> Any:
    """The shape has every key of the document and nothing else, so a generated client loses nothing."""
    assert shape.model_validate(document).model_dump(by_alias=True) == document
    return document


def test_the_documents_are_those_of_the_command_line(rig: Rig) -> None:
    profile = conforms(shapes.Profile, rig.get("/api/runtime/profile").json)
    assert profile["cpu"]["threads"] == 16 and profile["gpu"] is None
    assert [m["name"] for m in profile["ai_runtime"]["ollama"]["models"]] == ["moondream:latest"]
    policy = conforms(shapes.Policy, rig.get("/api/runtime/policy").json)
    assert policy["vision"]["model"] == "moondream:latest" and policy["base_tier"] == "CPU"
    status = conforms(shapes.Status, rig.get("/api/runtime/status").json)
    assert status["monitor"]["tier"] == "CPU" and status["policy"]["vision"] == policy["vision"]
    assert rig.get("/api/runtime/monitor").json == status["monitor"]
    conforms(shapes.Monitor, status["monitor"])
    history = conforms(shapes.History, rig.get("/api/runtime/monitor/metrics/history?minutes=5").json)
    assert history["minutes"] == 5 and set(history["metrics"]) == {
        "vram",
        "ram",
        "cpu",
        "failures",
        "gpu_load",
    }
    conforms(shapes.Alerts, rig.get("/api/alerts").json)
    conforms(action_shapes.Advices, rig.get("/api/recommendations").json)
    conforms(action_shapes.SettingList, rig.get("/api/settings").json)
    conforms(action_shapes.DrillProgress, rig.get("/api/drill").json)


def test_before_anything_is_known(rig: Rig) -> None:
    rig.services.detection.profile = rig.services.detection.policy = None
    for path in ("profile", "policy"):
        reply = rig.get(f"/api/runtime/{path}")
        assert (reply.status, reply.code, reply.headers["retry-after"]) == (503, "not_detected", "2")
    assert rig.get("/api/runtime/status").json["policy"] is None


def test_words_are_in_the_language_that_is_asked_for(rig: Rig) -> None:
    said = {language: Translator(language).t("api-not-found") for language in LANGUAGES}
    for accepted, language in {
        "zh-CN": "zh-CN", "zh-TW,en;q=0.5": "zh-CN", "en;q=0.4, zh;q=0.8": "zh-CN", "de, en": "en", "": "en",
        "x" * 5000: "en", "zh;q=zero, en": "en", "*": "en", "zh;q=0": "en",
    }.items():  # fmt: skip
        reply = rig.get("/api/nothing", headers={"Accept-Language": accepted})
        assert reply.json["error"]["message"] == said[language], accepted
    chinese = rig.get("/api/runtime/status", headers={"Accept-Language": "zh-CN"}).json
    assert chinese["profile"]["explanation"] != rig.get("/api/runtime/status").json["profile"]["explanation"]
    rig.services.translator.set_language("zh-CN")
    assert rig.get("/api/nothing").json["error"]["message"] == "此地址没有内容。"


def test_looking_again_sees_what_is_new(rig: Rig) -> None:
    before = rig.get("/api/runtime/profile").json["detected_at"]
    for method in ("GET", "POST"):
        reply = rig.call(method, "/api/runtime/profile/reload", {} if method == "POST" else None)
        assert reply.status == 200 and reply.json["detected_at"] > before
        before = reply.json["detected_at"]
    rig.services.settings.set("models.use_local_vision", False)
    assert rig.get("/api/runtime/policy/reload").json["vision"]["provider"] != "local"
    assert rig.post("/api/runtime/policy/reload").status == 200


def test_many_who_look_again_at_once_share_one_look(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    looks, begun, go = [], threading.Event(), threading.Event()

    def look() -> None:
        looks.append(1)
        begun.set()
        go.wait(10)

    monkeypatch.setattr(rig.services.detection, "detect_now", look)
    replies: list[int] = []
    callers = [
        threading.Thread(target=lambda: replies.append(rig.get("/api/runtime/profile/reload").status))
        for _ in range(4)
    ]
    for caller in callers:
        caller.start()
    assert begun.wait(10)
    threading.Event().wait(0.3)  # the others have come by then
    go.set()
    for caller in callers:
        caller.join()
    assert replies == [200] * 4 and len(looks) < 4


def test_degrade_undo_and_pin(rig: Rig) -> None:
    down = rig.call("POST", "/api/runtime/policy/degrade?reason=test")
    assert down.status == 200 and down.json["monitor"]["tier"] == "PAUSED", "one rung down from the processor"
    conforms(shapes.Status, down.json)
    assert down.json["monitor"]["forced"] == "PAUSED"
    assert rig.post("/api/runtime/policy/undo").status == 200
    assert rig.services.controller.state.forced is None
    refused = rig.post("/api/runtime/policy/undo")
    assert refused.status == 409 and refused.json["error"]["message"]
    assert rig.post("/api/runtime/policy/degrade", {"tier": "GPU"}).status == 409, "there is no card"
    assert rig.post("/api/runtime/policy/degrade", {"tier": "TPU"}).status == 422
    pinned = rig.post("/api/runtime/policy/pin", {"tier": "PAUSED"})
    assert (
        pinned.json["monitor"]["pinned"] == "PAUSED" and rig.services.controller.state.pinned is Tier.PAUSED
    )
    assert rig.post("/api/runtime/policy/pin", {"tier": None}).json["monitor"]["pinned"] is None
    assert rig.post("/api/runtime/policy/pin", {}).status == 422


def test_receipts_newest_first(rig: Rig) -> None:
    now = rig.services.clock.time()
    for age, target in ((10 * 86_400, "CLOUD"), (7200, "CPU"), (60, "GPU")):
        rig.services.history.add_receipt(
            Receipt(
                0, now - age, ReceiptKind.TIER, "PAUSED", target, "vram", "vram_percent", 91.5, 85.0, 10.0,
                {"tier": "PAUSED"}, {"tier": target, "model": "m"}, None, undone=False, better=None,
            )
        )  # fmt: skip
    found = conforms(shapes.Receipts, rig.get("/api/runtime/receipts").json)["receipts"]
    assert [one["to"] for one in found] == ["GPU", "CPU"] and found[0]["id"] > found[1]["id"]
    assert len(rig.get("/api/runtime/receipts?days=30").json["receipts"]) == 3


def test_what_was_given_back_and_what_is_held(rig: Rig) -> None:
    now = rig.services.clock.time()
    for age, freed in ((10 * 86_400, 5), (60, 2**30)):
        rig.services.history.releases.add(release(now - age, freed))
    found = conforms(shapes.MemoryDocument, rig.get("/api/runtime/memory").json)
    (one,) = found["released"]
    assert (one["freed_bytes"], one["title"].replace("\xa0", " ")) == (2**30, "1.0 GB given back")
    assert found["held"]["budget"]["limit_bytes"] > 0
    assert len(rig.get("/api/runtime/memory?days=30").json["released"]) == 2
    chinese = rig.get("/api/runtime/memory", headers={"Accept-Language": "zh-CN"}).json["released"][0]
    assert chinese["title"].startswith("已归还") and "内存不足" in chinese["text"]


def test_alerts_are_muted(rig: Rig) -> None:
    muted = conforms(shapes.Alerts, rig.post("/api/alerts/cpu/mute").json)
    assert [limit["alert"] for limit in muted["limits"] if limit["muted"]] == ["cpu"]
    assert rig.services.settings.current.alerts.cpu_muted is True
    assert rig.post(f"/api/alerts/{AlertKind.CPU.value}/mute", {"muted": False}).status == 200
    assert rig.services.settings.current.alerts.cpu_muted is False
    assert rig.post("/api/alerts/none/mute").status == 400


def test_only_what_is_recommended_is_done(rig: Rig) -> None:
    from dataclasses import replace

    pull = {"kind": "pull_model", "argument": "evil/model:latest"}
    assert rig.post("/api/recommendations/start", pull).code == "not_recommended"
    page = {"kind": "open_page", "argument": "https://evil.example/"}
    assert rig.post("/api/recommendations/start", page).code == "not_recommended"
    assert rig.post("/api/recommendations/cancel", pull).status == 404
    services = rig.services
    assert services.detection.policy is not None
    advice = Recommendation(
        message("api-not-found"), message("api-not-found"), Action(ActionKind.FREE_VRAM, "ollama")
    )
    services.detection.policy = replace(services.detection.policy, recommendations=(advice,))
    asked = {"kind": "free_vram", "argument": "ollama"}
    assert rig.get("/api/recommendations").json["recommendations"][0]["action"] == asked
    for other in (pull, page, {"kind": "free_vram", "argument": "lmstudio"}, {"kind": "free_vram"}):
        assert rig.post("/api/recommendations/start", other).code == "not_recommended"
    started = rig.post("/api/recommendations/start", asked)
    assert started.status == 202
    conforms(action_shapes.RemedyFacts, started.json)
    assert rig.post("/api/recommendations/cancel", asked).status == 202
    services.remedies.close()
    (state,) = conforms(action_shapes.Remedies, rig.get("/api/recommendations/actions").json)["actions"]
    assert state["action"] == asked and state["state"] != Phase.RUNNING.value


def test_the_drill(rig: Rig) -> None:
    assert rig.post("/api/drill").json["state"] == "running"
    until = threading.Event()
    for _ in range(1000):
        document = rig.get("/api/drill").json
        if document["state"] in ("done", "failed"):
            break
        until.wait(0.02)
    conforms(action_shapes.DrillProgress, document)
    assert document["state"] == "done" and document["report"]["passed"]
    conforms(
        action_shapes.DrillResult, drill_document(rig.services.drill.run(CancelToken()), Translator("en"))
    )
    assert rig.post("/api/drill/cancel").status == 202


def test_settings_are_changed_all_or_none(rig: Rig) -> None:
    def change(**changes: object) -> Any:
        return rig.call(
            "PATCH", "/api/settings", {"changes": {k.replace("__", "."): v for k, v in changes.items()}}
        )

    changed = change(ui__theme="dark", limits__vram_on=88.5, monitor__busy_interval=2)
    assert changed.status == 200
    listed = {one["path"]: one for one in conforms(action_shapes.SettingList, changed.json)["settings"]}
    assert (listed["ui.theme"]["value"], listed["limits.vram_on"]["value"]) == ("dark", 88.5)
    assert rig.services.settings.current.ui.theme == "dark"
    refused = change(ui__theme="light", monitor__busy_interval=99)
    assert (refused.status, refused.code) == (400, "setting_invalid")
    assert rig.services.settings.current.ui.theme == "dark"
    assert change(ui__nothing=1).status == 404 and change(limits__nothing=1).status in (400, 404)
    assert change(limits__vram_on="much").status == 400
    assert change(models__ollama_host="x").status == 409, "the environment decides that one"
    assert change(ui__theme=None).status == 200
    assert rig.services.settings.current.ui.theme == "auto"
    assert not any("key" in path or "token" in path for path in listed)


def test_a_job_from_its_file_to_its_scenes(rig: Rig, tmp_path: Path) -> None:
    made = rig.post("/api/jobs", {"paths": [make_clip(rig)], "never_cloud": True, "language": "zh-CN"})
    assert made.status == 201
    (job,) = conforms(job_shapes.JobList, made.json)["jobs"]
    assert job["state"] == "queued" and job["never_cloud"] is True
    assert rig.services.jobs.get(job["id"]).options.language == "zh-CN"
    work_until(rig, job["id"])
    done = conforms(job_shapes.JobFacts, rig.get(f"/api/jobs/{job['id']}").json)
    assert (done["state"], done["scenes_done"]) == ("done", 2)
    scenes = conforms(job_shapes.SceneList, rig.get(f"/api/jobs/{job['id']}/scenes").json)["scenes"]
    assert [scene["status"] for scene in scenes] == ["described"] * 2
    result = conforms(job_shapes.JobResult, rig.get(f"/api/jobs/{job['id']}/result").json)
    assert result == {**done, "scenes": scenes}
    again = rig.post("/api/jobs", {"paths": [make_clip(rig)], "language": "zh-CN"}).json["jobs"][0]
    assert (again["id"], again["state"]) == (job["id"], "done"), "what is done is returned as it is"
    assert [one["id"] for one in rig.get("/api/jobs").json["jobs"]] == [job["id"]]
    assert rig.post(f"/api/jobs/{job['id']}/cancel").json["state"] == "done", "it has ended already"
    assert rig.post(f"/api/jobs/{job['id']}/retry").json["state"] in ("queued", "running", "done")
    for path in ("", "/scenes", "/result", "/events"):
        assert rig.get(f"/api/jobs/nobody{path}").status == 404
    for path in ("cancel", "retry"):
        assert rig.post(f"/api/jobs/nobody/{path}").status == 404


def test_a_waiting_job_is_cancelled_and_tried_again(rig: Rig) -> None:
    job = rig.post("/api/jobs", {"paths": [make_clip(rig)]}).json["jobs"][0]
    assert rig.post(f"/api/jobs/{job['id']}/cancel").json["state"] == "cancelled"
    assert rig.post(f"/api/jobs/{job['id']}/retry").json["state"] == "queued"


def test_exports(rig: Rig) -> None:
    job = rig.post("/api/jobs", {"paths": [make_clip(rig)]}).json["jobs"][0]
    url = f"/api/jobs/{job['id']}"
    assert rig.post(f"{url}/export", {"format": "otio", "target": str(rig.folder)}).code == "no_scenes"
    work_until(rig, job["id"])
    written = rig.post(f"{url}/export", {"format": "otio", "target": str(rig.folder), "scenes": "2,1"})
    assert written.status == 200, written.body
    document = conforms(job_shapes.JobExported, written.json)
    assert document["export"]["clips"] == 2 and document["export"]["read_back"] is True
    assert json.loads((rig.folder / "clip.otio").read_text("utf-8"))["OTIO_SCHEMA"].startswith("Timeline")
    again = rig.post(f"{url}/export", {"format": "otio", "target": str(rig.folder)})
    assert (again.status, again.code) == (409, "file_exists")
    assert rig.post(f"{url}/export", {"format": "csv", "target": "/etc/x.csv"}).status == 403
    assert rig.post(f"{url}/export", {"format": "csv", "target": f"{rig.folder}/../x.csv"}).status == 403
    assert rig.post(f"{url}/export", {"format": "mp4", "target": str(rig.folder)}).status == 422
    assert (
        rig.post(f"{url}/export", {"format": "csv", "target": str(rig.folder), "scenes": "9"}).status == 400
    )
    assert rig.post("/api/jobs/nobody/export", {"format": "csv", "target": str(rig.folder)}).status == 404
    sent = rig.post(f"{url}/download", {"format": "srt"})
    assert sent.status == 200 and b"-->" in sent.body
    assert sent.headers["content-disposition"] == f'attachment; filename="{job["id"]}.srt"'
    assert sorted(path.name for path in rig.folder.iterdir()) == ["clip.mp4", "clip.otio"]


def test_history_as_files(rig: Rig) -> None:
    rig.services.monitor.tick()
    table = rig.get("/api/runtime/history/export?hours=1")
    assert table.headers["content-type"].startswith("text/csv") and len(table.body.splitlines()) == 2
    document = rig.get("/api/runtime/history/export?hours=1&format=json").json
    assert document["schema"] == 1 and document["metrics"]["ram"]
    trace = rig.get("/api/runtime/history/export?hours=1&format=trace")
    assert all(json.loads(line) for line in trace.body.splitlines())
    for bad in ("hours=0", "hours=nan", "hours=1e9", "format=xls"):
        assert rig.get(f"/api/runtime/history/export?{bad}").status == 422, bad
    for bad in ("minutes=0", "minutes=-1", "minutes=nan", "minutes=inf", "minutes=x"):
        assert rig.get(f"/api/runtime/monitor/metrics/history?{bad}").status == 422, bad


def test_the_progress_of_a_job_as_a_stream(rig: Rig) -> None:
    job = rig.post("/api/jobs", {"paths": [make_clip(rig)]}).json["jobs"][0]
    connection = http.client.HTTPConnection("127.0.0.1", rig.port, timeout=30)
    connection.request(
        "GET", f"/api/jobs/{job['id']}/events", headers={"Authorization": f"Bearer {rig.token}"}
    )
    reply = connection.getresponse()
    assert (reply.status, reply.getheader("content-type")) == (200, "text/event-stream; charset=utf-8")
    first = reply.readline()
    assert first == b"event: job\n", "where it stands comes at once"
    work_until(rig, job["id"])
    events = events_of(first + reply.read())
    connection.close()
    names = [name for name, _ in events]
    assert names[0] == "job" and names[-1] == "end" and names.count("end") == 1
    jobs = [data for name, data in events if name == "job"]
    assert jobs[0]["state"] == "queued" and jobs[-1]["state"] == "done" and jobs[-1]["scenes_done"] == 2
    last = {data["id"]: data for name, data in events if name == "scene"}
    assert {number: scene["status"] for number, scene in last.items()} == {1: "described", 2: "described"}
    for data in jobs:
        conforms(job_shapes.JobFacts, data)
    for data in last.values():
        conforms(job_shapes.SceneFacts, data)
    ended = events_of(rig.get(f"/api/jobs/{job['id']}/events").body)
    assert [name for name, _ in ended] == ["job", "end"]


def test_a_job_rests_goes_on_and_is_put_first(rig: Rig) -> None:
    clip = make_clip(rig)
    made = rig.post("/api/jobs", {"paths": [clip], "max_scenes": 1}).json["jobs"][0]
    path = f"/api/jobs/{made['id']}"
    paused = rig.post(f"{path}/pause", {})
    job = conforms(job_shapes.JobFacts, paused.json)
    assert paused.status == 200 and (job["state"], job["held"]) == ("paused", True)
    assert job["waiting_for"] == "Paused by you. It goes on where it stopped."
    assert rig.get("/api/runtime/monitor").json["metrics"]["tasks"]["queued"] in (0, None)
    for verb in ("next", "pause", "resume"):
        reply = rig.post(f"{path}/{verb}", {})
        assert reply.status == 200 and reply.json["held"] == (verb == "pause"), verb
    work_until(rig, made["id"])
    assert rig.get(path).json["held"] is False
    assert rig.post(f"{path}/pause", {}).code == "job_over"
    assert rig.post("/api/jobs/nothing/next", {}).code == "no_such_job"


def test_more_of_a_job_and_a_persons_own_words(rig: Rig) -> None:
    clip = make_clip(rig)
    made = rig.post("/api/jobs", {"paths": [clip], "max_scenes": 1, "finish_by": 4e9}).json["jobs"][0]
    assert made["finish_by"] == 4e9
    path = f"/api/jobs/{made['id']}"
    work_until(rig, made["id"])
    job = conforms(job_shapes.JobFacts, rig.get(path).json)
    assert (job["scenes_done"], job["scenes_left_out"], job["scenes_degraded"]) == (1, 1, 0)
    assert job["note"].startswith("1 scene will be described by ")
    assert rig.post(f"{path}/describe", {"lower": True}).code == "nothing_to_describe"
    more = rig.post(f"{path}/describe", {"rest": True})
    assert more.status == 200 and more.json["scenes_planned"] == 2
    work_until(rig, made["id"])
    edited = rig.call("PATCH", f"{path}/scenes/2", {"summary": "Anna waves", "tags": ["anna"]})
    scene = conforms(job_shapes.SceneFacts, edited.json)
    assert scene["description"]["summary"] == "Anna waves" and scene["edited"] == ["summary", "tags"]
    assert rig.get(f"{path}/scenes").json["scenes"][1] == scene
    assert rig.call("PATCH", f"{path}/scenes/9", {"summary": "x"}).code == "no_such_scene"
    assert rig.post("/api/jobs/nothing/describe", {"rest": True}).code == "no_such_job"
    assert rig.post("/api/jobs/finish-by", {"finish_by": None}).code == "nothing_to_do"
