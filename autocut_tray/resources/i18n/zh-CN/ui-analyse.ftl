## 分析：拖放区、任务、镜头。

ui-drop-title = 将素材或文件夹拖到这里
ui-drop-over-one = 松开即可分析 { $name }
ui-drop-over = 松开即可分析 { $n } 项
ui-drop-promise = 所有镜头都在这台电脑上查找并描述。任何内容都不会上传，你的文件也不会被改动。
ui-drop-promise-cloud = 所有镜头都在这台电脑上查找。个别画面可能会发送给你允许的模型；你的文件不会被改动。
ui-drop-not-files = 只能分析文件和文件夹。请从文件管理器拖入素材。
ui-drop-remote = 已略过 { $n } 个网址：只能分析这台电脑上的文件。
ui-drop-foot = 支持 MOV、MP4、MXF、MKV 及大多数视频文件。也可使用托盘菜单中的“分析文件…”。
ui-choose-files = 选择文件…
ui-choose-folder = 选择文件夹…
ui-add-files = 添加文件…
ui-step-find = 查找镜头
ui-step-find-text = 检测剪切点，每个镜头保留一张关键帧，长镜头保留多张。
ui-step-describe = 描述
ui-step-describe-text = 由视觉模型说明每个镜头的内容。
ui-step-describe-speed =
    { $source ->
        [measured] 每镜头 { $seconds } 秒（本机实测）
       *[other] 本机每镜头约 { $seconds } 秒
    }，每个素材最多 { $scenes } 个镜头。
ui-step-search = 搜索
ui-step-search-text = 按画面内容在所有素材中查找镜头。

ui-jobs-list = 任务
ui-jobs-running = 进行中  { $n }
ui-jobs-waiting = 等待中  { $n }
ui-jobs-finished = 已结束  { $n }
ui-jobs-more = 显示其余 { $n } 个中的更多任务
ui-search-all = 搜索所有镜头
ui-search-scenes = 搜索这些镜头
ui-search-clear = 清除

ui-job-never-cloud = 永不上云
ui-job-describing =
    { $tier ->
        [GPU] GPU 描述中
        [CPU] CPU 描述中
        [CLOUD] 云端描述中
        [PAUSED] 描述已暂停
       *[unknown] 描述中
    }
ui-job-scenes-of = { $done } / { $total } 个镜头
ui-job-pace = 每镜头 { $span }
ui-job-left = 约剩 { $span }
ui-job-left-later = 完成三个镜头后显示剩余时间
ui-job-left-once-counted = 统计完镜头后显示剩余时间
ui-job-done-at = 预计 { $time } 完成
ui-job-finding = 正在查找镜头：已读取 { $read }
ui-job-found = 已找到 { $n } 个镜头
ui-job-found-in = { $length }视频中共 { $n } 个镜头
ui-job-planned = 将描述其中 { $n } 个
ui-job-done-of = 已描述 { $done } / { $total } 个
ui-job-described = 已描述 { $n } 个
ui-job-queued = 排队中
ui-job-paused = 已暂停
ui-job-done = { $time } 完成
ui-job-scenes = { $n } 个镜头
ui-job-cancelled = 已取消
ui-job-kept = 保留 { $n } 条描述
ui-job-failed = 无法分析此文件。
ui-job-action-open = 打开
ui-job-action-retry = 重试
ui-job-action-details = 详情
ui-job-action-cancel = 取消
ui-job-action-remove = 从列表中移除

ui-remove-title = 要从列表中移除 { $name } 吗？
ui-remove-text = 其中的 { $n } 条描述会一并删除，视频文件保持不变。
ui-remove-yes = 移除

ui-scenes-list = 镜头
ui-scenes-debt = { $n } 个镜头是在降级期间描述的
ui-scenes-none-yet = 尚未找到镜头。读取视频时，镜头会逐个出现在这里。
ui-scenes-none-found = 没有镜头包含所有这些词。
ui-scene-waiting = 等待描述。
ui-scene-described = 已描述。
ui-scene-left-out = 未描述：镜头数超过每个素材的上限。
ui-scene-failed = 无法描述。
ui-scene-where = { $clip }，镜头 { $n }，{ $length }
ui-scene-by =
    { $tier ->
        [GPU] { $model }，GPU，用时 { $span }
        [CPU] { $model }，CPU，用时 { $span }
       *[CLOUD] { $model }，云端，用时 { $span }
    }
ui-scene-copy = 复制描述
ui-scene-key-subjects = 主体
ui-scene-key-action = 动作
ui-scene-key-shot = 景别
ui-scene-key-camera = 运镜
ui-scene-key-mood = 氛围
ui-scene-key-quality = 质量
ui-scene-key-loudness = 响度
ui-scene-key-subtitles = 字幕
ui-scene-quoted = “{ $words }”
ui-scene-key-by = 描述者

ui-export-otio = OpenTimelineIO…
ui-export-fcpxml = FCPXML…
ui-export-fcp7 = Final Cut Pro 7 XML…
ui-export-edl = EDL…
ui-export-markers = 时间线标记…
ui-export-srt = 字幕（SRT）…
ui-export-json = JSON…
ui-export-contact-sheet = 缩略图总览…
ui-export-done = { $file } 共 { $n } 个片段，已回读核对无误。
ui-export-how = { $editor }：{ $steps }

ui-cut-title = 粗剪
ui-cut-brief = 想要什么样的粗剪？例如：30 秒精彩集锦，以远景开头
ui-cut-make = 生成粗剪
ui-cut-again = 重新生成
ui-cut-export = 导出粗剪…
ui-cut-keep = 保留我的改动
ui-cut-making = 正在生成粗剪
ui-cut-strip = 粗剪，按顺序
ui-cut-total = { $n } 个镜头，{ $length }
ui-cut-total-of = { $n } 个镜头，{ $length } / { $wanted }
ui-cut-clip = 镜头 { $n }：{ $reason }
ui-cut-remove = 移除
ui-cut-reasons = 全部理由
ui-cut-hint = 拖动可调整顺序。
ui-cut-empty = 所有镜头都已移除。
ui-cut-trouble = { $what }{ $hint }
