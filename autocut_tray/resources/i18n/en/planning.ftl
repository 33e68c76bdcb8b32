## Rough cuts: who made one, why these scenes, what else was done.

plan-asking = Asking { $model } on { $server }
plan-asking-again = Asking { $model } on { $server } again: its first answer could not be used
plan-by-model = Chosen by { $model } on { $server }.
plan-by-rules = Made by rules: { $why }
plan-why-unknown = this PC has not been looked at yet.
plan-why-chosen = the settings name no planning model.
plan-why-no-model = no planning model is installed. { $preferred } in Ollama or LM Studio would do it.
plan-why-failed = { $model } on { $server } gave no usable plan. { $why }

plan-reason-said = { $text }
plan-reason-none = The model gave no reason.
plan-reason-fill = Added by rules to reach the length. { $why }
plan-reason-matches = { $place ->
    [opens] Opens the cut, and matches the brief: { $words }.
    [closes] Closes the cut, and matches the brief: { $words }.
   *[none] Matches the brief: { $words }.
}
plan-reason-wide = { $place ->
    [opens] Opens the cut: it shows where we are.
    [closes] Closes the cut with a wide view.
   *[none] A wide view: it shows where we are.
}
plan-reason-variety = { $place ->
    [opens] Opens the cut.
    [closes] Closes the cut.
   *[none] Adds variety.
}
plan-reason-faults = { $place ->
    [opens] Opens the cut. Its picture has faults, and there was nothing better.
    [closes] Closes the cut. Its picture has faults, and there was nothing better.
   *[none] Its picture has faults, and there was nothing better.
}
plan-reason-unseen = { $place ->
    [opens] Opens the cut. It is not described, so its place in the video decided.
    [closes] Closes the cut. It is not described, so its place in the video decided.
   *[none] It is not described, so its place in the video decided.
}

plan-note-unknown = { $n ->
    [one] The model named { $n } scene that does not exist. It was left out.
   *[other] The model named { $n } scenes that do not exist. They were left out.
}
plan-note-twice = { $n ->
    [one] The model named { $n } scene more than once. It is in the cut once.
   *[other] The model named scenes again { $n } times. Each is in the cut once.
}
plan-note-seen = The model was shown { $n } of { $total } scenes: more do not fit into its context.
plan-note-filled = { $n ->
    [one] The chosen scenes were too short, so rules added { $n } scene.
   *[other] The chosen scenes were too short, so rules added { $n } scenes.
}
plan-note-left-out = { $n ->
    [one] { $n } chosen scene was left out: there is no room for it in this length.
   *[other] { $n } chosen scenes were left out: there is no room for them in this length.
}
plan-note-shorter = The footage gives { $have } s of the { $wanted } s asked for.
plan-note-unseen = { $n } of { $total } scenes are not described.
plan-note-unread = The video has not been read to its end: later scenes are not in the cut.
plan-note-kept = Your own changes to the last cut were kept.

error-bad-length = A rough cut is 1 second to 24 hours long.
error-no-plan = Job { $id } has no rough cut yet.
error-no-plan-hint = Make one first: autocut-tray plan { $id } --brief "30-second highlight reel"
error-plan-running = A rough cut of this job is being made right now.
error-plan-or-scenes = --plan and --scenes exclude each other: name the scenes, or export the rough cut.
error-plan-empty = The rough cut of job { $id } has no scenes any more.
error-plan-empty-hint = Make it again.
