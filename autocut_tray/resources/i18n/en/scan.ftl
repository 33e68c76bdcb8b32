## How a video was looked through.

scan-fast = Fast mode: not every frame was read. A cut may be a frame or two off, and a soft one may be missed.
scan-fast-in-part = The rest of this video cannot be read fast, so it was read accurately.
scan-not-fast-codec = Read accurately: fast mode is for H.264 and HEVC.
scan-not-fast-short = Read accurately: the video is shorter than 10 seconds, or does not say how long it is.
scan-not-fast-variable-rate = Read accurately: its frame rate varies.
scan-not-fast-frames = Read accurately: the file does not say where each frame is.
scan-fast-mark = fast mode
