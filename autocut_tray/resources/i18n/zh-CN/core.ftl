## 多处共用的词语。

tier-GPU = GPU
tier-CPU = CPU
tier-CLOUD = 云端
tier-PAUSED = 已暂停
level-OK = 正常
level-WARN = 内存告警
level-EMERGENCY = 紧急

## 基础错误。

error-cancelled = 已取消。
error-internal = 程序内部出错，详情见日志。
error-usage = { $reason }
error-no-such-job = 没有编号为 { $id } 的任务。
error-job-running = 该任务正在运行，请先取消。
error-no-backend = 没有可用的模型服务。
error-no-backend-hint = 请启动 Ollama 或 LM Studio 并加载视觉模型，然后重新运行；已完成的内容不会丢失。
error-instance-silent = AutoCut Director 正在运行，但没有响应。
error-instance-silent-hint = 请稍等片刻再试，或在任务管理器中结束它。
error-not-running = AutoCut Director 没有运行。
error-not-running-hint = 请先启动它，或运行 autocut-tray --headless。
error-nothing-to-undo = 没有可撤销的内容：当前就是策略选定的运行方式。
error-tier-not-available = 现在不能使用 { $tier }。
error-unknown-request = 正在运行的程序不认识该请求：版本不同。
error-no-display = 没有可用的显示器，无法打开窗口。
error-no-display-hint = 请登录桌面，或使用命令行：autocut-tray --headless，或 autocut-tray --help。

## 设置。

settings-unreadable = 无法读取 { $file }（{ $reason }）。已另存为 { $file }.bad，现使用默认设置。
settings-newer = { $file } 由更新的版本写入：能识别的设置照常使用，文件不会被改动。
settings-env-unreadable = 无法读取 { $file }（{ $reason }），其中的内容没有使用。请把它存为你有权读取的 UTF-8 文本。
settings-unwritable = 无法写入 { $file }：{ $reason }。设置未改变。
setting-invalid = 设置项 { $path } 的值无效：{ $reason }。
setting-wants-text = 应为一行文字
setting-wants-choice = 应为 { $choices } 之一
setting-wants-switch = 应为 true 或 false
setting-wants-number = 应为 { $low } 到 { $high } 之间的数
setting-wants-any-number = 应为数字
setting-unknown = 没有名为 { $path } 的设置项。
setting-from-environment = { $path } 已由环境变量指定，优先于设置文件。
error-key-invalid = 这不可能是密钥：含有空白或特殊字符，或者太短。

## 存储。

storage-set-aside = { $file } 已损坏，另存为 { $aside }，并新建了一个。
storage-newer = { $file } 由更新版本的 AutoCut Director 写入，请升级后再使用。
error-disk-full = 磁盘已满，无法写入 { $file }。腾出空间后会自动继续。
error-disk-error = 磁盘在读写 { $file } 时报错。
error-storage-read-only = { $file } 为只读，无法保存任何内容。
error-storage-unavailable = 无法打开 { $file }。
error-folder-unusable = 无法使用文件夹 { $folder }：{ $reason }。
error-folder-unusable-hint = 请修复该文件夹，或用 { $variable } 指定其他文件夹。
error-autostart-failed = 无法更改开机启动：{ $reason }。
error-autostart-failed-hint = 请允许本程序更改启动项，然后再切换一次。
error-storage-busy = { $file } 被其他程序占用太久。
error-storage-corrupt = { $file } 已损坏。
error-storage-failed = 无法使用 { $file }。

## 任务。

error-poison = 该文件已三次导致程序中断，不再自动处理。
error-poison-hint = 请先用播放器检查该文件；若能播放，可重试。
error-scene-times = 镜头 { $number } 缺少以秒为单位的起止时间，或时间不合理。
error-scene-poison = 该镜头在两种运行方式下都失败，问题出在镜头本身。
error-no-threads = 系统暂时无法再提供线程；稍后会自动继续。
error-no-process = 系统暂时无法再启动程序；稍后会自动继续。
error-no-open-files = 系统暂时无法再打开文件；稍后会自动继续。
error-no-memory = 系统暂时无法再提供内存；稍后会自动继续。
error-keyframe-lost = 该镜头的画面文件已丢失。重试任务即可重新生成。
error-no-scene-described = 该视频没有任何镜头得到描述。
error-damaged = { $at } 之后无法读取。
error-damaged-hint = 文件可能没有复制完整：请重新复制后再重试。
drop-no-videos = 拖入的内容中没有找到视频。
waiting-emergency = 内存即将耗尽；腾出空间后会自动继续。
waiting-drain = 正在尝试更好的运行方式。
waiting-probe = 正在加载模型并用测试图片验证。
waiting-throttled = 服务器要求稍候再试。
waiting-paused = 已暂停：{ $reason }
waiting-no-route = 目前没有可用的模型服务。镜头照常检测，等待描述。
waiting-never-cloud = 该任务已设为绝不上云，而这台电脑目前无法处理。
waiting-force-local = 该任务只在这台电脑上运行，而目前无法处理。
waiting-force-cloud = 该任务需要云端，但云端未获允许或无法连接。
waiting-cloud-blocked = 策略需要使用云端，而云端已关闭。任何内容都不会离开这台电脑。
