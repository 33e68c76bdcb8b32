## The diagnosis: what support would ask for.

cli-doctor = Check everything and say what to do about it.
cli-doctor-output = Write the whole report, fit to be handed to others, to this file (JSON if its name ends in .json).
cli-doctor-force = Write over a file that is there already.
doctor-progress = Checking
doctor-title = AutoCut Director { $version }, report of { $when }
doctor-summary =
    { $problems ->
        [0] { $warnings ->
            [0] All { $all } checks are fine.
            [one] 1 warning; { $fine } of { $all } checks are fine.
           *[other] { $warnings } warnings; { $fine } of { $all } checks are fine.
        }
        [one] { $warnings ->
            [0] 1 problem; { $fine } of { $all } checks are fine.
            [one] 1 problem, 1 warning; { $fine } of { $all } checks are fine.
           *[other] 1 problem, { $warnings } warnings; { $fine } of { $all } checks are fine.
        }
       *[other] { $warnings ->
            [0] { $problems } problems; { $fine } of { $all } checks are fine.
            [one] { $problems } problems, 1 warning; { $fine } of { $all } checks are fine.
           *[other] { $problems } problems, { $warnings } warnings; { $fine } of { $all } checks are fine.
        }
    }
doctor-line = { $verdict } · { $title }: { $text }
doctor-verdict-ok = fine
doctor-verdict-warning = warning
doctor-verdict-problem = problem
doctor-written = The whole report is in { $file }. Keys, names and paths of yours are masked in it.
doctor-more = Every fact behind this: autocut-tray doctor -o report.txt. Keys, names and paths of yours are masked in it.
error-file-exists = { $file } exists already.
error-file-exists-hint = Choose another name, or write over it with --force.
error-file-unwritable = { $file } cannot be written: { $reason }.

doctor-check-program = Program
doctor-check-system = System
doctor-check-display = Display
doctor-check-folders = Folders
doctor-check-databases = Databases
doctor-check-settings = Settings
doctor-check-environment = Environment
doctor-check-keys = Keys
doctor-check-hardware = Hardware
doctor-check-policy = Policy
doctor-check-ollama = Ollama
doctor-check-lmstudio = LM Studio
doctor-check-instance = Running program
doctor-check-worker = Media worker
doctor-check-jobs = Jobs
doctor-check-crashes = Crashes
doctor-check-log = Log

doctor-check-late = This check did not end within { $seconds } s.
doctor-check-failed = This check could not be made ({ $reason }).
doctor-next-report = Write a report with autocut-tray doctor -o report.txt and send it along with your question.

