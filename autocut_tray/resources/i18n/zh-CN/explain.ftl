## 检测到了什么，以及将如何运行。数字与单位之间用不换行空格。

explain-title-gpu = 这台电脑可以用自己的显卡分析素材
explain-title-cpu = 这台电脑可以用自己的处理器分析素材
explain-title-local = 这台电脑可以自己分析素材
explain-title-cloud = 由 { $place } 为这台电脑分析素材
explain-title-paused = 这台电脑可以检测镜头，但还无法描述
explain-title-pinned = 已按你的固定设置暂停
explain-title-off = 这台电脑只检测镜头，不做描述

explain-subtitle-gpu = 由 { $gpu } 完成。现在就可以开始。
explain-subtitle-gpu-room =
    { $editor ->
        [none] { $gpu } 的显存放得下视觉模型，同时还能留给剪辑软件。现在就可以开始。
       *[other] { $gpu } 的显存放得下视觉模型，同时还能留给 { $editor }。现在就可以开始。
    }
explain-subtitle-gpu-tight =
    { $source ->
        [measured] { $gpu } 的显存快满了：{ $model } 连同预留需要 { $need }（本机实测），目前空闲 { $free }。
       *[estimate] { $gpu } 的显存快满了：{ $model } 连同预留需要 { $need }，目前空闲 { $free }。
    }
explain-subtitle-cpu = 比显卡慢，但可以与剪辑软件同时运行。
explain-subtitle-cpu-card =
    { $editor ->
        [none] { $gpu } 留给剪辑软件。现在就可以开始。
       *[other] { $gpu } 留给 { $editor }。现在就可以开始。
    }
explain-subtitle-cpu-unified = { $gpu } 的处理器与图形核心共用内存。现在就可以开始。
explain-subtitle-cpu-unread = { $gpu } 的显存大小未知，因此没有使用它。
explain-subtitle-cpu-auto = 是否使用 { $gpu } 由 LM Studio 决定。现在就可以开始。
explain-subtitle-cloud =
    { $kind ->
        [remote] 关键帧画面会发送到你自己的服务器，素材本身不会离开这台电脑。
       *[provider] 按你的许可，只发送关键帧的小图，素材本身不会离开这台电脑。
    }
explain-subtitle-paused =
    { $why ->
        [no_key] 你选择了云端，但尚未保存 { $place } 的密钥。
        [no_consent] 你还没有允许把画面发送到 { $place }。
        [never_cloud] 描述镜头需要云端，而你锁定了云端。
        [no_tls] { $place } 的地址不是 https，因此不会发送画面。
       *[no_model] 这台电脑上还没有能运行的视觉模型。
    }
explain-subtitle-paused-local =
    { $why ->
        [never_cloud] 这台电脑上还没有能运行的视觉模型，而你锁定了云端。
       *[other] 这台电脑上还没有能运行的视觉模型，云端也已关闭。
    }
explain-subtitle-pinned = 取消固定，或改为固定到可用的方式，队列就会继续。
explain-subtitle-off = 你关闭了镜头描述。镜头检测、按规则粗剪和导出仍可使用。

explain-class = 分级 { $class }

explain-key-graphics = 显卡
explain-key-processor = 处理器
explain-key-memory = 内存
explain-key-local-ai = 本地 AI
explain-key-editor = 剪辑软件
explain-key-vision = 画面理解
explain-key-planning = 剪辑规划
explain-key-editing = 剪辑输出
explain-key-cloud = 云端

explain-name = { $name }

explain-graphics-none = 没有找到显卡
explain-graphics-unknown = 未知
explain-probe-unanswered = 系统没有及时回应
explain-graphics-integrated = 集成显卡，共用内存
explain-graphics-unified = 与处理器共用内存
explain-graphics-others = 另有 { $names }
explain-vram = 显存 { $total }，空闲 { $free }
explain-vram-total = 显存 { $total }，空闲多少未知
explain-vram-unknown = 显存未知
explain-driver = 驱动 { $version }
explain-source =
    { $confidence ->
        [exact] { $source } 实测
        [derived] { $source } 推算
        [guess] { $source } 估计
       *[unknown] { $source }
    }

explain-processor-unknown = 处理器型号未知
explain-cores = { $cores } 核 { $threads } 线程
explain-threads = { $threads } 线程
explain-threads-unknown = 线程数未知
explain-score =
    评级：{ $score ->
        [low] 低（low）
        [medium] 中（medium）
        [high] 高（high）
       *[ultra] 极高（ultra）
    }

explain-memory = { $total }，可用 { $available }
explain-memory-total = { $total }，可用多少未知
explain-memory-unknown = 未知
explain-memory-roomy =
    { $editor ->
        [none] 足够本地模型与剪辑软件同时运行
       *[other] 足够本地模型与 { $editor } 同时运行
    }
explain-memory-enough =
    { $source ->
        [measured] 足够 { $model } 在处理器上运行（{ $need } GB，本机实测）
       *[estimate] 足够 { $model } 在处理器上运行（{ $need } GB）
    }
explain-memory-tight = 目前空闲内存不足以在处理器上运行模型
explain-small-machine = 内存较小，本机的阈值相应降低：可用内存低于 { $on } 时暂停本机模型，高于 { $off } 时恢复。

