## 怎样让这台电脑做得更好：做什么，为什么。数字与单位之间用不换行空格。

recommend-pull = 下载 { $model }
recommend-pull-first-reason =
    { $place ->
        [gpu] 之后这台电脑就能自己描述镜头：每个镜头约 { $seconds } 秒，占用 { $memory } GB 显存。以上为估算值，本机实测后会更新。下载大小 { $size }。
       *[cpu] 之后这台电脑就能自己描述镜头：在处理器上每个镜头约 { $seconds } 秒，占用 { $memory } GB 内存。以上为估算值，本机实测后会更新。下载大小 { $size }。
    }
recommend-pull-reason =
    { $place ->
        [gpu] 它是这台电脑的首选：每个镜头约 { $seconds } 秒，占用 { $memory } GB 显存。以上为估算值，本机实测后会更新。下载大小 { $size }；下载完成前由 { $current } 负责。
       *[cpu] 它是这台电脑的首选：在处理器上每个镜头约 { $seconds } 秒，占用 { $memory } GB 内存。以上为估算值，本机实测后会更新。下载大小 { $size }；下载完成前由 { $current } 负责。
    }
recommend-pull-faster-reason =
    { $place ->
        [gpu] 每个镜头约需 { $seconds } 秒（{ $current } 为 { $slower } 秒），占用 { $memory } GB 显存（{ $current } 为 { $larger } GB）。以上为估算值，本机实测后会更新。现在就可以开始分析，下载完成前由 { $current } 负责。
       *[cpu] 每个镜头约需 { $seconds } 秒（{ $current } 为 { $slower } 秒），占用 { $memory } GB 内存（{ $current } 为 { $larger } GB）。以上为估算值，本机实测后会更新。现在就可以开始分析，下载完成前由 { $current } 负责。
    }
recommend-pull-faster-measured-reason =
    { $place ->
        [gpu] { $current } 每个镜头约 { $slower } 秒，本机实测。{ $model } 更轻快：每个镜头约 { $seconds } 秒，占用 { $memory } GB 显存；这些是估算值，本机实测后会更新。现在就可以开始分析，下载完成前由 { $current } 负责。
       *[cpu] { $current } 每个镜头约 { $slower } 秒，本机实测。{ $model } 更轻快：每个镜头约 { $seconds } 秒，占用 { $memory } GB 内存；这些是估算值，本机实测后会更新。现在就可以开始分析，下载完成前由 { $current } 负责。
    }
recommend-pull-better-reason = 推理能力优于 { $current }，但速度稍慢：每个镜头约 { $seconds } 秒，占用 { $memory } GB 显存。以上为估算值，本机实测后会更新。现在就可以开始分析，下载完成前由 { $current } 负责。
recommend-pull-lighter-reason =
    { $place ->
        [gpu] { $current } 对这台电脑偏大。{ $model } 每个镜头约 { $seconds } 秒，占用 { $memory } GB 显存。以上为估算值，本机实测后会更新。下载大小 { $size }。
       *[cpu] { $current } 对这台电脑偏大。{ $model } 在处理器上每个镜头约 { $seconds } 秒，占用 { $memory } GB 内存。以上为估算值，本机实测后会更新。下载大小 { $size }。
    }
recommend-step-down-reason = 无法让 LM Studio 让出显卡。在 Ollama 中装好 { $model }（{ $size }）后，剪辑软件需要显卡时可以改用处理器继续。
recommend-pull-planner-reason =
    { $by ->
        [rules] 它在这台电脑上规划粗剪；没有它时由规则生成。下载大小 { $size }。
       *[other] 它是这一级电脑的首选规划模型；下载完成前由 { $current } 负责。下载大小 { $size }。
    }

recommend-plan-here = 在这台电脑上规划粗剪
recommend-plan-here-reason = { $model } 已安装，这台电脑也放得下；目前由规则规划。可在设置的“运行方式”中修改“规划粗剪”。

recommend-install = 安装 Ollama
recommend-install-reason =
    { $place ->
        [gpu] 它可以在这台电脑上免费运行视觉模型。之后 { $model }（{ $size }）在显卡上描述一个镜头约需 { $seconds } 秒；这是估算值，本机实测后会更新。
       *[cpu] 它可以在这台电脑上免费运行视觉模型。之后 { $model }（{ $size }）在处理器上描述一个镜头约需 { $seconds } 秒；这是估算值，本机实测后会更新。
    }
