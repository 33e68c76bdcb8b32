## 镜头的声音。$lufs 和 $percent 是数字。

sound-loudness = { $lufs } LUFS
sound-silent = 静音
sound-not-measurable = 太轻或太短，无法测量
sound-speech-like = { $percent }% 像说话声
sound-silent-part = { $percent }% 静音
sound-unsupported = 声音未测量：不支持这种声音格式。
sound-damaged = 声音未测量：音频已损坏。
sound-avoided = 声音未测量：之前连同声音读取这段视频时出错。
sound-track = 这段视频有 { $tracks } 条音轨。测量的是第 { $track } 条：默认音轨，没有默认时取第一条。

## 视频旁边未被采用的字幕文件。

subtitles-unreadable = 视频旁边的一个字幕文件无法打开。请检查读取权限，然后重新分析视频。
subtitles-too-large = 视频旁边的一个字幕文件超过 8 MB，因此没有读取。
subtitles-encoding = 视频旁边的一个字幕文件编码无法识别。请另存为 UTF-8，然后重新分析视频。
subtitles-no-cues = 视频旁边的一个字幕文件里没有字幕。
