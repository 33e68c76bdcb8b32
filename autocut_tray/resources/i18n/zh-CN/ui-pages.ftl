## 概览。

ui-detect-again = 重新检测
ui-detecting = 正在检测
ui-overview-looking = 正在检测这台电脑
ui-overview-looking-sub = 正在查询显卡、内存、模型服务和剪辑软件，约需一秒。
ui-overview-now-cpu = 这台电脑暂时改用处理器
ui-overview-now-cpu-sub = 描述质量不变，但耗时更长。资源充足后会自动恢复。
ui-overview-now-cloud = 暂时由云端描述素材
ui-overview-now-cloud-sub = 按你的许可，个别画面会离开这台电脑。资源充足后会自动恢复。
ui-overview-now-paused = 工作暂时停止
ui-overview-now-paused-sub = 仍会查找镜头并等待描述。资源充足后会自动继续。
ui-found = 检测结果
ui-how = 运行方式
ui-how-normally = 正常的运行方式
ui-since = 与上次相比
ui-since-first-launch = 首次启动。今后这台电脑的变化会列在这里。
ui-since-nothing = 没有变化。
ui-checked = { $time } 检测
ui-checked-in = { $time } 检测，用时 { $span }

ui-act-pull-model = 下载
ui-act-start-server = 启动
ui-act-open-page = 打开网页
ui-act-enter-key = 填写密钥…
ui-act-allow-cloud = 允许…
ui-act-free-vram = 释放显存
ui-act-use-model = 改用
ui-act-detect-again = 重新检测

## 监控。

ui-range-5min = 5 分钟
ui-range-1h = 1 小时
ui-range-24h = 24 小时
ui-range-30d = 30 天
ui-export-png = 图片（PNG）…
ui-export-csv = 表格（CSV）…
ui-range-6h = 6 小时
ui-range-7d = 7 天
ui-export-readings = 读数与记录（JSON）…
ui-export-trace = 可重放的记录（JSONL）…
ui-marks-more = 附近还有 { $n } 次变化
ui-what-if = 换个阈值会怎样？
ui-what-if-hint = 按曲线所示时段
ui-what-if-ask = 试算
ui-what-if-try = 试试其他阈值…
ui-what-if-reached = 正在重新推演，已到 { $time }
ui-failures-note = 最近 20 个镜头
ui-failures-none = 暂无镜头
ui-vram-no-card = 这台电脑没有自带显存的显卡。
ui-vram-unknown = 尚不清楚这台电脑是否有独立显存的显卡。
ui-vram-unmeasured = 无法测得这块显卡的显存占用。

ui-receipts = 记录
ui-receipts-hint = 拖动曲线查看更早的记录
ui-receipts-none = 这段时间没有变化。
ui-receipts-more = 再显示 { $n } 条更早的记录
ui-receipt-back = 已恢复 { $to }
ui-receipt-started = 以 { $to } 启动
ui-receipt-memory-ok = 内存恢复正常
ui-receipt-memory-warn = 内存警告
ui-receipt-memory-emergency = 内存紧急
ui-receipt-scale = 同时描述 { $from } → { $to } 个镜头
ui-receipt-key-measured = 实测
ui-receipt-key-limit = 限值
ui-receipt-key-before = 之前
ui-receipt-key-after = 之后
ui-receipt-key-ended = 结束
ui-receipt-limit-held = { $limit }，持续 { $held }
ui-receipt-scenes = 每个素材 { $n } 个镜头
ui-receipt-seconds-each = 每镜头约 { $s }
ui-receipt-at-once = 同时 { $n } 个
ui-receipt-pin = 固定为 { $tier }
ui-receipt-unpin = 取消固定
ui-receipt-undone = 由你撤销
ui-receipt-ended = { $span }后自动结束
ui-receipt-ended-person = { $span }后由你结束

