## 设置：分组、名称、一行说明，以及各选项。

ui-settings-ui = 通用
ui-settings-models = 模型服务
ui-settings-analysis = 分析
ui-settings-monitor = 监控
ui-settings-alerts = 告警
ui-settings-memory = 内存
ui-settings-policy = 运行方式
ui-settings-cloud = 云端
ui-settings-limits = 阈值
ui-settings-at-once = 更改立即生效。
ui-settings-reset = 重置此页
ui-settings-presets = 套用预设：
ui-settings-preset-production = 生产
ui-settings-preset-production-help = 测量间隔较长，只对持续的情况告警，历史保留 30 天，画面可用的内存更多。
ui-settings-preset-development = 开发
ui-settings-preset-development-help = 每 5 秒测量一次，提早告警，记录详细日志，历史保留 7 天，画面可用的内存更少。
ui-setting-by-environment = 由环境变量设定，优先于此页。
ui-setting-automatic = 自动
ui-server-test = 测试连接
ui-server-testing = 正在查询…
ui-server-answers =
    { $count ->
        [0] { $server } 已响应，还没有模型。
       *[other] { $server } 已响应：{ $count } 个模型，其中 { $seeing } 个支持图像。
    }
ui-server-silent =
    { $installed ->
        [no] 这台电脑没有安装 { $server }。
       *[yes] 此地址没有响应。请先在 { $server } 中启动服务，再测试一次。
    }

setting-ui-language = 语言
setting-ui-language-help = 用于窗口、托盘和命令行。
setting-ui-language-auto = 跟随系统
setting-ui-language-en = English
setting-ui-language-zh-CN = 简体中文
setting-ui-theme = 外观
setting-ui-theme-help = 深色更适合与素材并排观看。
setting-ui-theme-auto = 跟随系统
setting-ui-theme-dark = 深色
setting-ui-theme-light = 浅色
setting-ui-start-hidden = 启动后留在托盘
setting-ui-start-hidden-help = 启动时不显示窗口，只显示图标。
setting-ui-close-to-tray = 关闭到托盘
setting-ui-close-to-tray-help = 关闭窗口后，程序继续在托盘中工作。

setting-models-ollama-host = Ollama 地址
setting-models-ollama-host-help = 留空即为 http://localhost:11434。
setting-models-lmstudio-host = LM Studio 地址
setting-models-lmstudio-host-help = 默认：http://localhost:1234/v1
setting-models-use-local-vision = 在本机描述
setting-models-use-local-vision-help = “自动”遵循这台电脑的策略。
setting-models-use-local-vision-unset = 自动
setting-models-use-local-vision-yes = 始终
setting-models-use-local-vision-no = 从不
setting-models-local-vision-provider = 首选服务
setting-models-local-vision-provider-help = “自动”在 LM Studio 提供视觉模型时优先使用它。
setting-models-local-vision-provider-unset = 自动
setting-models-local-vision-provider-lmstudio = LM Studio
setting-models-local-vision-provider-ollama = Ollama
setting-models-local-vision-model = 视觉模型
setting-models-local-vision-model-help = 留空即使用已安装的最佳模型。
setting-models-lmstudio-model = LM Studio 模型
setting-models-lmstudio-model-help = “auto” 使用已加载的模型。
setting-models-answer-timeout = 单次描述的最长等待
setting-models-answer-timeout-help = 包含加载模型的时间。

setting-analysis-description-language = 描述语言
setting-analysis-description-language-help = 新的描述使用这种语言。
setting-analysis-description-language-auto = 与窗口相同
setting-analysis-description-language-en = English
setting-analysis-description-language-zh-CN = 简体中文
setting-analysis-min-scene-seconds = 最短镜头
setting-analysis-min-scene-seconds-help = 间隔更短的剪切点视为同一镜头。
setting-analysis-sensitivity = 剪切灵敏度
setting-analysis-sensitivity-help = 越高找到的剪切点越多，误判也越多。0.5 为测试值。
setting-analysis-scan-mode = 镜头检测方式
setting-analysis-scan-mode-help = 快速方式会跳过几乎不可能有剪切点的帧：剪切点可能偏差一两帧，柔和的转场可能漏检。不适合快速读取的视频会精确读取。
setting-analysis-scan-mode-accurate = 精确
setting-analysis-scan-mode-fast = 快速

