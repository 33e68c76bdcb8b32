// Asks the local API in turns, one request after the other, and shows what it says. Nothing is loaded from elsewhere.
"use strict";

const WORDS = JSON.parse(document.getElementById("words").textContent);
const LANGUAGE = document.documentElement.lang;
const KEY = "autocut-token"; // in this tab only: sessionStorage ends with it
const EVERY = { status: 5, jobs: 10, report: 60 }; // seconds
const CURVES_EVERY = { 5: 5, 60: 15, 1440: 60 };
const SLOWEST = 60;
const MOST = 8;
const METRICS = ["vram", "ram", "cpu", "failures"];

const element = (id) => document.getElementById(id);
const state = { token: sessionStorage.getItem(KEY), minutes: 60, due: {}, failed: 0, timer: 0, turn: 0, moved: null, limits: null, now: {}, span: "" };

/* Words and figures */

const t = (code, values = {}) => WORDS[code].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
const percent = (value) => t("ui-percent", { n: String(Math.round(value * 10) / 10) });
const nothing = () => t("dashboard-nothing");
const clock = (seconds, long) => new Date(seconds * 1000).toLocaleTimeString(LANGUAGE, long ? {} : { hour: "2-digit", minute: "2-digit" });

function span(seconds) {
  if (seconds < 60) return t("ui-span-s", { s: String(seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds)) });
  return t("ui-span-min-s", { m: String(Math.floor(seconds / 60)), s: String(Math.round(seconds % 60)) });
}

function show(id, text) {
  const place = element(id);
  if (place.textContent !== text) place.textContent = text; // what did not change is not read out again
}

function made(tag, className, text) {
  const one = document.createElement(tag);
  if (className) one.className = className;
  if (text) one.textContent = text;
  return one;
}

/* Asking */

class Refused extends Error {
  constructor(status, wait) {
    super(String(status));
    this.status = status;
    this.wait = wait;
  }
}

async function ask(path) {
  const reply = await fetch(path, {
    headers: { Authorization: "Bearer " + state.token, "Accept-Language": LANGUAGE },
    cache: "no-store",
    signal: AbortSignal.timeout(20000),
  });
  if (!reply.ok) throw new Refused(reply.status, Number(reply.headers.get("Retry-After") || 0));
  return reply.json();
}

const isDue = (name) => (state.due[name] || 0) <= performance.now();
const done = (name, seconds) => { state.due[name] = performance.now() + seconds * 1000; };

async function update() {
  if (isDue("status")) {
    showStatus(await ask("/api/runtime/status"));
    done("status", EVERY.status);
  }
  if (state.limits === null) state.limits = (await ask("/api/alerts?days=1")).limits;
  const minutes = state.minutes;
  if (isDue("curves")) {
    const history = await ask("/api/runtime/monitor/metrics/history?minutes=" + minutes);
    if (minutes === state.minutes) showCurves(history);
    done("curves", CURVES_EVERY[minutes]);
  }
  if (isDue("report")) {
    showReport(await ask("/api/report?period=" + (minutes > 60 ? "last_24h" : "last_1h")), minutes);
    done("report", EVERY.report);
  }
  if (isDue("jobs")) {
    showJobs((await ask("/api/jobs")).jobs);
    done("jobs", EVERY.jobs);
  }
}

async function work() {
  clearTimeout(state.timer);
  if (state.token === null || document.hidden) return;
  const turn = ++state.turn; // an older turn that still waits for its answer goes on no more
  try {
    await update();
    if (turn !== state.turn || state.token === null) return;
    state.failed = 0;
    open();
    element("live").className = "";
    show("live", t("dashboard-live", { time: clock(Date.now() / 1000, true) }));
    state.timer = setTimeout(work, 1000 * Math.min(EVERY.status, CURVES_EVERY[state.minutes]));
  } catch (error) {
    if (turn === state.turn && state.token !== null) failed(error);
  }
}

