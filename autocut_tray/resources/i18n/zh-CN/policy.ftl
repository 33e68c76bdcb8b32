## 执行策略的理由。数字与单位之间用不换行空格。

# 各剪辑软件的格式；与 resolver.py 中的表逐行对应。
policy-formats-list =
    { $formats ->
        [fcp7-otio-edl] FCP7 XML、OTIO 或 EDL
        [otio-fcp7] OTIO 或 FCP7 XML
        [fcpxml] FCPXML
        [edl] EDL
       *[otio-fcpxml-edl] OTIO、FCPXML 或 EDL
    }

policy-class-gpu = { $gpu } 有 { $vram } 显存：分级 { $class }。
policy-class-small-gpu = { $gpu } 只有 { $vram } 显存，不足 4 GB，因此本地任务在处理器上运行。
policy-class-no-gpu = 没有找到独立显卡，因此本地任务在处理器上运行。
policy-class-gpu-unknown = 是否有独立显卡未知，因此本地任务在处理器上运行。
policy-class-unified = { $gpu } 与处理器共用内存：分级 LOCAL_CPU_ONLY。
policy-class-vram-unknown = { $gpu } 的显存大小未知，因此本地任务在处理器上运行。
policy-class-chosen = 任务在哪里运行由你指定：分级 CLOUD_HYBRID。
policy-class-remote = 模型位于 { $host }，不受这台电脑的硬件限制：分级 CLOUD_HYBRID。
policy-class-given = 档案给出的分级是 { $class }。

policy-server-first = 两个服务都有视觉模型，优先使用 { $server }。
policy-server-only = { $server } 有视觉模型。
policy-server-configured = 你在配置中指定了 { $server }。
policy-server-configured-blind = 配置中指定了 { $server }，但它目前没有可用的视觉模型。

policy-model-table = { $model } 是这一级电脑的首选模型。
policy-model-best = { $model } 是目前已安装的最佳视觉模型；装好 { $preferred } 后会自动接替。
policy-model-fits = { $model } 是这台电脑放得下的最佳视觉模型。
policy-model-auto = 使用 LM Studio 中的模型 { $model }。
policy-model-configured = 你在配置中指定了 { $model }，{ $server } 已提供。
policy-model-configured-blind = 配置中指定了 { $model }，但 { $server } 中的这个模型不支持图像。
policy-model-configured-large = 配置中指定了 { $model }，但这台电脑放不下。
policy-model-configured-missing = 配置中指定了 { $model }，但这台电脑上没有服务提供它。
policy-model-by-name = { $server } 没有说明 { $model } 是否支持图像；从名称判断是支持的。
policy-model-heavy = { $model } 对这台电脑偏大，留给剪辑软件的资源会变少。
policy-model-large = { $server } 中有 { $models }，但这台电脑的内存放不下。

policy-device-gpu = { $model } 在显卡上运行。
policy-device-too-large = 显卡放不下 { $model }，因此在处理器上运行。
policy-device-cpu = 镜头描述在处理器上运行。
policy-device-cpu-low = 显卡留给剪辑软件，镜头描述在处理器上运行。
policy-device-unified = 这里的处理器与图形核心共用内存，由模型服务决定用哪一个。
policy-device-lmstudio = LM Studio 自行决定模型是否使用显卡。想把显卡留给剪辑软件，请在其中把 GPU offload 设为 0。
policy-fallback-cpu = 显存不足时，同一模型改用处理器继续。
policy-fallback-cpu-ollama = 显存不足时，由 Ollama 中的 { $model } 改用处理器继续。
policy-fallback-cpu-none = 无法让 LM Studio 让出显卡，而 Ollama 也没有可以改用处理器继续的视觉模型。
policy-fallback-cloud = 这台电脑资源不足时，由 { $place } 的 { $model } 继续；你已允许。

policy-vision-forced =
    { $place ->
        [local] 本次调用要求只用这台电脑。
        [cloud] 本次调用要求使用云端。
       *[none] 本次调用不需要镜头描述。
    }
policy-vision-chosen =
    { $place ->
        [local] 你选择在这台电脑上描述镜头。
        [cloud] 你选择用云端描述镜头。
       *[none] 你关闭了镜头描述。
    }
