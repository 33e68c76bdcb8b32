## 诊断：技术支持会问到的一切。

cli-doctor = 全面检查，并说明该怎么处理。
cli-doctor-output = 把可以交给他人的完整报告写入该文件（文件名以 .json 结尾则为 JSON）。
cli-doctor-force = 覆盖已存在的文件。
doctor-progress = 正在检查
doctor-title = AutoCut Director { $version } 诊断报告，{ $when }
doctor-summary =
    { $problems ->
        [0] { $warnings ->
            [0] 全部 { $all } 项检查正常。
           *[other] { $warnings } 项警告；{ $all } 项检查中 { $fine } 项正常。
        }
       *[other] { $warnings ->
            [0] { $problems } 个问题；{ $all } 项检查中 { $fine } 项正常。
           *[other] { $problems } 个问题，{ $warnings } 项警告；{ $all } 项检查中 { $fine } 项正常。
        }
    }
doctor-line = { $verdict } · { $title }：{ $text }
doctor-verdict-ok = 正常
doctor-verdict-warning = 警告
doctor-verdict-problem = 问题
doctor-written = 完整报告已写入 { $file }，其中你的密钥、姓名和路径均已遮盖。
doctor-more = 查看全部依据：autocut-tray doctor -o report.txt。其中你的密钥、姓名和路径均已遮盖。
error-file-exists = { $file } 已存在。
error-file-exists-hint = 请换一个文件名，或用 --force 覆盖。
error-file-unwritable = 无法写入 { $file }：{ $reason }。

doctor-check-program = 程序
doctor-check-system = 系统
doctor-check-display = 显示
doctor-check-folders = 文件夹
doctor-check-databases = 数据库
doctor-check-settings = 设置
doctor-check-environment = 环境变量
doctor-check-keys = 密钥
doctor-check-hardware = 硬件
doctor-check-policy = 策略
doctor-check-ollama = Ollama
doctor-check-lmstudio = LM Studio
doctor-check-instance = 运行中的程序
doctor-check-worker = 媒体进程
doctor-check-jobs = 任务
doctor-check-crashes = 崩溃
doctor-check-log = 日志

doctor-check-late = 该检查未能在 { $seconds } 秒内完成。
doctor-check-failed = 无法进行该检查（{ $reason }）。
doctor-next-report = 用 autocut-tray doctor -o report.txt 生成报告，连同你的问题一起发送。

