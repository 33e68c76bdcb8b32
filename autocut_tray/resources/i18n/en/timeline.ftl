## Exporting a job for an editor. $name: the source file's name.

error-no-such-format = There is no format { $format }: use one of { $formats }.
error-bad-scenes = “{ $said }” names no scenes: write them as in 1,3,5-8.
error-no-such-scene = There is no scene { $number }: the last one is { $last }.
error-no-scenes = Job { $id } has no scenes yet.
error-no-scenes-hint = Wait until the video has been read, or retry the job.
error-folder-missing-hint = Choose a folder that exists.
error-target-is-source = { $file } is the video itself, and source files are never written to.
error-target-is-source-hint = Choose another name.
error-export-wrong = { $file } was not written: reading it back gave something else than was meant.
error-export-wrong-hint = Try another format, and send the log to support.
error-sheet-not-drawn = The contact sheet could not be drawn.
error-sheet-not-drawn-hint = The log says why. Close something large and try again.

## What stands in the way: no file is written.

export-clip-empty = Clip { $number } ({ $name }) has nothing left after trimming.
export-clip-empty-hint = Trim less, or leave the scene out.
export-out-of-range = Clip { $number } reaches beyond the end of { $name }.
export-out-of-range-hint = Analyse the video again: it is not the one the scenes were found in.
export-too-many-events = An EDL holds { $limit } clips at most, and there are { $n }.
export-too-many-events-hint = Export OTIO or FCPXML, or fewer scenes with --scenes.
export-edl-mixed-rates = An EDL has one frame rate for everything, and these clips have another than the timeline.
export-edl-mixed-rates-hint = Export OTIO, FCPXML or FCP7 XML.
export-longer-than-a-day = The timeline is longer than 24 hours, which time codes cannot count.
export-longer-than-a-day-hint = Export fewer scenes.
export-sheet-too-large = A contact sheet holds { $limit } pictures at most, and there are { $n }.
export-sheet-too-large-hint = Name the file .pdf to get pages, or export fewer scenes.

## What to look at.

export-source-missing = { $name } is not where it was analysed, so the clips will be offline.
export-source-missing-hint = Connect its drive, or relink the clips in the editor.
export-source-changed = { $name } is another file now than the one that was analysed.
export-source-changed-hint = Analyse it again, or the cuts may be in the wrong places.
export-source-moved = { $name } was found in the folder you export to, and the clips lead there.
export-scan-incomplete = The video has not been read to its end: only the scenes found so far are in the file.
export-scan-incomplete-hint = Export again when the job is done.
export-source-damaged = The video is damaged: only the scenes of its readable part are in the file.
export-source-damaged-hint = Copy the video again, then analyse it again.
export-variable-rate = { $name } has no constant frame rate. The cuts are placed by time, at { $rate } fps.
export-variable-rate-hint = If they are off in the editor, convert the video to a constant rate and analyse that.
export-rate-conformed = { $name } has { $own } fps, which editors do not count in. The cuts are placed by time, at { $rate } fps.
export-rate-conformed-hint = Check a few cuts in the editor.
export-mixed-rates = The clips have different frame rates. The timeline has { $rate } fps.
export-mixed-rates-hint = Check the ends of the clips that have another rate.
export-timeline-rate = The clips have { $own } fps, the timeline { $rate }, as editors have no timeline of that rate.
export-timecode-unreadable = The start time code of { $name } makes no sense ({ $timecode }). It is taken for 00:00:00:00.
export-timecode-unreadable-hint = If the clips are offline or off, set the clip's start time code in the editor to 00:00:00:00.
export-no-timecode = { $name } has no start time code, so it counts from 00:00:00:00.
export-no-timecode-hint = If the editor gives it another one, cuts from an EDL will be off: use OTIO or FCPXML then.
export-past-midnight = The time code of { $name } runs past midnight and starts anew.
export-past-midnight-hint = Check the clips after midnight in the editor.
export-mixed-counting = Drop-frame and non-drop-frame time codes are mixed. Each is marked in the file.
export-rotated = { $name } is turned by { $degrees }°, as its file says.
export-rotated-hint = If it lies on its side in the editor, turn it in the clip's attributes.
export-same-names = { $n } source files are called { $name }.
export-same-names-hint = Editors may mix them up when they search by name: check these clips.
export-name-replaced = The name { $name } has characters that the file cannot hold. They were replaced.
export-name-replaced-hint = If the editor does not find the video, rename it and analyse it again.
export-edl-not-latin = Some names are not in Latin letters, which older programs may not show.
export-edl-not-latin-hint = OTIO and FCPXML have no such limit.
export-beyond-uhd = The picture is { $size }, more than the free edition of Resolve renders.
export-beyond-uhd-hint = Use Resolve Studio, or set the timeline to 3840 × 2160.
export-nothing-described = No scene is described yet, so only numbers are written.
export-nothing-described-hint = Export again when scenes are described.

## How to import it.

editor-resolve = DaVinci Resolve (free and Studio)
editor-premiere = Adobe Premiere Pro
editor-final-cut = Final Cut Pro
editor-kdenlive = Kdenlive
editor-spreadsheet = Excel, LibreOffice

howto-resolve-timeline = Open a project at { $rate } fps (File ▸ Project Settings ▸ Master Settings; the rate is fixed once there is a timeline). Then File ▸ Import ▸ Timeline…, choose the file, and leave “Automatically import source clips into media pool” on. Free and Studio do this alike; the free edition renders up to 3840 × 2160 at 60 fps, and on Linux it does not play H.264 and H.265.
howto-resolve-otio = It takes version 18.5 or later. { howto-resolve-timeline }
howto-resolve-edl = Open a project at { $rate } fps and bring the videos into the media pool. Then File ▸ Import ▸ Timeline…, choose the file, and { $rate } as its rate: an EDL has none of its own. Free and Studio do this alike; the free edition renders up to 3840 × 2160 at 60 fps, and on Linux it does not play H.264 and H.265.
howto-resolve-markers = Open the timeline that has all these clips from its start. In the media pool right-click it ▸ Timelines ▸ Import ▸ Timeline Markers from EDL…, and choose the file.
howto-resolve-subtitles = File ▸ Import ▸ Subtitle…, choose the file, then drag it from the media pool to the start of the timeline.
howto-premiere-timeline = File ▸ Import…, and choose the file: a sequence appears in the project panel.
howto-premiere-edl = File ▸ Import…, choose the file and the { $rate } fps video standard, then link the videos: right-click ▸ Link Media….
howto-premiere-subtitles = File ▸ Import…, choose the file, then drag it to the start of the sequence.
howto-final-cut-timeline = File ▸ Import ▸ XML…, and choose the file: an event with the project appears.
howto-final-cut-subtitles = Open the project, then File ▸ Import ▸ Captions…, and choose the file.
howto-kdenlive-otio = It takes version 25.04 or later. File ▸ OpenTimelineIO Import…, and choose the file.
howto-kdenlive-subtitles = Project ▸ Subtitles ▸ Import Subtitle File…, and choose the file.
howto-spreadsheet-table = Open the file: it is in UTF-8, separated by commas.
