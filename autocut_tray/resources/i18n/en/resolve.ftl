## Sending a timeline to a running DaVinci Resolve.

cli-send = Send a job's timeline to the project that is open in DaVinci Resolve Studio.
cli-send-scenes = Only these scenes, in this order. Without it, all of them.
ui-send-resolve = Send to DaVinci Resolve
resolve-sent =
    { $n ->
        [one] The timeline { $timeline } with { $n } clip is in the project { $project } in DaVinci Resolve.
       *[other] The timeline { $timeline } with { $n } clips is in the project { $project } in DaVinci Resolve.
    }
resolve-other-rate = The project runs at { $project } fps, this timeline at { $timeline } fps. Check the new timeline's rate in Resolve.
error-resolve-missing = DaVinci Resolve's scripting is not installed on this PC.
error-resolve-missing-hint = Install DaVinci Resolve Studio, or export a file and import it by hand.
error-resolve-silent = DaVinci Resolve does not answer.
error-resolve-silent-hint = Only the Studio edition takes timelines from other programs. Start it and set Preferences ▸ System ▸ General ▸ External scripting using to Local. In the free edition, export a file and import it by hand.
error-resolve-no-module = DaVinci Resolve's scripting cannot be loaded.
error-resolve-no-module-hint = Update DaVinci Resolve, or export a file and import it by hand.
error-resolve-no-project = No project is open in DaVinci Resolve.
error-resolve-no-project-hint = Open the project that the timeline belongs in, then send it again.
error-resolve-refused = DaVinci Resolve did not take the timeline.
error-resolve-refused-hint = Close what is open in Resolve and try again, or export a file and import it by hand.
error-resolve-slow = DaVinci Resolve did not answer within a minute.
error-resolve-slow-hint = A dialog may be open there. Close it and look whether the timeline arrived before you send it again.
error-resolve-failed = Talking to DaVinci Resolve failed.
error-resolve-failed-hint = Restart DaVinci Resolve and try again, or export a file and import it by hand.