setting-monitor-busy-interval = 工作时测量间隔
setting-monitor-busy-interval-help = 打开监控页时也使用此间隔。
setting-monitor-idle-interval = 空闲时测量间隔
setting-monitor-idle-interval-help = 间隔越长，开销越小。
setting-monitor-retention-days = 历史保留
setting-monitor-retention-days-help = 更早的读数和记录会被删除。
setting-monitor-verbose-log = 详细日志
setting-monitor-verbose-log-help = 便于查找问题，但日志增长更快。

setting-alerts-cpu-warn = 处理器：警告
setting-alerts-cpu-warn-help = 持续超过此值时列入事件页。不会高于严重限值。
setting-alerts-cpu-critical = 处理器：严重
setting-alerts-cpu-critical-help = 持续超过此值时，还会弹出桌面通知。
setting-alerts-cpu-scale = 处理器：减少并行
setting-alerts-cpu-scale-help = 告警期间，同时描述的镜头数减半。
setting-alerts-cpu-scale-never = 从不
setting-alerts-cpu-scale-warn = 警告起
setting-alerts-cpu-scale-critical = 严重时
setting-alerts-cpu-muted = 处理器：静音
setting-alerts-cpu-muted-help = 不再弹出桌面通知，事件页仍会列出。
setting-alerts-memory-warn = 内存：警告
setting-alerts-memory-warn-help = 持续超过此值时列入事件页。不会高于严重限值。
setting-alerts-memory-critical = 内存：严重
setting-alerts-memory-critical-help = 持续超过此值时，还会弹出桌面通知。
setting-alerts-memory-scale = 内存：减少并行
setting-alerts-memory-scale-help = 告警期间，同时描述的镜头数减半。
setting-alerts-memory-scale-never = 从不
setting-alerts-memory-scale-warn = 警告起
setting-alerts-memory-scale-critical = 严重时
setting-alerts-memory-muted = 内存：静音
setting-alerts-memory-muted-help = 不再弹出桌面通知，事件页仍会列出。
setting-alerts-queue-warn = 等待的任务：警告
setting-alerts-queue-warn-help = 持续多于此数时列入事件页。不会高于严重限值。
setting-alerts-queue-critical = 等待的任务：严重
setting-alerts-queue-critical-help = 持续多于此数时，还会弹出桌面通知。
setting-alerts-queue-muted = 等待的任务：静音
setting-alerts-queue-muted-help = 不再弹出桌面通知，事件页仍会列出。
setting-alerts-response-warn = 描述用时：警告
setting-alerts-response-warn-help = 这台电脑本来就需要的时间不算告警：平常用时的两倍更长时，以它为准。
setting-alerts-response-critical = 描述用时：严重
setting-alerts-response-critical-help = 在需要更长时间的电脑上，会随警告限值一起提高。
setting-alerts-response-scale = 描述用时：减少并行
setting-alerts-response-scale-help = 告警期间，同时描述的镜头数减半。
setting-alerts-response-scale-never = 从不
setting-alerts-response-scale-warn = 警告起
setting-alerts-response-scale-critical = 严重时
setting-alerts-response-muted = 描述用时：静音
setting-alerts-response-muted-help = 不再弹出桌面通知，事件页仍会列出。
setting-alerts-hold = 告警开始前的时间
setting-alerts-hold-help = 更短的峰值不算告警。
setting-alerts-clear = 告警结束前的时间
setting-alerts-clear-help = 在此期间读数须一直明显低于限值。
setting-alerts-cooldown = 两次告警的间隔
setting-alerts-cooldown-help = 同一告警不会更早再次出现。

setting-memory-budget-mib = 处理中的画面
setting-memory-budget-mib-help = 查找和描述镜头同时占用的内存不会超过此值，超出时会等待。
setting-memory-gc-threshold = 开始清理的比例
setting-memory-gc-threshold-help = 上述内存用到这个比例时，清理残留内容。
setting-memory-picture-cache-mib = 屏幕上的画面
setting-memory-picture-cache-mib-help = 越大，浏览大量镜头时越流畅。
setting-memory-compress-cache = 先压缩画面
setting-memory-compress-cache-help = 内存不足时，先压缩画面，再丢弃。
setting-memory-release-idle = 卸载闲置的模型
setting-memory-release-idle-help = 只卸载 AutoCut Director 自己加载的模型，闲置 5 到 10 分钟后进行。

