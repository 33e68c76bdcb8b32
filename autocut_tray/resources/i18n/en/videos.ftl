## Several videos at once, and what the person says of one of them.

setting-analysis-videos-at-once = Videos at once
setting-analysis-videos-at-once-help = The next video is read while the one before is described. Automatic goes by processor, memory and tier; short memory or the video editor make it one, whatever is chosen.
setting-analysis-videos-at-once-auto = Automatic
setting-analysis-videos-at-once-1 = One
setting-analysis-videos-at-once-2 = Two
setting-analysis-videos-at-once-3 = Three
setting-analysis-videos-at-once-4 = Four

videos-chosen =
    { $n ->
        [one] One video at a time, as you chose.
       *[other] { $n } videos at once, as you chose.
    }
videos-threads =
    { $n ->
        [one] With { $threads } processor threads one video is read while another is described.
       *[other] With { $threads } processor threads { $n } videos are read while another is described.
    }
videos-threads-unknown = How many threads the processor has is not known: one video at a time.
videos-small = On a machine of this class no more than two.
videos-cpu-tier = The model itself works on the processor: one video at a time.
videos-ram = The memory that is free now has no room for more.
videos-ram-unknown = How much memory is free is not known: one video at a time.
videos-budget = The memory for work has no room for more.
videos-alert = Alerts ask for less at once.
videos-cpu = The processor is busy: one video is read at a time.
videos-memory = Memory is short: one video at a time.
videos-editor = The video editor goes first: one video at a time.

waiting-by-person = Paused by you. It goes on where it stopped.
error-job-over = This job is over.
error-jobs-paused = Jobs are paused by you.
error-jobs-paused-hint = autocut-tray jobs --resume JOB lets one go on.
cli-jobs-pause = Let this job rest until it is resumed; the others go on.
cli-jobs-resume = Let a paused job go on.
cli-jobs-next = Put this job first in line.
cli-progress-beside =
    { $n ->
        [one] { $name } and one more
       *[other] { $name } and { $n } more
    }
ui-videos =
    { $n ->
        [one] { $n } video
       *[other] { $n } videos
    }
ui-job-action-pause = Pause this job
ui-job-action-resume = Resume
ui-job-action-next = Do this next
ui-job-next = Next in line
cli-status-videos = Videos at once: { $n }. { $why }
