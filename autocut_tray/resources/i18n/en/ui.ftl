## The window around the pages, the state strip, the tray. A no-break space stands before units.

ui-page-overview = Overview
ui-page-monitor = Monitor
ui-page-analyse = Analyse
ui-page-events = Events
ui-page-settings = Settings

ui-undo = Undo
ui-copy = Copy
ui-cancel = Cancel
ui-close = Close
ui-export = Export…
ui-not-now = Not now
ui-list-comma = {", "}

ui-percent = { $n } %
ui-unit-s = s
ui-unit-d = days
ui-unit-usd = US$
ui-span-s = { $s } s
ui-span-min = { $m } min
ui-span-min-s = { $m } min { $s } s
ui-span-h = { $h } h
ui-span-h-min = { $h } h { $m } min
ui-span-d-h = { $d } d { $h } h
ui-read-of-s = { $read } of { $total } s
ui-read-of-min = { $read } of { $total } min
ui-day-time =
    { $month ->
        [1] Jan
        [2] Feb
        [3] Mar
        [4] Apr
        [5] May
        [6] Jun
        [7] Jul
        [8] Aug
        [9] Sep
        [10] Oct
        [11] Nov
       *[12] Dec
    } { $day }, { $time }

ui-metric-vram = VRAM
ui-metric-ram = RAM
ui-metric-cpu = CPU
ui-metric-failures = Failure rate
ui-meter-unknown = unknown
ui-meter-none = none
ui-meter-spoken-plain = { $name } { $figure }
ui-meter-spoken = { $name } { $figure }, below the limit
ui-meter-spoken-warn = { $name } { $figure }, above the warning limit
ui-meter-spoken-crit = { $name } { $figure }, above the emergency limit

ui-strip-looking = Looking at this PC
ui-strip-ready =
    { $tier ->
        [GPU] Ready on GPU
        [CPU] Ready on CPU
        [CLOUD] Ready, in the cloud
       *[PAUSED] Paused
    }
ui-strip-running =
    { $tier ->
        [GPU] Running on GPU
        [CPU] Running on CPU
        [CLOUD] Running in the cloud
       *[PAUSED] Paused
    }
ui-strip-running-since =
    { $tier ->
        [GPU] Running on GPU since { $time }
        [CPU] Running on CPU since { $time }
        [CLOUD] Running in the cloud since { $time }
       *[PAUSED] Paused since { $time }
    }
ui-strip-paused-since = Paused since { $time }
ui-strip-readying = Getting ready
ui-strip-nothing = Nothing can describe scenes now
ui-strip-held = Analysis is paused
ui-strip-held-why =
    { $n ->
        [one] You paused it. { $n } job waits.
       *[other] You paused it. { $n } jobs wait.
    }
ui-strip-memory-short = Memory is getting short. Caches were given back.
ui-strip-model-speed = { $model }, { $speed } a scene.
ui-strip-progress = { $name }, { $done } of { $total } scenes
ui-strip-progress-left = { $name }, { $done } of { $total } scenes, { $left } left
ui-what-can-i-do = What can I do?
ui-pause-all = Pause all
ui-resume-all = Resume
ui-analyse-files = Analyse files…

ui-advice-title = Memory is nearly used up
ui-advice-close = Close something large. Work goes on by itself when { $free } is free.
ui-advice-safe = Everything described so far is saved, and the queue stays as it is.

ui-notice-others =
    { $n ->
        [one] and { $n } more
       *[other] and { $n } more
    }
ui-notice-batch =
    { $done ->
        [one] The clip is described.
       *[other] All { $done } clips are described.
    }
ui-notice-batch-failed = { $done } described, { $failed } failed. The window says why.
ui-open-logs = Open the log folder
ui-logs-at = The logs are in { $folder }.
ui-close-hint = AutoCut Director goes on in the tray. Quit is in its menu.
ui-usage = The tray does not know { $argument }. It takes --hidden, --quit-after STAGE, --lang LANGUAGE and --open FILE.
ui-already-headless = AutoCut Director already runs without a window. It has your files.

ui-tray-open = Open
ui-tray-analyse-files = Analyse files…
ui-tray-analyse-folder = Analyse folder…
ui-tray-pause = Pause analysis
ui-tray-resume = Resume analysis
ui-tray-degrade = Degrade
ui-tray-undo-degradation = Undo degradation
ui-tray-pin = Pin tier
ui-tray-pin-none = Not pinned
ui-tray-tier-GPU = GPU
ui-tray-tier-CPU = CPU
ui-tray-tier-CLOUD = Cloud
ui-tray-tier-PAUSED = Pause
ui-tray-free-vram = Free VRAM now
ui-tray-copy-diagnostics = Copy diagnostics
ui-tray-view-logs = View logs
ui-tray-settings = Settings
ui-tray-quit = Quit
ui-tray-jobs =
    { $n ->
        [one] { $n } job in line
       *[other] { $n } jobs in line
    }