doctor-program-ok = AutoCut Director { $version } runs on Python { $python } with Qt { $qt }.
doctor-program-no-qt = Qt is not installed, so there is neither a window nor a tray.
doctor-program-no-qt-next = Install the program again. The command line works without it.
doctor-program-odd-qt = Qt { $qt } is not a version that this program is tested with.
doctor-program-odd-qt-next = Install Qt (PySide6-Essentials) 6.8 to 6.10.
doctor-system = { $os }, desktop { $desktop }, locale { $locale }.
doctor-display-ok = A window can be shown ({ $session }).
doctor-display-none = This session has no display.
doctor-display-none-next = Log in to a desktop for the window. autocut-tray --headless and the command line work without.
doctor-display-gnome = GNOME shows tray icons only with an extension.
doctor-display-gnome-next = Turn on the AppIndicator extension. Without a tray the program is a normal window.
doctor-folders-ok = All folders can be written; { $free } GB are free.
doctor-folders-locked = Nothing can be saved in { $folders }.
doctor-folders-locked-next = Give yourself the right to write there, or set AUTOCUT_HOME to another folder.
doctor-folders-full = Only { $free } GB are free.
doctor-folders-full-next = Make room on this disk. Below 0.5 GB no work begins.
doctor-databases-ok = The databases are whole ({ $size } MB).
doctor-databases-bad = { $files } is damaged or cannot be read.
doctor-databases-bad-next = Start AutoCut Director: it sets a damaged file aside and begins a new one.
doctor-databases-newer = { $files } was written by a newer version.
doctor-databases-newer-next = Update AutoCut Director.
doctor-databases-aside = { $count ->
    [one] A damaged database was set aside.
   *[other] { $count } damaged databases were set aside.
}
doctor-databases-aside-next = Delete the files named .corrupt in the data folder once you miss nothing.
doctor-settings-ok = { $count ->
    [0] All settings are at their defaults.
    [one] 1 setting differs from its default.
   *[other] { $count } settings differ from their defaults.
}
doctor-settings-bad = { $count ->
    [one] One thing about the settings is wrong: { $first }
   *[other] { $count } things about the settings are wrong, the first: { $first }
}
doctor-settings-bad-next = autocut-tray settings lists them all; autocut-tray settings NAME says what is allowed.
doctor-settings-limits = The changed limits are not used: { $reason }
doctor-environment-ok = { $count ->
    [0] No environment variable of this program is set.
    [one] 1 environment variable of this program is set.
   *[other] { $count } environment variables of this program are set.
}
doctor-environment-unknown = This program knows no variable { $names }.
doctor-environment-unknown-next = Check the spelling: autocut-tray settings NAME says which variable sets it.
doctor-keys-ok = Keys are kept in the system's keyring ({ $backend }).
doctor-keys-given = { $said } From the environment or a .env file: { $names }.
doctor-keys-none = This system has no keyring, so a key lasts for one session.
doctor-keys-lost = The keyring with the key for { $names } is not there.
doctor-keys-lost-next = Start the keyring of your desktop, or put the key into the environment.
doctor-hardware-ok = This PC was looked at; its class is { $class }.
doctor-hardware-silent = Not everything about this PC could be found out: { $probes }.
doctor-hardware-silent-next = Run this again. If it stays so, update the graphics driver and restart the PC.
doctor-policy = { $title }.
doctor-policy-next = { $text }. { $reason }
doctor-server-ok = { $count ->
    [0] { $server } answers and has no models yet.
    [one] { $server } answers. 1 model, { $seeing } that sees images.
   *[other] { $server } answers. { $count } models, { $seeing } of them see images.
}
doctor-server-absent = { $server } is not installed on this PC.
doctor-server-silent = { $server } does not answer.
doctor-server-bad = { $server } is of no use as it is.
doctor-instance-none = AutoCut Director is not running.
doctor-instance-ok = AutoCut Director is running. Tier: { $tier }.
doctor-instance-degraded = AutoCut Director runs on a lower tier, { $tier }: { $reason }
doctor-instance-degraded-next = It goes back up by itself; autocut-tray undo does it now.
doctor-worker-ok = The media worker starts and answers in { $seconds } s.
doctor-worker-slow = The media worker did not answer within { $seconds } s.
doctor-worker-slow-next = Run this again: a first start can be slow. If it stays so, look whether a virus scanner holds it up.
doctor-worker-bad = The media worker does not work, so no video can be read.
doctor-worker-bad-next = Install the program again, and send the report if that does not help.
doctor-jobs-none = There are no jobs yet.
doctor-jobs-ok = { $count ->
    [one] 1 job; it did not fail.
   *[other] { $count } jobs; none failed.
}
doctor-jobs-failed = { $count } of { $all } jobs failed, the last one: { $last }
doctor-log-ok = { $count ->
    [0] There is no log yet.
   *[other] No errors in the last { $count } lines.
}
doctor-log-errors = { $count ->
    [one] 1 error in the last { $lines } lines.
   *[other] { $count } errors in the last { $lines } lines.
}
doctor-crashes-none = No crash was recorded.
doctor-crashes-some = { $count ->
    [one] A crash was recorded in the last { $days } days.
   *[other] { $count } files with crashes of the last { $days } days.
}

## Settings on the command line.

cli-settings = List the settings, show one, or change one.
cli-settings-path = A setting such as ui.theme, a section such as ui, or limits for all thresholds.
cli-settings-value = The new value.
cli-settings-reset = Take your choice back.
cli-col-setting = Setting
cli-col-value = Value
cli-col-default = Default
cli-col-source = From
cli-col-unit = Unit
setting-source-default = default
setting-source-file = file
setting-source-environment = environment
setting-source-dotenv = .env
setting-unset = (automatic)
setting-empty = (empty)
setting-value-line = Value: { $value } (from: { $source })
setting-default-line = Default: { $value }
setting-allowed-line = Allowed: { $allowed }
setting-variable-line = Environment: { $variables }
setting-allowed-switch = true or false
setting-allowed-text = any line of text
setting-allowed-number = { $low } to { $high }
setting-allowed-whole = a whole number from { $low } to { $high }
setting-allowed-unset = { $allowed }, or nothing for automatic
settings-more-limits = The { $count } thresholds: autocut-tray settings limits
setting-changed = { $path } is now { $value }.
setting-same = { $path } was { $value } already.
settings-told = The running program uses it.
settings-told-later = The running program did not take it: { $reason } It uses it from its next start.
settings-broken = { $file } cannot be read ({ $reason }). Correct it, then try again.
settings-not-opened = { $file } cannot be opened ({ $reason }). The defaults are used, and the file stays as it is.
setting-wants-section = it is a section with settings of its own
setting-unknown-hint = autocut-tray settings lists them all.
error-reset-or-value = Give a value or --reset, not both.
error-reset-what = Say what to reset.
error-section-value = { $path } is a section: give one of its settings a value.

## Keys on the command line.

cli-key = Store the key of a model server or provider, read from a prompt or a pipe; without a name, list them.
cli-key-name = One of { $names }.
cli-key-forget = Remove the key.
key-prompt = Key for { $name } (not shown):
key-present-keyring = in the keyring
key-present-environment = in the environment ({ $variable })
key-present-env-file = in a .env file ({ $variable })
key-absent = none
cli-col-key = Key
cli-col-where = Where
key-stored = The key for { $name } is in the system's keyring.
key-forgotten = The key for { $name } is forgotten.
key-none = There was no key for { $name }.
key-still-environment = { $variable } in the environment still gives one.
key-still-env-file = { $variable } in a .env file still gives one.
key-in-use = The running program uses it from now on.
error-key-no-keyring = This system has no keyring, and a key that lasts for one command is of no use.
error-key-no-keyring-hint = Put it into the environment as { $variable }, or start the keyring of your desktop.
error-key-name = There is no key of this name: use one of { $names }.
error-key-on-line = A key does not belong on the command line, where history and process lists keep it.
error-key-on-line-hint = Run autocut-tray key { $name } and type it at the prompt, or send it through a pipe.
error-key-nothing = Nothing came in, so nothing was stored.

