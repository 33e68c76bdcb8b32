## Files that cannot be read. $name: the file's name.

error-not-found = { $name } is not there.
error-not-found-hint = It was moved, renamed or deleted, or its drive is not connected.
error-not-a-file = { $name } is not a file.
error-not-a-file-hint = Choose a video file, or a folder with videos.
error-link-loop = { $name } is a link that leads back to itself.
error-link-loop-hint = Choose the video file itself.
error-empty-file = { $name } is empty.
error-empty-file-hint = The copy was never finished: copy the file again.
error-too-large = { $name } is larger than 200 GB.
error-too-large-hint = Split the recording into shorter files, then add those.
error-unreadable = { $name } cannot be opened.
error-unreadable-hint = Check that you may read it and that its drive is connected, then retry.
error-no-videos-in-folder = There is no video in { $name }.
error-no-videos-in-folder-hint = Hidden folders and links to folders are not searched. Add the video files themselves.

error-not-a-video = { $name } is not a video, or it is too damaged to be read.
error-not-a-video-hint = Check whether a player opens it. If it was copied or downloaded, get it again.
error-incomplete = { $name } is incomplete: its index is missing.
error-incomplete-hint = Copy it again. If the recording broke off, the camera or its maker's tool may repair it.
error-no-video = { $name } has no moving picture.
error-no-video-hint = Sound and cover pictures alone have no scenes. Choose a video.
error-unsupported-codec = { $name } is encoded in a format that is not supported.
error-unsupported-codec-hint = Convert it to H.264, HEVC, ProRes or DNxHD, then add it again.
error-picture-too-large = The picture of { $name } is too large: { $size }, and 36 megapixels are the limit.
error-picture-too-large-hint = Make a proxy of at most 8K UHD (7680 × 4320), then add that.
error-bad-frame-rate = { $name } claims more than 1000 frames a second.
error-bad-frame-rate-hint = Its header is damaged. Convert the file with a player or an editor, then add it again.
error-too-long = { $name } is longer than 24 hours.
error-too-long-hint = Split the recording into shorter files, then add those.
error-too-many-streams = { $name } has more than 32 tracks.
error-too-many-streams-hint = Export it again with only the tracks that you need.
error-unreadable-video = No picture of { $name } can be read.
error-unreadable-video-hint = The file is damaged or incomplete: copy it again, then retry.

## What can happen while a video is read.

error-out-of-memory = Memory ran out while reading { $name }.
error-out-of-memory-hint = Close something large, then retry. The other files go on.
error-worker-crashed = Reading { $name } failed unexpectedly.
error-worker-crashed-hint = The file is probably damaged. The other files go on; you can retry this one.
error-too-slow = Reading { $name } takes far longer than it should.
error-too-slow-hint = The file is probably damaged. Check whether a player shows it to the end, then retry.
error-hung = Nothing came from { $name } for { $seconds } s.
error-hung-hint = Its drive may be disconnected or asleep. Check it, then retry.
error-worker-not-started = The program that reads videos cannot be started.
error-worker-not-started-hint = This PC may be out of memory or of processes. Close something, then retry.
error-vanished = { $name } went away while it was read.
error-vanished-hint = It was moved, renamed or deleted, or its drive was disconnected. When it is back, retry.
error-still-written = { $name } was written to while it was read.
error-still-written-hint = It is probably still being copied or recorded. Retry when that has ended.
