## 命令行。

cli-help = 了解这台电脑，在出问题之前自行调整，并为素材生成描述。不带命令时启动托盘程序。
cli-json = 在标准输出打印一份 JSON 文档；进度写到标准错误。
cli-version = 打印版本号。
cli-lang = 使用的语言：{ $languages }。
cli-headless = 不显示窗口，一直运行到被结束。
cli-verbose = 同时把日志写到标准错误。
cli-profile = 这台电脑的情况：硬件、模型服务、剪辑软件。
cli-policy = 视觉、规划、剪辑分别在哪里运行，以及原因。
cli-policy-profile = 为该 JSON 文件中的配置决定策略，而不是这台电脑。
cli-status = 当前在哪里运行，以及最近的读数。
cli-scenes = 检测一个视频的镜头。
cli-scenes-video = 视频文件。
cli-analyze = 检测并描述视频或文件夹中的镜头。
cli-analyze-paths = 视频，或含有视频的文件夹。
cli-never-cloud = 绝不把这些文件的任何内容发送到其他机器。
cli-force-local = 只使用这台电脑上的模型。
cli-force-cloud = 只使用云端（须已允许）。
cli-max-scenes = 每个视频最多描述这么多个镜头。
cli-again = 已完成的也重新分析。
cli-wait = 模型服务中断后等待的秒数。
cli-jobs = 列出所有任务。
cli-replay = 用控制规则重放一份记录，打印每次变化。
cli-replay-trace = 每行一个 JSON 对象的文件。
cli-replay-set = 修改一个阈值，例如 vram_on=90；可多次使用。
cli-replay-history = 不读取文件，而是重放飞行记录器的内容；配合 --set 查看换成其他阈值会怎样。
cli-since = 起始时刻：多久以前（30min、24h、7d），或日期时间，例如 2026-07-14T14:00。
cli-until = 结束时刻，写法相同；省略则为现在。
cli-history = 导出测得的读数和做出的决定：读数、记录，或可供 replay 重放的文件。
cli-history-format = csv、json 或 trace；省略则按文件名判断。
cli-history-output = 要写入的文件；省略则直接打印。
cli-degrade = 降到指定的运行方式，直到撤销。
cli-degrade-tier = GPU、CPU、CLOUD 或 PAUSED。
cli-degrade-reason = 原因，写入日志。
cli-undo = 撤销上一次降级。

cli-progress-looking = 正在检测这台电脑
cli-progress-reading = 正在检测镜头
cli-progress-analysing = 正在分析
cli-progress-scenes = { $done } / { $planned } 个镜头
cli-headless-running = AutoCut Director 正在无窗口运行。按 Ctrl-C 结束。
cli-scenes-found = { $n } 个镜头
cli-scenes-head = { $n } 个镜头 · { $width } × { $height } · { $codec } · { $rate } fps（{ $exact }）
cli-jobs-none = 还没有任务。可用 autocut-tray analyze VIDEO 开始。

cli-col-scene = #
cli-col-start = 开始
cli-col-end = 结束
cli-col-length = 时长
cli-col-frames = 帧
cli-col-kind = 开头
cli-col-tier = 运行于
cli-col-what = 描述
cli-col-id = 任务
cli-col-state = 状态
cli-col-scenes = 镜头
cli-col-file = 文件

cli-status-not-running = AutoCut Director 没有运行，以下为已保存的内容。
cli-status-tier = 运行方式：{ $tier }
cli-status-vram = 显存：{ $used } / { $total } GB
cli-status-ram = 内存：可用 { $available } GB，已用 { $used }%
cli-status-cpu = CPU：{ $percent }%
cli-status-jobs = 任务：{ $running } 个运行中，{ $queued } 个等待中

transition-start = 开头
transition-cut = 硬切
transition-fade = 淡入淡出
transition-dissolve = 叠化
job-state-queued = 等待中
job-state-running = 运行中
job-state-paused = 已暂停
job-state-done = 已完成
job-state-failed = 失败
job-state-cancelled = 已取消
job-state-poison = 已搁置
scene-waiting = 等待中
scene-described = 已描述
scene-left_out = 未选入
scene-failed = 失败

error-usage-hint = 参见 { $command }。
error-force-both = --force-local 与 --force-cloud 不能同时使用。
error-no-such-tier = 没有名为 { $tier } 的运行方式，可选：{ $tiers }。
error-trace-unreadable = 无法读取 { $file }：{ $reason }。
error-already-running = AutoCut Director 已在运行。

history-written = 已写入 { $file }。
what-if-progress = 正在重新推演
error-replay-what = replay 需要一个记录文件，或者 --history，二者选一。
error-no-such-moment = “{ $text }”不是有效的时刻：可写 30min、24h、7d 表示多久以前，或写 2026-07-14T14:00 这样的时间。
error-empty-span = { $since } 与 { $until } 之间没有时间：前者必须早于后者。
error-no-such-format = 没有“{ $format }”这种格式，可选：{ $formats }。