setting-policy-prefer-cloud = 云端优先于处理器
setting-policy-prefer-cloud-help = 仅在你允许使用云端时生效。
setting-policy-editor-first = 为 DaVinci Resolve 让路
setting-policy-editor-first-help = 模型移出内存，任务等待；若你允许云端，则转到云端。之后会自动继续。
setting-policy-editor-first-short = 仅在显存或内存不足时
setting-policy-editor-first-busy = 它忙碌时
setting-policy-editor-first-open = 它打开时
setting-policy-planning = 规划粗剪
setting-policy-planning-help = 自动：显存 16 GB 及以上时在这台电脑上规划，否则在你允许时使用云端。没有可用的模型时由规则规划，并会说明。
setting-policy-planning-auto = 自动
setting-policy-planning-local = 在这台电脑上
setting-policy-planning-cloud = 在云端
setting-policy-planning-rules = 按规则

setting-cloud-openai-base-url = OpenAI 地址
setting-cloud-openai-base-url-help = 留空即为 https://api.openai.com/v1。换了地址会重新询问。
setting-cloud-deepseek-base-url = DeepSeek 地址
setting-cloud-deepseek-base-url-help = 留空即为 https://api.deepseek.com。换了地址会重新询问。
setting-cloud-daily-usd = 每天最多
setting-cloud-daily-usd-help = 可能超出的请求不会发送。
setting-cloud-monthly-usd = 每月最多
setting-cloud-monthly-usd-help = 同上，按自然月计算。
setting-cloud-daily-requests = 每天最多请求次数
setting-cloud-daily-requests-help = 每张画面一次请求，重发另计。

setting-limits-vram-on = 显存上限
setting-limits-vram-on-help = 因其他程序超过此值时，改用处理器。
setting-limits-vram-grace = 显存等待时间
setting-limits-vram-grace-help = 更短的峰值不会引起变化。
setting-limits-ram-on-mib = 最低可用内存
setting-limits-ram-on-mib-help = 低于此值时，不在本机运行模型。
setting-limits-warn-on = 内存警告
setting-limits-warn-on-help = 超过此值时归还缓存。
setting-limits-emergency-on = 内存紧急
setting-limits-emergency-on-help = 超过此值时停止工作，直到内存恢复。
setting-limits-failure-rate = 失败率上限
setting-limits-failure-rate-help = 失败的描述超过此值时，改用下一种方式。
setting-limits-cpu-on = 处理器上限
setting-limits-cpu-on-help = 超过此值时减少线程，不会改变运行方式。

ui-key-lmstudio = API 令牌（服务器需要时填写）
ui-key-openai = OpenAI 的 API 密钥
ui-key-deepseek = DeepSeek 的 API 密钥
ui-key-store = 保存
ui-key-forget = 移除
ui-key-kept =
    { $kind ->
        [token] 令牌已保存在这台电脑的密钥库中。
       *[key] 密钥已保存在这台电脑的密钥库中。
    }
ui-key-session =
    { $kind ->
        [token] 这台电脑没有密钥库，令牌只保留到 AutoCut Director 退出。
       *[key] 这台电脑没有密钥库，密钥只保留到 AutoCut Director 退出。
    }
ui-key-environment =
    { $kind ->
        [token] 令牌来自环境变量（{ $variable }）。在此保存的令牌优先。
       *[key] 密钥来自环境变量（{ $variable }）。在此保存的密钥优先。
    }
ui-key-env-file =
    { $kind ->
        [token] 令牌来自 .env 文件（{ $variable }）。在此保存的令牌优先。
       *[key] 密钥来自 .env 文件（{ $variable }）。在此保存的密钥优先。
    }
ui-key-absent =
    { $kind ->
        [token] 没有保存令牌。多数情况下不需要。
       *[key] 没有保存密钥。仅有密钥不会发送任何内容，发送前会先询问你。
    }

## 许可与花费，显示在云端上限之前。

ui-cloud-place-vision = { $server }（{ $host }）：接收画面，由 { $model } 描述
ui-cloud-place-planning = { $server }（{ $host }）：接收描述，由 { $model } 规划
ui-cloud-allowed = 自 { $since } 起允许，每次请求最多 { $worst } 美元。
ui-cloud-no-consent = 未允许，不会向那里发送任何内容。
ui-cloud-no-key = 没有保存密钥，不会向那里发送任何内容。
ui-cloud-no-tls = { $host } 的地址不是 https，因此不会发送任何内容。请改用 https 地址。
ui-cloud-no-price = 不清楚那里每次请求的价格。填写之前不会发送任何内容。
ui-cloud-revoke = 收回
ui-cloud-nothing = 那里目前没有可允许的内容。
ui-cloud-spent = 今天 { $day } / { $dayCap } 美元，{ $requests } / { $most } 次请求；本月 { $month } / { $monthCap } 美元。结果不明的请求按全额计。
ui-consent-price = 每次请求（美元）
ui-consent-allow = 允许
ui-consent-refuse = 暂不