## What each threshold of the control rules does.

limit-vram-on = VRAM in use by others at which work leaves the graphics card.
limit-vram-cancel = Below this a VRAM warning that is still waiting is forgotten.
limit-vram-off = VRAM must fall below this before work goes back.
limit-vram-grace = How long VRAM must stay above its limit.
limit-vram-hard-free-mib = With less VRAM free than this, work leaves the card at once.
limit-vram-hard-samples = So many readings in a row count as that.
limit-vram-reserve-mib = VRAM that stays free beside a model.
limit-vram-foreign-slack-mib = Others may take so much more before our model no longer explains the use.
limit-vram-unknown-grace = How long VRAM may be unreadable before work leaves the card.
limit-ram-on-mib = Available memory below which no model runs on this PC.
limit-ram-cancel-mib = Above this a memory warning that is still waiting is forgotten.
limit-ram-off-mib = Available memory that is needed before work comes back.
limit-ram-grace = How long memory must stay short.
limit-ram-reserve-mib = Memory that stays free beside a model.
limit-small-ram-mib = On a PC with less memory in total, the limits shrink in proportion.
limit-warn-on = Memory in use at which caches are given back.
limit-warn-off = The warning ends below this.
limit-warn-only-below-mib = No warning while more memory than this is available.
limit-warn-clear-above-mib = The warning ends when more than this is available.
limit-warn-grace = How long memory must stay above the warning.
limit-warn-off-hold = How long memory must stay below it before the warning ends.
limit-emergency-on = Memory in use at which all work stops.
limit-emergency-off-used = The emergency ends below this.
limit-emergency-only-below-mib = No emergency while more memory than this is available.
limit-emergency-off-above-mib = The emergency ends when more than this is available.
limit-emergency-avail-mib = With less memory available than this, it is an emergency whatever the share.
limit-emergency-off-avail-mib = Available memory that is needed to end it.
limit-emergency-samples = So many readings in a row make an emergency.
limit-emergency-off-hold = How long memory must be back before it ends.
limit-failure-rate = Share of failed descriptions at which the next tier takes over.
limit-failure-window-units = Descriptions over which that share is counted.
limit-failure-min-units = No judgement before so many descriptions.
limit-failure-max-age = Older results do not count.
limit-failure-streak = So many failures in a row are enough by themselves.
limit-slow-share = Share of slow descriptions at which the next tier takes over.
limit-slow-floor = Faster than this is never slow.
limit-slow-factor = Slow is so many times the usual time.
limit-slow-baseline-units = Descriptions before a usual time is known.
limit-probation-units = Descriptions after a recovery that are watched closely.
limit-throttle-default = The wait when a server says “too many requests” but not for how long.
limit-crash-restarts = Restarts of the media worker before it is left alone.
limit-crash-window = The time in which these restarts are counted.
limit-cpu-on = Processor load at which fewer threads work.
limit-cpu-on-hold = How long the load must stay above that.
limit-cpu-off = Load below which all threads work again.
limit-cpu-off-hold = How long the load must stay below that.
limit-editor-grace = How long DaVinci Resolve must need this PC before work here steps aside.
limit-green-hold = How long all must be well before a better tier is tried.
limit-cloud-green-hold = The same, from paused to the cloud.
limit-backoff-base = The wait after a failed recovery; it doubles each time.
limit-backoff-max = It does not grow beyond this.
limit-backoff-reset = After so long without trouble, failed recoveries are forgotten.
limit-breaker-open = How long a tier that failed is left alone.
limit-flap-changes = So many changes of tier in a short time are too many.
limit-flap-window = The time in which they are counted.
limit-flap-lock = How long the tier then stays as it is.
limit-probe-timeout = How long a test of a better tier may take.
limit-preferred-model-hold = How long all must be well before the larger model comes back.
limit-tick = Time between two decisions while something happens.
limit-idle-tick = Time between two decisions while nothing does.
limit-gap = A longer pause counts as sleep of the PC.
limit-sample-max-age = An older reading is none.
limit-reclaim-wait = How long freed VRAM is waited for.
limit-reclaim-poll = How often it is looked for meanwhile.
limit-reclaim-done = Share of what was asked back that is enough.
limit-warn-cache-keep = Share of the caches that stays at a warning.
limit-unit-finish = How long a description in progress may still take when its tier is left.
limit-worker-term-wait = How long a worker may take to end by itself.
limit-disk-reserve-mib = Free disk space below which no work begins.
limit-notice-interval = At most one notice a cause in this time.
