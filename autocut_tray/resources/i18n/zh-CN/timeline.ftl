## 把任务导出给剪辑软件。$name：源文件的名称。

error-no-such-format = 没有 { $format } 这种格式，可选：{ $formats }。
error-bad-scenes = “{ $said }”不是镜头编号：请写成 1,3,5-8 这样的形式。
error-no-such-scene = 没有第 { $number } 个镜头：最后一个是 { $last }。
error-no-scenes = 任务 { $id } 还没有镜头。
error-no-scenes-hint = 请等视频读取完成，或重试该任务。
error-folder-missing-hint = 请选择已存在的文件夹。
error-target-is-source = { $file } 就是视频本身，源文件绝不会被写入。
error-target-is-source-hint = 请换一个名称。
error-export-wrong = 未写入 { $file }：回读的内容与预期不符。
error-export-wrong-hint = 请换一种格式，并把日志发给技术支持。
error-sheet-not-drawn = 无法绘制缩略图总览。
error-sheet-not-drawn-hint = 原因见日志。请关闭占用内存较大的程序后重试。

## 会使导出失败的情况：不写入任何文件。

export-clip-empty = 第 { $number } 个片段（{ $name }）修剪后已没有内容。
export-clip-empty-hint = 请少修剪一些，或去掉这个镜头。
export-out-of-range = 第 { $number } 个片段超出了 { $name } 的结尾。
export-out-of-range-hint = 请重新分析该视频：它已不是当初检测镜头的那个文件。
export-too-many-events = EDL 最多容纳 { $limit } 个片段，现有 { $n } 个。
export-too-many-events-hint = 请导出 OTIO 或 FCPXML，或用 --scenes 减少镜头。
export-edl-mixed-rates = EDL 只能统一使用一种帧率，而这些片段与时间线的帧率不同。
export-edl-mixed-rates-hint = 请导出 OTIO、FCPXML 或 FCP7 XML。
export-longer-than-a-day = 时间线超过 24 小时，时间码无法计数。
export-longer-than-a-day-hint = 请减少镜头。
export-sheet-too-large = 缩略图总览最多容纳 { $limit } 张图片，现有 { $n } 张。
export-sheet-too-large-hint = 把文件名改为 .pdf 可分页，或减少镜头。

## 需要留意的情况。

export-source-missing = { $name } 已不在分析时的位置，片段会显示为离线。
export-source-missing-hint = 请连接它所在的磁盘，或在剪辑软件中重新链接片段。
export-source-changed = { $name } 已不是当初分析的那个文件。
export-source-changed-hint = 请重新分析，否则剪切点可能不准。
export-source-moved = 在导出文件夹中找到了 { $name }，片段已指向那里。
export-scan-incomplete = 视频尚未读完：文件中只有目前找到的镜头。
export-scan-incomplete-hint = 任务完成后请再次导出。
export-source-damaged = 视频已损坏：文件中只有可读部分的镜头。
export-source-damaged-hint = 请重新复制视频，再重新分析。
export-variable-rate = { $name } 的帧率不固定。剪切点按时间放置，帧率取 { $rate } fps。
export-variable-rate-hint = 如果在剪辑软件中有偏差，请把视频转换为固定帧率后再分析。
export-rate-conformed = { $name } 为 { $own } fps，剪辑软件不按此帧率计数。剪切点按时间放置，帧率取 { $rate } fps。
export-rate-conformed-hint = 请在剪辑软件中抽查几个剪切点。
export-mixed-rates = 这些片段的帧率不同。时间线为 { $rate } fps。
export-mixed-rates-hint = 请检查帧率不同的片段的结尾。
export-timeline-rate = 片段为 { $own } fps，时间线为 { $rate } fps，因为剪辑软件没有前一种帧率的时间线。
export-timecode-unreadable = { $name } 的起始时间码不合理（{ $timecode }），按 00:00:00:00 处理。
export-timecode-unreadable-hint = 如果片段离线或有偏差，请在剪辑软件中把该片段的起始时间码设为 00:00:00:00。
export-no-timecode = { $name } 没有起始时间码，从 00:00:00:00 开始计数。
export-no-timecode-hint = 如果剪辑软件给它另一个时间码，EDL 的剪切点会有偏差：请改用 OTIO 或 FCPXML。
export-past-midnight = { $name } 的时间码越过午夜后从零开始。
export-past-midnight-hint = 请在剪辑软件中检查午夜之后的片段。
export-mixed-counting = 丢帧与非丢帧时间码混用，文件中已逐一标明。
export-rotated = { $name } 按文件信息旋转了 { $degrees }°。
export-rotated-hint = 如果在剪辑软件中画面横倒，请在片段属性中旋转。
export-same-names = 有 { $n } 个源文件都叫 { $name }。
export-same-names-hint = 剪辑软件按名称查找时可能混淆：请检查这些片段。
export-name-replaced = 名称 { $name } 含有文件无法保存的字符，已被替换。
export-name-replaced-hint = 如果剪辑软件找不到该视频，请改名后重新分析。
export-edl-not-latin = 有些名称不是拉丁字母，较旧的程序可能无法显示。
export-edl-not-latin-hint = OTIO 和 FCPXML 没有这个限制。
export-beyond-uhd = 画面为 { $size }，超出免费版 Resolve 的渲染上限。
export-beyond-uhd-hint = 请使用 Resolve Studio，或把时间线设为 3840 × 2160。
export-nothing-described = 还没有镜头描述，因此只写入编号。
export-nothing-described-hint = 有镜头描述后请再次导出。

