## The report: what happened, why, what it cost, what to change. A no-break space stands before units.

plain-text = { $text }
receipt-step = { $source } → { $target }

cli-report = Write a report: what happened, why, what it cost, what to change.
cli-report-period = last_1h, last_24h, last_7d, last_30d, or any other number of hours or days.
cli-report-format = json, csv or pdf; by the file's name where it is left out.
cli-report-output = The file to write; a PDF needs one, json and csv are printed where it is left out.
cli-report-since = Report from this moment on instead: so long ago (30min, 24h, 7d), or a date or time.
cli-progress-report = Making the report
report-written = Written to { $file }.

error-no-such-period = There is no period “{ $period }”. Use one of { $periods }, or another number of hours or days.
error-report-needs-file = A PDF is not printed here. Name a file with --output.
error-report-not-drawn = The report could not be drawn as a PDF.
error-report-not-drawn-hint = The log says why. As CSV or JSON it needs no drawing.
error-no-chinese-font = No font on this PC has Chinese characters, so the PDF would be empty boxes.
error-no-chinese-font-hint = Install one (on Debian and Ubuntu: fonts-noto-cjk), choose English, or take CSV or JSON.

report-title = AutoCut Director report
report-page = { $page } / { $pages }
report-made = Made on { $at }
report-missing-glyphs = Boxes stand for names in characters that no font on this PC has.

report-happened = What happened
report-why = Why
report-cost = What it cost
report-change = What to change
report-load = Load
report-degradations = Changes, with their proof
report-alerts = Alerts
report-work = Work
report-jobs-failed = Jobs that failed
report-cloud = Sent to the cloud

report-nothing = Nothing was measured: AutoCut Director did not run in this time.
report-covered = It ran { $covered } of { $whole }.
report-described =
    { $n ->
        [one] { $n } scene was described, in { $each }.
       *[other] { $n } scenes were described, { $each } each on average.
    }
report-none-described = No scene was described.
report-pace = That is { $rate } scenes an hour in { $busy } of work.
report-jobs = Jobs: { $done } finished, { $failed } failed, { $cancelled } cancelled.
report-stepped-down =
    { $n ->
        [one] The work stepped down once and ran { $span } on a lower tier.
       *[other] The work stepped down { $n } times and ran { $span } on a lower tier.
    }
report-never-stepped-down = The work never had to step down.
report-alerts-raised =
    { $n ->
        [one] One alert was raised.
       *[other] { $n } alerts were raised.
    }
report-times = { $n } × { $what }
report-why-nothing = Nothing got in the way.
report-rose-ram = Memory in use rose from { $first } to { $last }.
report-rose-vram = VRAM in use rose from { $first } to { $last }.
report-rose-cpu = The processor’s load rose from { $first } to { $last }.
report-failure-resource = The model ran out of memory.
report-failure-down = The model server did not answer.
report-failure-tier = The answer came too late or made no sense.
report-failure-input = The footage could not be read.
report-failure-config = The model server did not have the model, or wanted a key.
report-failure-budget = The spending limit was reached.
report-failure-throttle = The server asked to wait.
report-extra-time = Lower tiers took { $span } longer for their scenes than the best one would have.
report-attempts-failed =
    { $n ->
        [one] { $n } attempt failed, { $rate } of all.
       *[other] { $n } attempts failed, { $rate } of all.
    }
report-cloud-spent =
    { $n ->
        [one] { $n } request with { $size } went to the cloud for US$ { $cost }.
       *[other] { $n } requests with { $size } went to the cloud for US$ { $cost }.
    }
report-cloud-unknown =
    { $n ->
        [one] Of one of them nobody knows how it ended; it is counted in full.
       *[other] Of { $n } of them nobody knows how they ended; they are counted in full.
    }
report-cloud-nothing = Nothing left this PC, and nothing was spent.
report-change-nothing = Nothing needs to be changed.