doctor-program-ok = AutoCut Director { $version }，运行于 Python { $python } 和 Qt { $qt }。
doctor-program-no-qt = 没有安装 Qt，因此没有窗口和托盘。
doctor-program-no-qt-next = 请重新安装程序。命令行不需要 Qt，可照常使用。
doctor-program-odd-qt = 本程序未在 Qt { $qt } 上测试过。
doctor-program-odd-qt-next = 请安装 6.8 至 6.10 版的 Qt（PySide6-Essentials）。
doctor-system = { $os }，桌面 { $desktop }，区域设置 { $locale }。
doctor-display-ok = 可以显示窗口（{ $session }）。
doctor-display-none = 当前会话没有显示器。
doctor-display-none-next = 登录桌面后才有窗口；autocut-tray --headless 和命令行不受影响。
doctor-display-gnome = GNOME 需要扩展才能显示托盘图标。
doctor-display-gnome-next = 请启用 AppIndicator 扩展。没有托盘时，程序就是普通窗口。
doctor-folders-ok = 所有文件夹均可写入，剩余空间 { $free } GB。
doctor-folders-locked = 无法在 { $folders } 中保存任何内容。
doctor-folders-locked-next = 请获取写入权限，或用 AUTOCUT_HOME 指定其他文件夹。
doctor-folders-full = 剩余空间仅 { $free } GB。
doctor-folders-full-next = 请在该磁盘上腾出空间；低于 0.5 GB 时不会开始新的工作。
doctor-databases-ok = 数据库完好（{ $size } MB）。
doctor-databases-bad = { $files } 已损坏或无法读取。
doctor-databases-bad-next = 请启动 AutoCut Director：它会把损坏的文件移到一边并新建一个。
doctor-databases-newer = { $files } 由更新的版本写入。
doctor-databases-newer-next = 请升级 AutoCut Director。
doctor-databases-aside = 有 { $count } 个损坏的数据库被移到一边。
doctor-databases-aside-next = 确认没有缺失内容后，可删除数据文件夹中名称含 .corrupt 的文件。
doctor-settings-ok = { $count ->
    [0] 所有设置均为默认值。
   *[other] { $count } 项设置与默认值不同。
}
doctor-settings-bad = { $count ->
    [1] 设置中有一处不对：{ $first }
   *[other] 设置中有 { $count } 处不对，第一处：{ $first }
}
doctor-settings-bad-next = autocut-tray settings 列出全部设置；autocut-tray settings 名称 说明可用的值。
doctor-settings-limits = 修改过的阈值未被采用：{ $reason }
doctor-environment-ok = { $count ->
    [0] 没有设置本程序的环境变量。
   *[other] 设置了 { $count } 个本程序的环境变量。
}
doctor-environment-unknown = 本程序没有名为 { $names } 的环境变量。
doctor-environment-unknown-next = 请检查拼写：autocut-tray settings 名称 会说明对应的环境变量。
doctor-keys-ok = 密钥保存在系统密钥环中（{ $backend }）。
doctor-keys-given = { $said }来自环境变量或 .env：{ $names }。
doctor-keys-none = 系统没有密钥环，密钥只在一次会话内有效。
doctor-keys-lost = 保存 { $names } 密钥的密钥环不可用。
doctor-keys-lost-next = 请启动桌面的密钥环，或把密钥放入环境变量。
doctor-hardware-ok = 已检测这台电脑，类别为 { $class }。
doctor-hardware-silent = 这台电脑的部分情况无法得知：{ $probes }。
doctor-hardware-silent-next = 请再运行一次；若仍如此，请更新显卡驱动并重启电脑。
doctor-policy = { $title }。
doctor-policy-next = { $text }。{ $reason }
doctor-server-ok = { $count ->
    [0] { $server } 已响应，还没有模型。
   *[other] { $server } 已响应：{ $count } 个模型，其中 { $seeing } 个支持图像。
}
doctor-server-absent = 这台电脑没有安装 { $server }。
doctor-server-silent = { $server } 没有响应。
doctor-server-bad = { $server } 目前无法使用。
doctor-instance-none = AutoCut Director 没有运行。
doctor-instance-ok = AutoCut Director 正在运行，运行方式：{ $tier }。
doctor-instance-degraded = AutoCut Director 已降级运行（{ $tier }）：{ $reason }
doctor-instance-degraded-next = 它会自行恢复；autocut-tray undo 可立即恢复。
doctor-worker-ok = 媒体进程可以启动，{ $seconds } 秒内响应。
doctor-worker-slow = 媒体进程未能在 { $seconds } 秒内响应。
doctor-worker-slow-next = 请再运行一次：首次启动可能较慢。若仍如此，请检查是否被杀毒软件拖慢。
doctor-worker-bad = 媒体进程无法工作，因此不能读取任何视频。
doctor-worker-bad-next = 请重新安装程序；若仍无效，请发送诊断报告。
doctor-jobs-none = 还没有任务。
doctor-jobs-ok = { $count } 个任务，没有失败的。
doctor-jobs-failed = { $all } 个任务中有 { $count } 个失败，最近一个：{ $last }
doctor-log-ok = { $count ->
    [0] 还没有日志。
   *[other] 最近 { $count } 行日志中没有错误。
}
doctor-log-errors = 最近 { $lines } 行日志中有 { $count } 个错误。
doctor-crashes-none = 没有崩溃记录。
doctor-crashes-some = 最近 { $days } 天有 { $count } 个崩溃记录文件。

## 命令行中的设置。

