## 视频的读取方式。

scan-fast = 快速模式：没有逐帧读取。剪切点可能偏差一两帧，柔和的转场可能漏检。
scan-fast-in-part = 该视频的其余部分无法快速读取，已改为精确读取。
scan-not-fast-codec = 已精确读取：快速模式只适用于 H.264 和 HEVC。
scan-not-fast-short = 已精确读取：视频短于 10 秒，或没有标明时长。
scan-not-fast-variable-rate = 已精确读取：视频的帧率不固定。
scan-not-fast-frames = 已精确读取：文件没有标明每一帧的位置。
scan-fast-mark = 快速模式
