## The command line.

cli-help = Knows this PC, adapts before it breaks, and describes your footage. Without a command it starts the tray.
cli-json = Print one JSON document on stdout; progress goes to stderr.
cli-version = Print the version.
cli-lang = The language to speak: { $languages }.
cli-headless = Run without a window until ended.
cli-verbose = Write the log to stderr, too.
cli-profile = What this PC is: hardware, model servers, editors.
cli-policy = Where vision, planning and editing run, and why.
cli-policy-profile = Decide for the profile in this JSON file, not for this PC.
cli-status = What runs where now, and the last readings.
cli-scenes = Find the scenes of one video.
cli-scenes-video = The video.
cli-scenes-fast = Read fast (a cut may be a little off) or accurately. Default: as in the settings.
cli-analyze = Find and describe the scenes of videos and folders.
cli-analyze-paths = Videos, or folders with videos.
cli-never-cloud = Never send anything of these files to another machine.
cli-force-local = Use only models on this PC.
cli-force-cloud = Use only the cloud, if it is allowed.
cli-max-scenes = Describe at most this many scenes of a video.
cli-again = Analyse anew what is done already.
cli-wait = Seconds to wait for a model server that went away.
cli-jobs = List all jobs.
cli-plan = Make a rough cut of a job's scenes from a brief.
cli-plan-keep = Keep the changes made to the last rough cut by hand.
cli-brief = What the cut should be, in your words: "30-second highlight reel".
cli-length = How long the cut should be in seconds; wins over a length in the brief.
cli-analyze-brief = Make a rough cut of each video from this brief, too.
cli-export-plan = Only the scenes of the rough cut, in its order and trimmed as it says.
cli-plan-head = Rough cut: { $n ->
    [one] { $n } scene
   *[other] { $n } scenes
}, { $length } s
cli-col-plan-scene = Scene
cli-col-why = Why
cli-progress-planning = Making the rough cut
cli-export = Write a job as a file for an editor, read it back, and say how to import it.
cli-export-job = The job's id, as jobs lists it.
cli-export-format = otio, fcpxml, fcp7, edl, markers, srt, csv, json or contact-sheet.
cli-export-output = The file to write, or a folder; a contact sheet named .pdf becomes a PDF.
cli-export-scenes = Only these scenes, in this order. Without it, all of them.
cli-export-force = Write over a file of that name.
cli-export-done = { $file }: { $clips ->
    [one] { $clips } clip
   *[other] { $clips } clips
}, { $length } at { $rate } fps, read back and correct
cli-replay = Feed a trace through the control rules and print every change.
cli-replay-trace = A file with one JSON object a line.
cli-replay-set = Change one limit, as in vram_on=90; may be given several times.
cli-replay-history = Decide again what the flight recorder has, instead of a trace: with --set, what other limits would have changed.
cli-since = From when on: so long ago (30min, 24h, 7d), or a date or time as in 2026-07-14T14:00.
cli-until = Up to when, written the same way; now where it is left out.
cli-history = Write what was measured and decided: readings, receipts, or a trace for replay.
cli-history-format = csv, json or trace; by the file's name where it is left out.
cli-history-output = The file to write; where it is left out, print.
cli-degrade = Go down to a tier until undone.
cli-degrade-tier = GPU, CPU, CLOUD or PAUSED.
cli-degrade-reason = Why, for the log.
cli-pin = Stay on a tier until taken back.
cli-pin-tier = GPU, CPU, CLOUD or PAUSED; off: no longer.
cli-drill = Try every way to work, and walk through the control rules with made-up readings.
cli-undo = Take the last degradation back.
cli-alerts = Alerts of the last days, and the limits in force.
cli-alerts-mute = Tell the desktop nothing of this alert: { $names }.
cli-alerts-unmute = Tell the desktop of this alert again.
cli-alerts-days = How many days back.
cli-settings-preset = Start from a preset: { $names }.

