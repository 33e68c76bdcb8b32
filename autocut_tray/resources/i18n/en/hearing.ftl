## What a scene sounds like. $lufs and $percent: figures.

sound-loudness = { $lufs } LUFS
sound-silent = silent
sound-not-measurable = too quiet or too short to measure
sound-speech-like = { $percent } % like speech
sound-silent-part = { $percent } % silent
sound-unsupported = The sound is not measured: its format is not supported.
sound-damaged = The sound is not measured: it is damaged.
sound-avoided = The sound is not measured: reading this video with its sound failed before.
sound-track = This video has { $tracks } sound tracks. Track { $track } is measured: the default one, or the first.

## Subtitle files beside a video that are not used.

subtitles-unreadable = A subtitle file beside this video cannot be opened. Check that you may read it, then analyse the video again.
subtitles-too-large = A subtitle file beside this video is larger than 8 MB, so it is not read.
subtitles-encoding = A subtitle file beside this video is in an unknown encoding. Save it as UTF-8, then analyse the video again.
subtitles-no-cues = A subtitle file beside this video has no subtitles in it.
