## 粗剪：由谁生成、为什么选这些镜头、还做了什么。

plan-asking = 正在询问 { $server } 上的 { $model }
plan-asking-again = 第一次的回答无法使用，正在再次询问 { $server } 上的 { $model }
plan-by-model = 由 { $server } 上的 { $model } 挑选。
plan-by-rules = 由规则生成：{ $why }
plan-why-unknown = 还没有检测过这台电脑。
plan-why-chosen = 设置中没有指定规划模型。
plan-why-no-model = 没有安装规划模型。可以在 Ollama 或 LM Studio 中安装 { $preferred }。
plan-why-failed = { $server } 上的 { $model } 没有给出可用的方案。{ $why }

plan-reason-said = { $text }
plan-reason-none = 模型没有说明理由。
plan-reason-fill = 为达到时长由规则补充。{ $why }
plan-reason-matches = { $place ->
    [opens] 用作开头，符合要求：{ $words }。
    [closes] 用作结尾，符合要求：{ $words }。
   *[none] 符合要求：{ $words }。
}
plan-reason-wide = { $place ->
    [opens] 用作开头：交代环境。
    [closes] 用大景别收尾。
   *[none] 大景别，交代环境。
}
plan-reason-variety = { $place ->
    [opens] 用作开头。
    [closes] 用作结尾。
   *[none] 让画面有变化。
}
plan-reason-faults = { $place ->
    [opens] 用作开头。画质有瑕疵，但没有更好的镜头。
    [closes] 用作结尾。画质有瑕疵，但没有更好的镜头。
   *[none] 画质有瑕疵，但没有更好的镜头。
}
plan-reason-unseen = { $place ->
    [opens] 用作开头。尚未描述，按它在视频中的位置选用。
    [closes] 用作结尾。尚未描述，按它在视频中的位置选用。
   *[none] 尚未描述，按它在视频中的位置选用。
}

plan-note-unknown = 模型提到了 { $n } 个不存在的镜头，已略去。
plan-note-twice = 模型重复提到镜头 { $n } 次，每个镜头只用一次。
plan-note-seen = 模型只看到了 { $total } 个镜头中的 { $n } 个：更多的超出它的上下文长度。
plan-note-filled = 所选镜头总时长不足，规则补充了 { $n } 个镜头。
plan-note-left-out = 有 { $n } 个所选镜头未采用：这个时长放不下。
plan-note-shorter = 要求 { $wanted } 秒，素材只够 { $have } 秒。
plan-note-unseen = { $total } 个镜头中有 { $n } 个尚未描述。
plan-note-unread = 视频还没有读到结尾：后面的镜头不在粗剪中。
plan-note-kept = 已保留你对上一版粗剪的改动。

error-bad-length = 粗剪时长须在 1 秒到 24 小时之间。
error-no-plan = 任务 { $id } 还没有粗剪。
error-no-plan-hint = 请先生成：autocut-tray plan { $id } --brief "30 秒精彩集锦"
error-plan-running = 这个任务的粗剪正在生成中。
error-plan-or-scenes = --plan 与 --scenes 不能同时使用：要么指定镜头，要么导出粗剪。
error-plan-empty = 任务 { $id } 的粗剪中已经没有镜头。
error-plan-empty-hint = 请重新生成。