explain-server =
    { $case ->
        [running] { $server }，运行中
        [remote] { $server }，位于 { $host }
        [remote-silent] { $host } 上的 { $server } 没有响应
        [token] { $server } 需要令牌
        [stopped] { $server } 未运行
        [absent] 未安装 { $server }
       *[unknown] { $server }：未知
    }
explain-servers-none = 没有找到本地 AI
explain-models =
    { $count ->
        [0] 没有模型
        [1] 1 个模型，{ $seeing ->
            [0] 不支持图像
            [unknown] 是否支持图像未说明
           *[other] 支持图像
        }
       *[other] { $count } 个模型，{ $seeing ->
            [0] 都不支持图像
            [unknown] 是否支持图像未说明
           *[other] 其中 { $seeing } 个支持图像
        }
    }
explain-models-held = 占用 { $held } 显存

explain-editor-state =
    { $state ->
        [running] 运行中
        [busy] 运行中，正忙
        [idle] 未运行
       *[unknown] 是否运行未知
    }
explain-edition-unknown = 版本类型未知
explain-editor-first = 启动后优先使用显存
explain-editors-others = 另有 { $names }
explain-editor-none = 没有找到剪辑软件
explain-editor-none-files = 粗剪会写成文件
explain-editor-unknown = 未知

explain-vision =
    { $where ->
        [gpu] 本机，GPU
        [cpu] 本机，CPU
        [unified] 本机，共用内存
        [auto] 本机，CPU 或 GPU
        [cloud] 云端，{ $place }
        [remote] 位于 { $place }
        [off] 关闭
       *[waiting] 等待中
    }
explain-work = 使用 { $server } 中的 { $model }，每个素材最多 { $scenes } 个镜头。
explain-work-cloud = 使用 { $server } 的 { $model }，每个素材最多 { $scenes } 个镜头。
explain-estimate = 每个镜头约 { $seconds } 秒；这是估算值，本机实测后会更新。
explain-measured =
    { $place ->
        [gpu] 每个镜头约 { $seconds } 秒，占用 { $memory } 显存；本机实测，共 { $scenes } 个镜头。
        [cpu] 每个镜头约 { $seconds } 秒，占用 { $memory } 内存；本机实测，共 { $scenes } 个镜头。
       *[none] 每个镜头约 { $seconds } 秒；本机实测，共 { $scenes } 个镜头。
    }
explain-planning =
    { $where ->
        [local] 本机，{ $place }
        [cloud] 云端，{ $place }
        [remote] 位于 { $place }
       *[rules] 按规则，本机
    }
explain-editing-none = 适用于任何剪辑软件的文件
explain-formats = 粗剪以 { policy-formats-list } 导出；每个文件都会先读回校验，再交给你。
explain-cloud =
    { $state ->
        [on] 已开启：{ $places }
        [never] 已锁定
       *[off] 关闭
    }
explain-cloud-pictures = 关键帧的小图可能会发送到 { $place }。
explain-cloud-texts = 镜头描述可能会发送到 { $place }。
explain-cloud-off =
    { $state ->
        [never] 任何内容都不会离开这台电脑。你锁定了云端。
       *[off] 任何内容都不会离开这台电脑。开启需要你的密钥和同意。
    }

explain-say-gpu = { $name }，显存 { $total }，空闲 { $free }。
explain-say-gpu-total = { $name }，显存 { $total }，空闲多少未知。
explain-say-gpu-vram-unknown = { $name }，显存大小未知。
explain-say-gpu-integrated = { $name } 是集成显卡，共用内存。
explain-say-gpu-unified = { $name } 与处理器共用内存。
explain-say-gpu-none = 没有找到显卡。
explain-say-gpu-unknown = 是否有显卡未知。
explain-say-cpu =
    { $known ->
        [0] 处理器
       *[other] { $name }
    }，{ $threads } 线程，评级：{ $score ->
        [low] 低（low）
        [medium] 中（medium）
        [high] 高（high）
       *[ultra] 极高（ultra）
    }。
explain-say-cpu-unknown =
    { $known ->
        [0] 处理器未知。
       *[other] { $name }，线程数未知。
    }
explain-say-memory = 内存 { $total }，可用 { $available }。
explain-say-memory-total = 内存 { $total }，可用多少未知。
explain-say-memory-unknown = 内存大小未知。
explain-say-server =
    { $case ->
        [running] { $server } 运行中：{ explain-models }。
        [remote] { $host } 上的 { $server } 有响应：{ explain-models }。
        [remote-silent] { $host } 上的 { $server } 没有响应。
        [token] { $server } 需要有效的令牌才会响应。
        [stopped] { $server } 已安装，未运行。
        [absent] 未安装 { $server }。
       *[unknown] 是否有 { $server } 未知。
    }
explain-say-editor =
    { $state ->
        [running] { $name } 运行中。
        [busy] { $name } 运行中，正忙。
        [idle] { $name } 已安装，未运行。
       *[unknown] 已安装 { $name }。
    }
explain-say-editors = 找到剪辑软件：{ $names }。
explain-say-editor-none = 没有找到剪辑软件。
explain-say-editor-unknown = 是否有剪辑软件未知。