report-advice-not-running = Keep AutoCut Director running while you work
report-advice-not-running-reason = Only then can it see what runs short, and step down before it does.
report-advice-vram = Free VRAM, or use a smaller vision model
report-advice-vram-reason = VRAM ran short { $n ->
    [one] once
   *[other] { $n } times
}. Close what holds it, or choose a model that needs less.
report-advice-vram-unknown = Update the graphics driver
report-advice-vram-unknown-reason = The use of VRAM could not be measured for a while, and without it the graphics card is not used.
report-advice-ram = Close large programs while footage is analysed, or add memory
report-advice-ram-reason = Memory ran short { $n ->
    [one] once
   *[other] { $n } times
}.
report-advice-editor = Let footage be analysed while DaVinci Resolve is closed
report-advice-editor-reason = Resolve went first { $n ->
    [one] once
   *[other] { $n } times
}. The settings say when it does.
report-advice-slow = Look whether the model really runs on the graphics card
report-advice-slow-reason = Descriptions were far slower than usual, as happens when a model does not fit in VRAM.
report-advice-failure-resource = Use a smaller vision model
report-advice-failure-resource-reason = The model ran out of memory { $n ->
    [one] once
   *[other] { $n } times
}.
report-advice-failure-down = Keep the model server running
report-advice-failure-down-reason = It did not answer { $n ->
    [one] once
   *[other] { $n } times
}. Let Ollama or LM Studio start with this PC.
report-advice-failure-tier = Try another vision model
report-advice-failure-tier-reason = { $n ->
    [one] One answer
   *[other] { $n } answers
} came too late or made no sense.
report-advice-failure-input = Look at the footage that could not be read
report-advice-failure-input-reason = { $n ->
    [one] One attempt
   *[other] { $n } attempts
} failed on the footage itself. Copy it again from its source.
report-advice-failure-config = Pull the model, or enter the key
report-advice-failure-config-reason = The server did not have the model or wanted a key { $n ->
    [one] once
   *[other] { $n } times
}.
report-advice-failure-budget = Raise the spending limit, or describe on this PC
report-advice-failure-budget-reason = The limit stopped { $n ->
    [one] one description
   *[other] { $n } descriptions
}.
report-advice-failure-throttle = Describe fewer scenes at once in the cloud
report-advice-failure-throttle-reason = The server asked to wait { $n ->
    [one] once
   *[other] { $n } times
}.
report-advice-jobs-failed = Look at the jobs that failed
report-advice-jobs-failed-reason = { $n ->
    [one] One job
   *[other] { $n } jobs
} could not be finished. Each says why, and what to do.
report-advice-again = Describe scenes of lower tiers again when there is time
report-advice-again-reason = { $n ->
    [one] One scene was
   *[other] { $n } scenes were
} described on a lower tier than the best of this time.
report-advice-restless = Try other limits on the recorded past
report-advice-restless-reason = The work came back { $n } times. Under Monitor, “What if?” shows which limit would have kept it steady.
report-advice-leak = Restart what keeps growing
report-advice-leak-reason = Memory in use rose all the time. Under Monitor one sees since when.

report-col-metric = Reading
report-col-low = Lowest
report-col-mean = Mean
report-col-high = Highest
report-col-trend = From … to
report-col-time = When
report-col-change = Change
report-col-why = Why
report-col-measured = Measured
report-col-limit = Limit
report-col-alert = Alert
report-col-ended = Lasted
report-col-tier = Tier
report-col-described = Scenes
report-col-failed = Failed
report-col-each = A scene
report-col-time-on = Measured on it
report-col-file = File
report-col-what = What happened
report-col-to = To
report-col-model = Model
report-col-requests = Requests
report-col-frames = Frames
report-col-size = Size
report-col-cost = US$

report-metric-vram = VRAM
report-metric-ram = Memory
report-metric-cpu = Processor
report-metric-failures = Failed scenes
report-metric-gpu_load = Graphics card
report-metric-throughput = Scenes an hour
report-trend = { $first } → { $last }
report-lasts = no end seen

report-tile-described = scenes described
report-tile-each = a scene, on average
report-tile-failed = of attempts failed
report-tile-degraded = on a lower tier
report-tile-cost = spent in the cloud
report-more = … and { $n } more. CSV and JSON have them all.
report-graph-note = Lines: means. Shades: lowest to highest. Dashes: limits. Triangles: down, and back up.

report-by-time = { $since } to { $until }

ui-export-report = Report (PDF, CSV, JSON)…