function failed(error) {
  if (error instanceof Refused && error.status === 401) return forget(t("dashboard-wrong"));
  if (error instanceof Refused && error.status === 429) return forget(t("dashboard-locked", { s: String(error.wait) }));
  state.failed += 1;
  element("live").className = "crit";
  show("live", t("dashboard-gone"));
  if (element("board").hidden) show("refused", t("dashboard-gone"));
  const wait = error instanceof Refused && error.wait ? error.wait : Math.min(SLOWEST, EVERY.status * 2 ** state.failed);
  state.timer = setTimeout(work, 1000 * wait);
}

/* The token */

function open() {
  element("entry").hidden = true;
  element("board").hidden = false;
}

function forget(why) {
  clearTimeout(state.timer);
  state.token = null;
  sessionStorage.removeItem(KEY);
  element("board").hidden = true;
  element("entry").hidden = false;
  show("refused", why);
  element("token").value = "";
  element("token").focus();
}

function enter(event) {
  event.preventDefault();
  const token = element("token").value.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) return show("refused", t("dashboard-wrong"));
  show("refused", "");
  state.token = token;
  sessionStorage.setItem(KEY, token);
  state.due = {};
  work();
}

/* Showing */

function showStatus(status) {
  const monitor = status.monitor;
  show("tier", monitor.tier ? t("tier-" + monitor.tier) : nothing());
  const emergency = monitor.memory_level === "EMERGENCY";
  element("strip").className = emergency ? "crit" : monitor.degraded ? "warn" : "";
  show("health", emergency ? "⬣ " + t("dashboard-emergency") : monitor.degraded ? "▲ " + t("dashboard-degraded") : monitor.pinned ? t("dashboard-pinned") : "");
  show("reason", monitor.reason || "");
  const { gpu, memory, cpu, tasks } = monitor.metrics;
  now("vram", gpu.vram_used_mib === null || gpu.vram_total_mib === null ? null
    : t("dashboard-vram", { used: (gpu.vram_used_mib / 1024).toFixed(1), total: (gpu.vram_total_mib / 1024).toFixed(1) }));
  now("ram", memory.used_percent === null ? null
    : percent(memory.used_percent) + " · " + t("dashboard-memory", { available: memory.available_gb }));
  now("cpu", cpu.percent === null ? null : percent(cpu.percent));
  now("failures", tasks.failure_rate === null ? null : percent(100 * tasks.failure_rate));
  state.now = {
    response: tasks.processing_s === null ? null : span(tasks.processing_s),
    errors: tasks.failure_rate === null ? null : percent(100 * tasks.failure_rate),
  };
  showSpans();
  if (state.moved !== monitor.since) state.due.report = 0; // something changed: its proof is there now
  state.moved = monitor.since;
}

function showSpans() {
  for (const name of ["throughput", "response", "errors", "spent"]) {
    const value = state.now[name];
    show(name + "-span", value ? state.span + " · " + t("dashboard-now", { value }) : state.span);
  }
}

function now(metric, figure) {
  const plot = element("plot-" + metric);
  const words = figure === null ? t("dashboard-not-measured") : figure;
  const place = plot.querySelector(".now");
  if (place.textContent !== words) place.textContent = words;
  plot.querySelector("svg").setAttribute("aria-label", plot.querySelector(".name span").textContent + ": " + words);
}

function showCurves(history) {
  const x = (at) => (600 * (at - history.from)) / (history.to - history.from);
  const y = (value) => 72 - 0.72 * Math.min(100, Math.max(0, value));
  for (const metric of METRICS) {
    const { t: times, low, high, width } = history.metrics[metric];
    const plot = element("plot-" + metric);
    const curve = [];
    const shade = [];
    for (const [first, last] of runs(times, width)) {
      const points = [];
      for (let i = first; i <= last; i++) points.push(i);
      const at = (i) => x(times[i] + width / 2).toFixed(1);
      const ends = first === last ? "h1" : ""; // a single point is a dot
      curve.push("M" + points.map((i) => at(i) + " " + y((low[i] + high[i]) / 2).toFixed(1)).join("L") + ends);
      shade.push("M" + points.map((i) => at(i) + " " + y(high[i]).toFixed(1)).join("L")
        + "L" + points.reverse().map((i) => at(i) + " " + y(low[i]).toFixed(1)).join("L") + "Z");
    }
    plot.querySelector(".curve").setAttribute("d", curve.join(""));
    plot.querySelector(".shade").setAttribute("d", shade.join(""));
  }
  for (const limit of state.limits || []) {
    const plot = element({ cpu: "plot-cpu", memory: "plot-ram" }[limit.alert] || "");
    if (plot === null) continue;
    plot.querySelector(".limit.warn").setAttribute("d", "M0 " + y(limit.warn) + "H600");
    plot.querySelector(".limit.crit").setAttribute("d", "M0 " + y(limit.critical) + "H600");
  }
  show("time-from", clock(history.from, false));
  show("time-to", clock(history.to, false));
}