## 如何导入。

editor-resolve = DaVinci Resolve（免费版与 Studio）
editor-premiere = Adobe Premiere Pro
editor-final-cut = Final Cut Pro
editor-kdenlive = Kdenlive
editor-spreadsheet = Excel、LibreOffice

howto-resolve-timeline = 打开一个 { $rate } fps 的项目（文件 ▸ 项目设置 ▸ 主设置；有了时间线后帧率便不能更改）。然后选择 文件 ▸ 导入 ▸ 时间线…，选中该文件，并保持勾选“自动将源片段导入媒体池”。免费版与 Studio 操作相同；免费版最高渲染 3840 × 2160、60 fps，在 Linux 上不能播放 H.264 和 H.265。
howto-resolve-otio = 需要 18.5 或更高版本。{ howto-resolve-timeline }
howto-resolve-edl = 打开一个 { $rate } fps 的项目，把视频导入媒体池。然后选择 文件 ▸ 导入 ▸ 时间线…，选中该文件，帧率选 { $rate }：EDL 本身不含帧率。免费版与 Studio 操作相同；免费版最高渲染 3840 × 2160、60 fps，在 Linux 上不能播放 H.264 和 H.265。
howto-resolve-markers = 打开从头依次包含这些片段的时间线。在媒体池中右键点击它 ▸ 时间线 ▸ 导入 ▸ 从 EDL 导入时间线标记…，选中该文件。
howto-resolve-subtitles = 选择 文件 ▸ 导入 ▸ 字幕…，选中该文件，再从媒体池拖到时间线开头。
howto-premiere-timeline = 选择 文件 ▸ 导入…，选中该文件：项目面板中会出现一个序列。
howto-premiere-edl = 选择 文件 ▸ 导入…，选中该文件，视频标准选 { $rate } fps，然后链接视频：右键 ▸ 链接媒体…。
howto-premiere-subtitles = 选择 文件 ▸ 导入…，选中该文件，再拖到序列开头。
howto-final-cut-timeline = 选择 文件 ▸ 导入 ▸ XML…，选中该文件：会出现包含该项目的事件。
howto-final-cut-subtitles = 打开项目，选择 文件 ▸ 导入 ▸ 字幕…，选中该文件。
howto-kdenlive-otio = 需要 25.04 或更高版本。选择 文件 ▸ OpenTimelineIO 导入…，选中该文件。
howto-kdenlive-subtitles = 选择 项目 ▸ 字幕 ▸ 导入字幕文件…，选中该文件。
howto-spreadsheet-table = 直接打开该文件：编码为 UTF-8，以逗号分隔。
