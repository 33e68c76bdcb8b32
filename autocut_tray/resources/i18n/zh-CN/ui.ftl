## 页面之外的窗口、状态条与托盘。

ui-page-overview = 概览
ui-page-monitor = 监控
ui-page-analyse = 分析
ui-page-events = 事件
ui-page-settings = 设置

ui-undo = 撤销
ui-copy = 复制
ui-cancel = 取消
ui-close = 关闭
ui-export = 导出…
ui-not-now = 以后再说
ui-list-comma = 、

ui-percent = { $n }%
ui-unit-s = 秒
ui-unit-d = 天
ui-unit-usd = 美元
ui-span-s = { $s } 秒
ui-span-min = { $m } 分钟
ui-span-min-s = { $m } 分 { $s } 秒
ui-span-h = { $h } 小时
ui-span-h-min = { $h } 小时 { $m } 分钟
ui-span-d-h = { $d } 天 { $h } 小时
ui-read-of-s = { $read } / { $total } 秒
ui-read-of-min = { $read } / { $total } 分钟
ui-day-time = { $month } 月 { $day } 日 { $time }

ui-metric-vram = 显存
ui-metric-ram = 内存
ui-metric-cpu = 处理器
ui-metric-failures = 失败率
ui-meter-unknown = 未知
ui-meter-none = 无
ui-meter-spoken-plain = { $name } { $figure }
ui-meter-spoken = { $name } { $figure }，低于上限
ui-meter-spoken-warn = { $name } { $figure }，超过警告线
ui-meter-spoken-crit = { $name } { $figure }，超过紧急线

ui-strip-looking = 正在检测这台电脑
ui-strip-ready =
    { $tier ->
        [GPU] GPU 就绪
        [CPU] CPU 就绪
        [CLOUD] 云端就绪
       *[PAUSED] 已暂停
    }
ui-strip-running =
    { $tier ->
        [GPU] GPU 运行中
        [CPU] CPU 运行中
        [CLOUD] 云端运行中
       *[PAUSED] 已暂停
    }
ui-strip-running-since =
    { $tier ->
        [GPU] { $time } 起使用 GPU
        [CPU] { $time } 起改用 CPU
        [CLOUD] { $time } 起改用云端
       *[PAUSED] { $time } 起暂停
    }
ui-strip-paused-since = { $time } 起暂停
ui-strip-readying = 正在准备
ui-strip-nothing = 目前无法描述镜头
ui-strip-held = 分析已暂停
ui-strip-held-why = 由你暂停，{ $n } 个任务等待中。
ui-strip-memory-short = 内存开始不足，已归还缓存。
ui-strip-model-speed = { $model }，每镜头 { $speed }。
ui-strip-progress = { $name }，{ $done } / { $total } 个镜头
ui-strip-progress-left = { $name }，{ $done } / { $total } 个镜头，约剩 { $left }
ui-what-can-i-do = 我能做什么？
ui-pause-all = 全部暂停
ui-resume-all = 继续
ui-analyse-files = 分析文件…

ui-advice-title = 内存即将耗尽
ui-advice-close = 请关闭占用内存较大的程序；可用内存超过 { $free } 后会自动继续。
ui-advice-safe = 已完成的描述都已保存，任务队列保持不变。

ui-notice-others = 另有 { $n } 项
ui-notice-batch = { $done } 个素材已全部描述。
ui-notice-batch-failed = { $done } 个已描述，{ $failed } 个失败。原因见窗口。
ui-open-logs = 打开日志文件夹
ui-logs-at = 日志位于 { $folder }。
ui-close-hint = AutoCut Director 会继续在托盘中运行，可在其菜单中退出。
ui-usage = 托盘程序不认识 { $argument }。可用的选项有 --hidden、--quit-after STAGE、--lang LANGUAGE 和 --open FILE。
ui-already-headless = AutoCut Director 已在无窗口模式下运行，文件已交给它。

ui-tray-open = 打开
ui-tray-analyse-files = 分析文件…
ui-tray-analyse-folder = 分析文件夹…
ui-tray-pause = 暂停分析
ui-tray-resume = 继续分析
ui-tray-degrade = 降级
ui-tray-undo-degradation = 撤销降级
ui-tray-pin = 固定运行方式
ui-tray-pin-none = 不固定
ui-tray-tier-GPU = GPU
ui-tray-tier-CPU = CPU
ui-tray-tier-CLOUD = 云端
ui-tray-tier-PAUSED = 暂停
ui-tray-free-vram = 立即释放显存
ui-tray-copy-diagnostics = 复制诊断信息
ui-tray-view-logs = 查看日志
ui-tray-settings = 设置
ui-tray-quit = 退出
ui-tray-jobs = { $n } 个任务排队中