function* runs(times, width) {
  let first = 0;
  for (let i = 1; i <= times.length; i++) {
    if (i === times.length || times[i] - times[i - 1] > 1.5 * width + 10) {
      yield [first, i - 1];
      first = i;
    }
  }
}

function showReport(report, minutes) {
  const { work: done, cloud } = report;
  show("throughput", done.scenes_per_hour === null ? nothing() : String(Math.round(done.scenes_per_hour)));
  show("response", done.seconds_per_scene === null ? nothing() : span(done.seconds_per_scene));
  show("errors", done.failure_rate === null ? nothing() : percent(100 * done.failure_rate));
  show("spent", "US$ " + cloud.cost.toFixed(cloud.cost > 0 && cloud.cost < 0.01 ? 4 : 2));
  state.span = t(minutes > 60 ? "dashboard-last-24" : "dashboard-last-1");
  showSpans();
  const changes = report.degradations.slice(-MOST).reverse().map((one) => {
    const item = made("li");
    const top = item.appendChild(made("div", "top"));
    const [shape, health] = one.to === "EMERGENCY" ? ["⬣", "crit"] : one.cause === "start" || one.better === null ? ["○", "none"] : one.better ? ["▲", "ok"] : ["▼", "warn"];
    top.appendChild(made("span", "shape " + health, shape)).setAttribute("aria-hidden", "true");
    top.appendChild(made("span", "", one.title));
    top.appendChild(made("time", "", clock(one.at, false))).dateTime = new Date(one.at * 1000).toISOString();
    item.appendChild(made("div", "below", one.text));
    return item;
  });
  list("changes", changes, "dashboard-no-changes");
}

function showJobs(jobs) {
  const items = jobs.slice(0, MOST).map((job) => {
    const item = made("li");
    const top = item.appendChild(made("div", "top"));
    top.appendChild(made("span", "", job.path.split(/[\\/]/).pop()));
    top.appendChild(made("span", "state", t("job-state-" + job.state)));
    const said = job.error ? job.error.message : job.waiting_for;
    const planned = job.scenes_planned;
    const progress = planned ? t("dashboard-job-progress", { done: String(job.scenes_done), planned: String(planned) }) : "";
    if (said || progress) item.appendChild(made("div", "below", said || progress));
    if (job.state === "running" && planned) {
      const bar = item.appendChild(made("progress"));
      bar.max = planned;
      bar.value = job.scenes_done;
      bar.setAttribute("aria-label", progress);
    }
    return item;
  });
  if (jobs.length > MOST) items.push(made("li", "empty", t("dashboard-more-jobs", { n: String(jobs.length - MOST) })));
  list("jobs", items, "dashboard-no-jobs");
}

function list(id, items, none) {
  element(id).replaceChildren(...(items.length ? items : [made("li", "empty", t(none))]));
}

/* Begin */

for (const link of document.querySelectorAll("nav a")) {
  if (link.hreflang === LANGUAGE) link.setAttribute("aria-current", "true");
}
element("entry").addEventListener("submit", enter);
element("forget").addEventListener("click", () => forget(""));
element("range").addEventListener("change", (event) => {
  state.minutes = Number(event.target.value);
  state.due.curves = state.due.report = 0;
  work();
});
document.addEventListener("visibilitychange", work);
if (state.token === null) {
  element("entry").hidden = false;
  element("token").focus();
} else {
  work();
}
