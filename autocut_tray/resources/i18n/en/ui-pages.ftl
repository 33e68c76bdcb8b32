## Overview.

ui-detect-again = Detect again
ui-detecting = Detecting
ui-overview-looking = Looking at this PC
ui-overview-looking-sub = Graphics, memory, model servers and editors are being asked. This takes about a second.
ui-overview-now-cpu = This PC is working on its processor for now
ui-overview-now-cpu-sub = Descriptions are as good as before, but take longer. Work goes back by itself when there is room.
ui-overview-now-cloud = The cloud describes footage for now
ui-overview-now-cloud-sub = Single frames leave this PC, as you allowed. Work comes back by itself when there is room.
ui-overview-now-paused = Work is paused for now
ui-overview-now-paused-sub = Scenes are still found and wait. Work goes on by itself when there is room.
ui-found = What was found
ui-how = How it will work
ui-how-normally = How it normally works
ui-since = Since last time
ui-since-first-launch = First launch. From now on, changes to this PC are listed here.
ui-since-nothing = Nothing changed.
ui-checked = Checked at { $time }
ui-checked-in = Checked at { $time } in { $span }

ui-act-pull-model = Download
ui-act-start-server = Start it
ui-act-open-page = Open the page
ui-act-enter-key = Enter a key…
ui-act-allow-cloud = Allow…
ui-act-free-vram = Free VRAM
ui-act-use-model = Use it
ui-act-detect-again = Detect again

## Monitor.

ui-range-5min = 5 min
ui-range-1h = 1 h
ui-range-24h = 24 h
ui-range-30d = 30 d
ui-export-png = Picture (PNG)…
ui-export-csv = Table (CSV)…
ui-range-6h = 6 h
ui-range-7d = 7 d
ui-export-readings = Readings and receipts (JSON)…
ui-export-trace = Trace for replay (JSONL)…
ui-marks-more =
    { $n ->
        [one] and { $n } more change near it
       *[other] and { $n } more changes near it
    }
ui-what-if = What if?
ui-what-if-hint = in the time the plots show
ui-what-if-ask = Try
ui-what-if-try = Try other limits…
ui-what-if-reached = Deciding the past again, up to { $time }
ui-failures-note = last 20 scenes
ui-failures-none = no scenes yet
ui-vram-no-card = This PC has no graphics card with memory of its own.
ui-vram-unknown = Whether this PC has a graphics card with memory of its own is not known.
ui-vram-unmeasured = The use of VRAM cannot be measured on this card.

ui-receipts = Receipts
ui-receipts-hint = drag the plots for earlier ones
ui-receipts-none = Nothing changed in this time.
ui-receipts-more = Show { $n } earlier
ui-receipt-back = Back on { $to }
ui-receipt-started = Started on { $to }
ui-receipt-memory-ok = Memory is fine again
ui-receipt-memory-warn = Memory warning
ui-receipt-memory-emergency = Memory emergency
ui-receipt-scale = { $from } → { $to } scenes at once
ui-receipt-key-measured = Measured
ui-receipt-key-limit = Limit
ui-receipt-key-before = Before
ui-receipt-key-after = After
ui-receipt-key-ended = Ended
ui-receipt-limit-held = { $limit }, for { $held }
ui-receipt-scenes =
    { $n ->
        [one] { $n } scene a clip
       *[other] { $n } scenes a clip
    }
ui-receipt-seconds-each = about { $s } each
ui-receipt-at-once = { $n } at once
ui-receipt-pin = Stay on { $tier }
ui-receipt-unpin = Do not stay here
ui-receipt-undone = you took it back
ui-receipt-ended = by itself after { $span }
ui-receipt-ended-person = by you after { $span }

ui-measured-vram-percent = VRAM { $value }
ui-measured-vram-free-mib = VRAM { $value } free
ui-measured-ram-percent = RAM { $value }
ui-measured-ram-available-mib = RAM { $value } available
ui-measured-ram-stall = everything waited for memory
ui-measured-cpu-percent = CPU { $value }
ui-measured-failure-percent = { $value } of scenes failed
ui-measured-failure-rate = { $value } of scenes failed
ui-measured-failure-streak = { $value } failures in a row
ui-measured-slow-percent = { $value } of scenes far slower
ui-measured-worker-restarts = { $value } restarts of the worker
ui-measured-queue-length = { $value } jobs waiting
ui-measured-response-s = { $value } for a description

ui-cause-vram = Other programs needed the VRAM.
ui-cause-vram-unknown = The use of VRAM could not be measured.
ui-cause-ram = Too little memory was left for a model on this PC.
ui-cause-memory = Memory in use crossed a limit.
ui-cause-memory-error = This program could not get memory.
ui-cause-emergency = Memory was nearly used up.
ui-cause-cpu-load = The processor was fully busy.
ui-cause-editor = DaVinci Resolve needed this PC and went first.
ui-cause-cloud = The cloud was not allowed or not reachable any more.
ui-cause-failures = Too many descriptions failed.
ui-cause-slow = Descriptions became far slower than usual.
ui-cause-crash-loop = A worker had to be started again too often.
ui-cause-config = The model server did not have the model, or wanted a key.
ui-cause-budget = The spending limit was reached.
ui-cause-wrong-device = The model ran on the processor although it was meant for the graphics card.
ui-cause-probe = The test picture was not answered.
ui-cause-probation = It failed again right after it came back.
ui-cause-recovered = All readings stayed well below their limits, and a test picture passed.
ui-cause-start = It was the best tier that passed its test.
ui-cause-policy = The policy changed.
ui-cause-forced = You chose this.
ui-cause-undone = You took the last change back.
ui-cause-pinned = You pinned this.
ui-cause-alert-cpu = The processor was busy for long.
ui-cause-alert-memory = Memory was nearly full for long.
ui-cause-alert-queue = The queue was long.
ui-cause-alert-response = Descriptions were slow for long.
ui-cause-alert-over = The alert is over.

## Events.

ui-events-all = All
ui-events-tier = Tiers
ui-events-memory = Memory
ui-events-alert = Alerts
ui-events-job = Jobs
ui-events-cloud = Cloud
ui-events-export = Export what left (CSV)…
ui-event-cloud = Cloud
ui-event-sent =
    { $n ->
        [0] Text, { $size }, to { $host }
        [one] { $n } picture, { $size }, to { $host }
       *[other] { $n } pictures, { $size }, to { $host }
    }
ui-event-cost = US$ { $cost }
ui-events-filter = Filter
ui-events-none = Nothing has happened yet. Changes of tier, alerts, finished jobs and everything that leaves this PC are listed here.
ui-events-none-found = No event matches.
ui-event-tier = Tier
ui-event-memory = Memory
ui-event-alert = Alert
ui-alert-lasts = not over yet
ui-alert-ended = over after { $span }
ui-alert-mute = Mute this alert
ui-alert-unmute = Tell me again
ui-event-job = Job
ui-event-job-done = { $name } done
ui-event-job-cancelled = { $name } cancelled
ui-event-job-failed = { $name } failed
ui-event-column-time = Time
ui-event-column-kind = Kind
ui-event-column-what = What
ui-event-column-why = Why
ui-event-column-result = Result
ui-diagnostics-copied = The report is on the clipboard. Keys, names and paths of yours are masked in it.
ui-diagnostics-failed = No report could be made. The log says why.