ui-measured-vram-percent = 显存 { $value }
ui-measured-vram-free-mib = 显存剩余 { $value }
ui-measured-ram-percent = 内存 { $value }
ui-measured-ram-available-mib = 可用内存 { $value }
ui-measured-ram-stall = 所有程序都在等待内存
ui-measured-cpu-percent = 处理器 { $value }
ui-measured-failure-percent = { $value } 的镜头失败
ui-measured-failure-rate = { $value } 的镜头失败
ui-measured-failure-streak = 连续失败 { $value } 次
ui-measured-slow-percent = { $value } 的镜头明显变慢
ui-measured-worker-restarts = 工作进程重启 { $value } 次
ui-measured-queue-length = { $value } 个任务在等待
ui-measured-response-s = 每次描述 { $value }

ui-cause-vram = 其他程序需要显存。
ui-cause-vram-unknown = 无法测得显存占用。
ui-cause-ram = 剩余内存不足以在本机运行模型。
ui-cause-memory = 内存占用越过了限值。
ui-cause-memory-error = 程序未能分配到内存。
ui-cause-emergency = 内存曾几乎耗尽。
ui-cause-cpu-load = 处理器满负荷运行。
ui-cause-editor = DaVinci Resolve 需要这台电脑，已优先让给它。
ui-cause-cloud = 云端不再允许使用或无法连接。
ui-cause-failures = 失败的描述过多。
ui-cause-slow = 描述速度远低于平常。
ui-cause-crash-loop = 工作进程重启过于频繁。
ui-cause-config = 模型服务上没有该模型，或需要密钥。
ui-cause-budget = 已达到花费上限。
ui-cause-wrong-device = 模型本应使用显卡，实际却在处理器上运行。
ui-cause-probe = 测试图片没有得到回答。
ui-cause-probation = 恢复后随即再次失败。
ui-cause-recovered = 各项读数一直远低于限值，测试图片也已通过。
ui-cause-start = 它是通过测试的最佳方式。
ui-cause-policy = 策略已改变。
ui-cause-forced = 由你指定。
ui-cause-undone = 你撤销了上一次改变。
ui-cause-pinned = 由你固定。
ui-cause-alert-cpu = 处理器长时间繁忙。
ui-cause-alert-memory = 内存长时间几乎占满。
ui-cause-alert-queue = 队列过长。
ui-cause-alert-response = 描述长时间较慢。
ui-cause-alert-over = 告警已结束。

## 事件。

ui-events-all = 全部
ui-events-tier = 运行方式
ui-events-memory = 内存
ui-events-alert = 告警
ui-events-job = 任务
ui-events-cloud = 云端
ui-events-export = 导出发送记录（CSV）…
ui-event-cloud = 云端
ui-event-sent =
    { $n ->
        [0] 文字 { $size }，发送到 { $host }
       *[other] { $n } 张画面 { $size }，发送到 { $host }
    }
ui-event-cost = { $cost } 美元
ui-events-filter = 筛选
ui-events-none = 还没有事件。运行方式的变化、告警、结束的任务，以及离开这台电脑的内容，都会列在这里。
ui-events-none-found = 没有符合的事件。
ui-event-tier = 运行方式
ui-event-memory = 内存
ui-event-alert = 告警
ui-alert-lasts = 仍在持续
ui-alert-ended = { $span }后结束
ui-alert-mute = 静音此告警
ui-alert-unmute = 恢复通知
ui-event-job = 任务
ui-event-job-done = { $name } 已完成
ui-event-job-cancelled = { $name } 已取消
ui-event-job-failed = { $name } 失败
ui-event-column-time = 时间
ui-event-column-kind = 类型
ui-event-column-what = 事件
ui-event-column-why = 原因
ui-event-column-result = 结果
ui-diagnostics-copied = 报告已复制到剪贴板，其中的密钥、姓名和路径均已隐去。
ui-diagnostics-failed = 无法生成报告，原因见日志。