cli-progress-looking = Looking at this PC
cli-progress-reading = Finding scenes
cli-progress-analysing = Analysing
cli-progress-scenes = { $done } of { $planned } scenes
cli-headless-running = AutoCut Director runs without a window. Ctrl-C ends it.
cli-scenes-found = { $n ->
    [one] { $n } scene
   *[other] { $n } scenes
}
cli-scenes-head = { $n ->
    [one] { $n } scene
   *[other] { $n } scenes
} · { $width } × { $height } · { $codec } · { $rate } fps ({ $exact })
cli-jobs-none = No jobs yet. Start one with autocut-tray analyze VIDEO.
cli-alerts-none = No alerts in this time.
cli-alerts-lasts = not over yet
cli-alerts-ended = over after { $minutes } min
cli-alerts-limits = { $alert }: warning above { $warn }, critical above { $critical }
cli-alerts-limits-muted = { $alert }: warning above { $warn }, critical above { $critical }, muted
cli-alerts-muted = The desktop is told nothing of “{ $alert }” any more.
cli-alerts-unmuted = The desktop is told of “{ $alert }” again.

cli-col-scene = #
cli-col-start = Start
cli-col-end = End
cli-col-length = Length
cli-col-frames = Frames
cli-col-kind = Begins with
cli-col-loudness = Loudness
cli-col-tier = On
cli-col-what = Description
cli-col-id = Job
cli-col-state = State
cli-col-scenes = Scenes
cli-col-file = File

cli-status-not-running = AutoCut Director is not running. This is what was stored.
cli-status-tier = Tier: { $tier }
cli-status-vram = VRAM: { $used } of { $total } GB
cli-status-ram = RAM: { $available } GB available, { $used } % used
cli-status-cpu = CPU: { $percent } %
cli-status-jobs = Jobs: { $running } running, { $queued } waiting

transition-start = start
transition-cut = cut
transition-fade = fade
transition-dissolve = dissolve
job-state-queued = waiting
job-state-running = running
job-state-paused = paused
job-state-done = done
job-state-failed = failed
job-state-cancelled = cancelled
job-state-poison = set aside
scene-waiting = waiting
scene-described = described
scene-left_out = left out
scene-failed = failed

cli-do-it = Command: { $command }
error-usage-missing = { $name } is missing.
error-usage-option = There is no option { $name }.
error-usage-option-near = There is no option { $name }; did you mean { $near }?
error-usage-command = There is no command { $name }.
error-usage-command-near = There is no command { $name }; did you mean { $near }?
error-usage-needs-value = { $option } needs a value after it.
error-usage-no-value = { $option } takes no value.
error-usage-extra = The command does not take this: { $extra }.
error-usage-value = { $name } cannot be { $value }: { $reason }.
usage-wants-whole = it takes a whole number
usage-wants-number = it takes a number
usage-wants-least = the least is { $least }
usage-wants-other = it takes something else
error-usage-hint = See { $command }.
error-force-both = --force-local and --force-cloud exclude each other.
error-no-such-tier = There is no tier { $tier }: use one of { $tiers }.
error-no-such-alert = There is no alert { $alert }: use one of { $alerts }.
error-no-such-preset = There is no preset { $preset }: use one of { $presets }.
error-preset-alone = --preset changes several settings: leave the name and --reset out.
preset-left-out = Not changed, because the environment decides it: { $path }
error-monitor-ended = AutoCut Director ended, and with it what was watched.
error-monitor-ended-hint = Open the monitor again.
error-monitor-of-program = The monitor belongs to the running program, whose work depends on it. End the program first, or leave the monitor on.
error-monitor-of-jobs = Jobs are under way and must be watched. Wait until they are done, or cancel them.
error-seconds = A task cannot take { $seconds } s.
error-minutes = A history of { $minutes } minutes is not possible: from 1 to { $most }.
error-trace-unreadable = { $file } cannot be read: { $reason }.
error-already-running = AutoCut Director is running already.

history-written = Written to { $file }.
what-if-progress = Deciding the past again
error-replay-what = replay wants either a trace or --history.
error-no-such-moment = "{ $text }" is no moment: write 30min, 24h or 7d for so long ago, or a time as in 2026-07-14T14:00.
error-empty-span = Nothing lies between { $since } and { $until }: the first must be earlier than the second.