cli-settings = 列出设置、查看一项或修改一项。
cli-settings-path = 设置项（如 ui.theme）、分组（如 ui），或用 limits 查看所有阈值。
cli-settings-value = 新的值。
cli-settings-reset = 恢复默认值。
cli-col-setting = 设置项
cli-col-value = 值
cli-col-default = 默认值
cli-col-source = 来源
cli-col-unit = 单位
setting-source-default = 默认
setting-source-file = 文件
setting-source-environment = 环境变量
setting-source-dotenv = .env
setting-unset = （自动）
setting-empty = （空）
setting-value-line = 值：{ $value }（来源：{ $source }）
setting-default-line = 默认值：{ $value }
setting-allowed-line = 可用的值：{ $allowed }
setting-variable-line = 环境变量：{ $variables }
setting-allowed-switch = true 或 false
setting-allowed-text = 任意一行文字
setting-allowed-number = { $low } 到 { $high }
setting-allowed-whole = { $low } 到 { $high } 的整数
setting-allowed-unset = { $allowed }，留空即自动
settings-more-limits = 另有 { $count } 个阈值：autocut-tray settings limits
setting-changed = { $path } 现为 { $value }。
setting-same = { $path } 原本就是 { $value }。
settings-told = 运行中的程序已采用。
settings-told-later = 运行中的程序没有采用：{ $reason }下次启动时生效。
settings-broken = 无法读取 { $file }（{ $reason }）。请改正后再试。
settings-not-opened = 无法打开 { $file }（{ $reason }）。现使用默认设置，文件保持不变。
setting-wants-section = 应为包含设置项的分组
setting-unknown-hint = autocut-tray settings 列出全部设置项。
error-reset-or-value = 值与 --reset 只能二选一。
error-reset-what = 请说明要恢复哪一项。
error-section-value = { $path } 是分组：请为其中的某一项设置值。

## 命令行中的密钥。

cli-key = 保存模型服务或云端服务的密钥，从提示符或管道读取；不带名称时列出各密钥。
cli-key-name = { $names } 之一。
cli-key-forget = 删除密钥。
key-prompt = { $name } 的密钥（不显示）：
key-present-keyring = 在密钥环中
key-present-environment = 在环境变量中（{ $variable }）
key-present-env-file = 在 .env 文件中（{ $variable }）
key-absent = 无
cli-col-key = 密钥
cli-col-where = 位置
key-stored = { $name } 的密钥已保存在系统密钥环中。
key-forgotten = 已删除 { $name } 的密钥。
key-none = 没有 { $name } 的密钥。
key-still-environment = 环境变量 { $variable } 仍提供密钥。
key-still-env-file = .env 文件中的 { $variable } 仍提供密钥。
key-in-use = 正在运行的程序即刻使用。
error-key-no-keyring = 系统没有密钥环，而只在一条命令内有效的密钥没有用处。
error-key-no-keyring-hint = 请把它放入环境变量 { $variable }，或启动桌面的密钥环。
error-key-name = 没有这个名称的密钥，可选：{ $names }。
error-key-on-line = 密钥不应写在命令行上：历史记录和进程列表会留下它。
error-key-on-line-hint = 请运行 autocut-tray key { $name } 并在提示符处输入，或通过管道传入。
error-key-nothing = 没有收到内容，未保存任何密钥。

## 控制规则各阈值的作用。

