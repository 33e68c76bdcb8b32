## Analyse: the drop area, jobs, scenes.

ui-drop-title = Drop clips or a folder here
ui-drop-over-one = Drop to analyse { $name }
ui-drop-over =
    { $n ->
        [one] Drop to analyse { $n } item
       *[other] Drop to analyse { $n } items
    }
ui-drop-promise = Every scene is found and described on this PC. Nothing is uploaded, and your files are never changed.
ui-drop-promise-cloud = Every scene is found on this PC. Single frames may go to the model you allowed; your files are never changed.
ui-drop-not-files = Only files and folders can be analysed. Drop a clip from your file manager.
ui-drop-remote =
    { $n ->
        [one] { $n } address was left out: only files on this PC can be analysed.
       *[other] { $n } addresses were left out: only files on this PC can be analysed.
    }
ui-drop-foot = MOV, MP4, MXF, MKV and most other video files. “Analyse files…” in the tray menu does the same.
ui-choose-files = Choose files…
ui-choose-folder = Choose a folder…
ui-add-files = Add files…
ui-step-find = Find scenes
ui-step-find-text = Cuts are detected, a key frame is kept for each scene, more for long ones.
ui-step-describe = Describe
ui-step-describe-text = A vision model says what each scene shows.
ui-step-describe-speed =
    { $source ->
        [measured] { $seconds } s a scene, measured on this PC
       *[other] About { $seconds } s a scene here
    }, up to { $scenes ->
        [one] { $scenes } scene
       *[other] { $scenes } scenes
    } a clip.
ui-step-search = Search
ui-step-search-text = Find any shot by what is in it, across all your clips.

ui-jobs-list = Jobs
ui-jobs-running = Running  { $n }
ui-jobs-waiting = Waiting  { $n }
ui-jobs-finished = Finished  { $n }
ui-jobs-more = Show more of { $n } others
ui-search-all = Search every scene
ui-search-scenes = Search these scenes
ui-search-clear = Clear

ui-job-never-cloud = Never cloud
ui-job-describing =
    { $tier ->
        [GPU] Describing on GPU
        [CPU] Describing on CPU
        [CLOUD] Describing in the cloud
        [PAUSED] Describing is paused
       *[unknown] Describing
    }
ui-job-scenes-of = { $done } of { $total } scenes
ui-job-pace = { $span } a scene
ui-job-left = { $span } left
ui-job-left-later = time left is known after three scenes
ui-job-left-once-counted = time left is known once scenes are counted
ui-job-done-at = done at about { $time }
ui-job-finding = Finding scenes: { $read } read
ui-job-found =
    { $n ->
        [one] { $n } scene found
       *[other] { $n } scenes found
    }
ui-job-found-in =
    { $n ->
        [one] { $n } scene in { $length } of video
       *[other] { $n } scenes in { $length } of video
    }
ui-job-planned = { $n } will be described
ui-job-done-of = { $done } of { $total } described
ui-job-described = { $n } described
ui-job-queued = In line
ui-job-paused = Paused
ui-job-done = Done at { $time }
ui-job-scenes =
    { $n ->
        [one] { $n } scene
       *[other] { $n } scenes
    }
ui-job-cancelled = Cancelled
ui-job-kept =
    { $n ->
        [one] { $n } description kept
       *[other] { $n } descriptions kept
    }
ui-job-failed = This file could not be analysed.
ui-job-action-open = Open
ui-job-action-retry = Retry
ui-job-action-details = Details
ui-job-action-cancel = Cancel
ui-job-action-remove = Remove from the list

ui-remove-title = Remove { $name } from the list?
ui-remove-text =
    { $n ->
        [one] { $n } description goes with it. The video file stays as it is.
       *[other] { $n } descriptions go with it. The video file stays as it is.
    }
ui-remove-yes = Remove

ui-scenes-list = Scenes
ui-scenes-debt =
    { $n ->
        [one] { $n } described on a lower tier
       *[other] { $n } described on a lower tier
    }
ui-scenes-none-yet = No scene is found yet. Scenes appear here one by one while the video is read.
ui-scenes-none-found = No scene has all of these words.
ui-scene-waiting = Waits for its description.
ui-scene-described = Described.
ui-scene-left-out = Left out: more scenes than are described for one clip.
ui-scene-failed = Could not be described.
ui-scene-where = { $clip }, scene { $n }, { $length }
ui-scene-by =
    { $tier ->
        [GPU] { $model } on GPU, { $span }
        [CPU] { $model } on CPU, { $span }
       *[CLOUD] { $model } in the cloud, { $span }
    }
ui-scene-copy = Copy description
ui-scene-key-subjects = Subjects
ui-scene-key-action = Action
ui-scene-key-shot = Shot
ui-scene-key-camera = Camera
ui-scene-key-mood = Mood
ui-scene-key-quality = Quality
ui-scene-key-loudness = Loudness
ui-scene-key-subtitles = Subtitle
ui-scene-quoted = “{ $words }”
ui-scene-key-by = Described

ui-export-otio = OpenTimelineIO…
ui-export-fcpxml = FCPXML…
ui-export-fcp7 = Final Cut Pro 7 XML…
ui-export-edl = EDL…
ui-export-markers = Timeline markers…
ui-export-srt = Subtitles (SRT)…
ui-export-json = JSON…
ui-export-contact-sheet = Contact sheet…
ui-export-done =
    { $n ->
        [one] { $file } has { $n } clip. It was read back and is correct.
       *[other] { $file } has { $n } clips. It was read back and is correct.
    }
ui-export-how = { $editor }: { $steps }

ui-cut-title = Rough cut
ui-cut-brief = What should it be? For example: 30-second highlight reel, start wide
ui-cut-make = Make rough cut
ui-cut-again = Make again
ui-cut-export = Export cut…
ui-cut-keep = Keep my changes
ui-cut-making = Making the rough cut
ui-cut-strip = Rough cut, in its order
ui-cut-total =
    { $n ->
        [one] { $n } scene, { $length }
       *[other] { $n } scenes, { $length }
    }
ui-cut-total-of =
    { $n ->
        [one] { $n } scene, { $length } of { $wanted }
       *[other] { $n } scenes, { $length } of { $wanted }
    }
ui-cut-clip = Scene { $n }: { $reason }
ui-cut-remove = Remove
ui-cut-reasons = All reasons
ui-cut-hint = Drag to reorder.
ui-cut-empty = All scenes were taken out.
ui-cut-trouble = { $what } { $hint }