recommend-start = 启动 { $server }
recommend-start-reason = { $server } 已安装，但没有响应。启动后就可以用它的模型描述镜头。
recommend-token = 输入 { $server } 的令牌
recommend-token-reason = { $server } 正在运行，但需要有效的令牌才会响应。令牌在它的开发者设置中。
recommend-lmstudio-model = 在 LM Studio 中获取 { $model }
recommend-lmstudio-model-reason = LM Studio 正在运行，但没有视觉模型。{ $model } 大小约 { $size }。

recommend-driver = 为 { $gpu } 安装最新驱动
recommend-driver-reason = 系统没有给出它的显存大小，因此没有使用这块显卡。安装后请重新检测。
recommend-detect = 重新检测
recommend-detect-reason = 查询显卡时系统没有及时回应。即使有显卡，目前也没有使用。

recommend-key = 输入 { $provider } 的密钥
recommend-allow = 允许把画面发送到 { $provider }
recommend-cloud-reason =
    { $source ->
        [measured] { $provider } 描述一个镜头需 { $seconds } 秒（本机实测），费用约 { $cost } 元。只有关键帧的小图会离开这台电脑，并且需要你的同意。
       *[estimate] { $provider } 描述一个镜头需 { $seconds } 秒，费用约 { $cost } 元。只有关键帧的小图会离开这台电脑，并且需要你的同意。
    }
recommend-cloud-reason-unknown = { $provider } 可以描述镜头。只有关键帧的小图会离开这台电脑，并且需要你的同意。
recommend-allow-remote = 允许把画面发送到 { $host }
recommend-allow-remote-reason = 视觉模型在那里。只有关键帧的小图会离开这台电脑。
recommend-remote-tls = 让 { $host } 使用 https 地址
recommend-remote-tls-reason = 画面加密传输后，才能使用那里的视觉模型。
recommend-planner-key = 输入 { $provider } 的密钥
recommend-planner-allow = 允许把镜头描述发送到 { $provider }
recommend-planner-cloud-reason = 之后由 { $provider } 根据镜头描述规划粗剪；在此之前由规则生成。不会为此发送画面。

recommend-free-vram = 释放 { $server } 占用的 { $size } 显存
recommend-free-vram-reason =
    { $source ->
        [measured] { $model } 连同预留需要 { $need }（本机实测），目前空闲 { $free }。当前已加载：{ $holders }。
       *[estimate] { $model } 连同预留需要 { $need }，目前空闲 { $free }。当前已加载：{ $holders }。
    }
recommend-close-gpu = 关闭占用显存的程序
recommend-close-gpu-reason =
    { $resolve ->
        [running] { $source ->
            [measured] { $model } 连同预留需要 { $need } 显存（本机实测），目前空闲 { $free }。Resolve 正在运行。
           *[estimate] { $model } 连同预留需要 { $need } 显存，目前空闲 { $free }。Resolve 正在运行。
        }
       *[no] { $source ->
            [measured] { $model } 连同预留需要 { $need } 显存（本机实测），目前空闲 { $free }。
           *[estimate] { $model } 连同预留需要 { $need } 显存，目前空闲 { $free }。
        }
    }
recommend-use-model = 改用较小的 { $model }
recommend-use-model-reason =
    { $place ->
        [card] { $source ->
            [measured] { $current } 连同预留需要 { $need } 显存（本机实测），而显卡只有 { $room }。{ $model } 已安装，连同预留需要 { $less }，显卡放得下。
           *[estimate] { $current } 连同预留需要 { $need } 显存，而显卡只有 { $room }。{ $model } 已安装，连同预留需要 { $less }，显卡放得下。
        }
        [vram] { $source ->
            [measured] { $current } 连同预留需要 { $need } 显存（本机实测），目前空闲 { $room }。{ $model } 已安装，连同预留需要 { $less }。
           *[estimate] { $current } 连同预留需要 { $need } 显存，目前空闲 { $room }。{ $model } 已安装，连同预留需要 { $less }。
        }
       *[memory] { $source ->
            [measured] { $current } 连同预留需要 { $need } 内存（本机实测），目前可用 { $room }。{ $model } 已安装，连同预留需要 { $less }。
           *[estimate] { $current } 连同预留需要 { $need } 内存，目前可用 { $room }。{ $model } 已安装，连同预留需要 { $less }。
        }
    }
recommend-free-memory = 关闭占用内存较大的程序
recommend-free-memory-reason =
    { $source ->
        [measured] { $model } 连同预留需要 { $need } 内存（本机实测），目前可用 { $available }。
       *[estimate] { $model } 连同预留需要 { $need } 内存，目前可用 { $available }。
    }
recommend-add-memory = 增加内存到 { $roomy } 或更多
recommend-add-memory-reason = 这台电脑有 { $total } 内存。有 { $roomy } 时，本地模型和剪辑软件可以同时运行。