limit-vram-on = 其他程序的显存占用达到此值时，工作离开显卡。
limit-vram-cancel = 低于此值时，尚在等待的显存警告作废。
limit-vram-off = 显存占用低于此值后，工作才会回到显卡。
limit-vram-grace = 显存占用须超过上限多久。
limit-vram-hard-free-mib = 空闲显存低于此值时，工作立即离开显卡。
limit-vram-hard-samples = 连续这么多次读数才算数。
limit-vram-reserve-mib = 模型之外保留的空闲显存。
limit-vram-foreign-slack-mib = 其他程序再多占用这么多，就不再视为我们的模型所致。
limit-vram-unknown-grace = 显存读数缺失多久后，工作离开显卡。
limit-ram-on-mib = 可用内存低于此值时，不在本机运行模型。
limit-ram-cancel-mib = 高于此值时，尚在等待的内存警告作废。
limit-ram-off-mib = 可用内存达到此值后，工作才会恢复。
limit-ram-grace = 内存须不足多久。
limit-ram-reserve-mib = 模型之外保留的空闲内存。
limit-small-ram-mib = 总内存低于此值的电脑，各内存阈值按比例缩小。
limit-warn-on = 内存占用达到此值时归还缓存。
limit-warn-off = 低于此值时警告结束。
limit-warn-only-below-mib = 可用内存多于此值时不警告。
limit-warn-clear-above-mib = 可用内存多于此值时警告结束。
limit-warn-grace = 内存须超过警告值多久。
limit-warn-off-hold = 内存须低于警告值多久，警告才结束。
limit-emergency-on = 内存占用达到此值时停止所有工作。
limit-emergency-off-used = 低于此值时紧急状态结束。
limit-emergency-only-below-mib = 可用内存多于此值时不视为紧急。
limit-emergency-off-above-mib = 可用内存多于此值时紧急状态结束。
limit-emergency-avail-mib = 可用内存低于此值时，无论占用比例均视为紧急。
limit-emergency-off-avail-mib = 结束紧急状态所需的可用内存。
limit-emergency-samples = 连续这么多次读数才算紧急。
limit-emergency-off-hold = 内存须恢复多久，紧急状态才结束。
limit-failure-rate = 失败的描述达到此比例时，改用下一种方式。
limit-failure-window-units = 按最近这么多次描述计算比例。
limit-failure-min-units = 描述次数不足此数时不作判断。
limit-failure-max-age = 更早的结果不计入。
limit-failure-streak = 连续失败这么多次即可触发。
limit-slow-share = 过慢的描述达到此比例时，改用下一种方式。
limit-slow-floor = 快于此值的不算慢。
limit-slow-factor = 超过平常用时的这么多倍算慢。
limit-slow-baseline-units = 这么多次描述之后才有平常用时。
limit-probation-units = 恢复后密切观察这么多次描述。
limit-throttle-default = 服务器要求稍候而未说多久时的等待时间。
limit-crash-restarts = 媒体进程最多重启这么多次。
limit-crash-window = 计算重启次数的时间范围。
limit-cpu-on = 处理器负载达到此值时减少线程。
limit-cpu-on-hold = 负载须高于此值多久。
limit-cpu-off = 负载低于此值时恢复全部线程。
limit-cpu-off-hold = 负载须低于此值多久。
limit-editor-grace = DaVinci Resolve 持续占用多久后，本机工作让路。
limit-green-hold = 一切正常多久后尝试更好的运行方式。
limit-cloud-green-hold = 同上，从暂停到云端。
limit-backoff-base = 恢复失败后的等待时间，每次加倍。
limit-backoff-max = 等待时间的上限。
limit-backoff-reset = 正常这么久之后，不再计较以前的失败。
limit-breaker-open = 失败的运行方式停用多久。
limit-flap-changes = 短时间内变化这么多次就算太多。
limit-flap-window = 计算变化次数的时间范围。
limit-flap-lock = 此后保持不变多久。
limit-probe-timeout = 测试更好的运行方式最多用时。
limit-preferred-model-hold = 一切正常多久后换回较大的模型。
limit-tick = 有变化时两次判断的间隔。
limit-idle-tick = 空闲时两次判断的间隔。
limit-gap = 更长的停顿视为电脑休眠。
limit-sample-max-age = 更旧的读数视为没有。
limit-reclaim-wait = 等待显存归还的时间。
limit-reclaim-poll = 其间查看的间隔。
limit-reclaim-done = 归还达到此比例即可。
limit-warn-cache-keep = 警告时保留的缓存比例。
limit-unit-finish = 离开某种运行方式时，进行中的描述还可用多久。
limit-worker-term-wait = 等待进程自行结束的时间。
limit-disk-reserve-mib = 磁盘剩余空间低于此值时不开始工作。
limit-notice-interval = 同一原因在此时间内最多通知一次。
