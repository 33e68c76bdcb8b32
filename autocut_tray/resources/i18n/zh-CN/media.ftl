## 无法读取的文件。$name：文件名。

error-not-found = 找不到 { $name }。
error-not-found-hint = 文件可能已被移动、改名或删除，或所在的磁盘没有连接。
error-not-a-file = { $name } 不是文件。
error-not-a-file-hint = 请选择视频文件，或包含视频的文件夹。
error-link-loop = { $name } 是一个指回自身的链接。
error-link-loop-hint = 请直接选择视频文件本身。
error-empty-file = { $name } 是空文件。
error-empty-file-hint = 文件没有复制完成：请重新复制。
error-too-large = { $name } 超过 200 GB。
error-too-large-hint = 请先把录像拆分成较短的文件，再添加。
error-unreadable = 无法打开 { $name }。
error-unreadable-hint = 请确认你有读取权限、所在的磁盘已连接，然后重试。
error-no-videos-in-folder = { $name } 中没有视频。
error-no-videos-in-folder-hint = 隐藏文件夹和指向文件夹的链接不会被搜索。请直接添加视频文件。

error-not-a-video = { $name } 不是视频，或损坏严重、无法读取。
error-not-a-video-hint = 请先看播放器能否打开；如果是复制或下载来的，请重新获取。
error-incomplete = { $name } 不完整：缺少索引。
error-incomplete-hint = 请重新复制。如果录制时中断，可以用相机或厂商的工具修复。
error-no-video = { $name } 没有动态画面。
error-no-video-hint = 只有声音或封面图片的文件没有镜头，请选择视频。
error-unsupported-codec = { $name } 的编码格式不受支持。
error-unsupported-codec-hint = 请转换为 H.264、HEVC、ProRes 或 DNxHD 后重新添加。
error-picture-too-large = { $name } 的画面过大：{ $size }，上限为 3600 万像素。
error-picture-too-large-hint = 请先生成不超过 8K UHD（7680 × 4320）的代理文件，再添加。
error-bad-frame-rate = { $name } 标注的帧率超过每秒 1000 帧。
error-bad-frame-rate-hint = 文件头已损坏。请用播放器或剪辑软件转换后重新添加。
error-too-long = { $name } 长于 24 小时。
error-too-long-hint = 请先把录像拆分成较短的文件，再添加。
error-too-many-streams = { $name } 的轨道超过 32 条。
error-too-many-streams-hint = 请只保留需要的轨道，重新导出。
error-unreadable-video = { $name } 没有任何可读取的画面。
error-unreadable-video-hint = 文件已损坏或不完整：请重新复制后再重试。

## 读取视频时可能发生的情况。

error-out-of-memory = 读取 { $name } 时内存不足。
error-out-of-memory-hint = 请关闭占用内存较大的程序后重试。其他文件不受影响。
error-worker-crashed = 读取 { $name } 时意外失败。
error-worker-crashed-hint = 文件可能已损坏。其他文件不受影响；你可以重试这个文件。
error-too-slow = 读取 { $name } 的时间远超正常范围。
error-too-slow-hint = 文件可能已损坏。请先看播放器能否完整播放，再重试。
error-hung = { $name } 已有 { $seconds } 秒没有任何数据。
error-hung-hint = 所在的磁盘可能已断开或休眠。请检查后重试。
error-worker-not-started = 无法启动读取视频的程序。
error-worker-not-started-hint = 这台电脑的内存或进程数可能已用尽。请关闭一些程序后重试。
error-vanished = { $name } 在读取过程中消失了。
error-vanished-hint = 文件可能已被移动、改名或删除，或所在的磁盘断开了。恢复后请重试。
error-still-written = { $name } 在读取过程中被写入。
error-still-written-hint = 文件可能仍在复制或录制。请在结束后重试。