policy-vision-setting = 配置中关闭了本地视觉，因此镜头描述需要云端。
policy-vision-no-local = 这台电脑目前没有能运行的视觉模型，因此镜头描述需要云端。
policy-vision-no-model = 这台电脑目前没有能运行的视觉模型；{ $model } 可以胜任。
policy-vision-cloud = 策略使用 { $provider } 的 { $model } 描述镜头。
policy-vision-remote = 由 { $host } 上的 { $model } 描述镜头。画面会离开这台电脑，因此按云端对待。
policy-vision-blocked =
    { $why ->
        [no_key] 尚未保存 { $place } 的密钥。镜头会先检测出来，等待描述。
        [no_consent] 你还没有允许把画面发送到 { $place }。镜头会先检测出来，等待描述。
        [never_cloud] 你锁定了云端。镜头会先检测出来，等待描述。
       *[no_tls] { $place } 的地址不是 https，因此不会发送画面。镜头会先检测出来，等待描述。
    }

policy-pin =
    { $tier ->
        [GPU] 你固定使用显卡。
        [CPU] 你固定使用处理器。
       *[CLOUD] 你固定使用云端。
    }
policy-pin-paused = 你固定为暂停，因此不会描述镜头。
policy-pin-impossible =
    { $tier ->
        [GPU] 你固定使用显卡，但它目前不可用，任务等待中。
        [CPU] 你固定使用处理器，但它目前不可用，任务等待中。
       *[CLOUD] 你固定使用云端，但它目前不可用，任务等待中。
    }

policy-measured-seconds =
    { $place ->
        [gpu] { $model } 在显卡上每个镜头约 { $seconds } 秒；本机实测，共 { $scenes } 个镜头。
        [cpu] { $model } 在处理器上每个镜头约 { $seconds } 秒；本机实测，共 { $scenes } 个镜头。
       *[any] { $model } 每个镜头约 { $seconds } 秒；本机实测，共 { $scenes } 个镜头。
    }
policy-measured-memory =
    { $place ->
        [gpu] { $model } 占用 { $memory } 显存，本机实测。
        [cpu] { $model } 在处理器上运行时占用 { $memory } 内存，本机实测。
       *[any] { $model } 占用 { $memory } 内存，本机实测。
    }

policy-planning-chosen =
    { $place ->
        [local] 你选择在这台电脑上规划粗剪。
        [cloud] 你选择用云端规划粗剪。
       *[none] 你关闭了规划模型，粗剪由规则生成。
    }
policy-planning-local = 由 { $server } 中的 { $model } 规划粗剪。
policy-planning-local-other = 未安装 { $preferred }；由 { $server } 中的 { $model } 规划粗剪。
policy-planning-remote = 由 { $host } 上的 { $model } 规划粗剪，镜头描述会离开这台电脑。
policy-planning-no-model = 未安装 { $preferred }，粗剪由规则生成。
policy-planning-no-room = 这台电脑的内存放不下规划模型，粗剪由规则生成。
policy-planning-large = { $models }：对这台电脑来说太大，粗剪由规则生成。
policy-planning-cloud = 策略使用 { $provider } 的 { $model } 规划粗剪。
policy-planning-alias = { $model } 已被其提供方停用，请求会改用后继模型 { $wire }。
policy-planning-blocked =
    { $why ->
        [no_key] 尚未保存 { $place } 的密钥，粗剪由规则生成。
        [no_consent] 在你允许之前不会使用，粗剪由规则生成。
        [never_cloud] 你锁定了云端，粗剪由规则生成。
       *[no_tls] { $place } 的地址不是 https，因此不会发送内容，粗剪由规则生成。
    }

policy-editing = 交给 { $editor } 的粗剪以 { policy-formats-list } 导出。
policy-editing-none = 粗剪以 { policy-formats-list } 导出，适用于任何剪辑软件。

# 长镜头的画面
policy-pictures-several = 长镜头最多根据 { $n } 张画面描述：{ $model } 可以同时看这些画面。
policy-pictures-model = 每个镜头（包括长镜头）只根据一张画面描述：{ $model } 一次只看一张。
policy-pictures-unknown = 每个镜头（包括长镜头）只根据一张画面描述：尚不清楚 { $model } 能否同时看多张。
policy-pictures-setting = 每个镜头（包括长镜头）只根据一张画面描述：设置中如此规定。
