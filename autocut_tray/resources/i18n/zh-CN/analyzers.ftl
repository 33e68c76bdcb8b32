## 连接模型服务。

error-server-refused = { $host } 没有响应。
error-server-refused-hint = 请启动服务后重试。
error-server-unreachable = 这台电脑找不到 { $host }。
error-connection-lost = { $host } 中断了连接。
error-connect-timeout = { $host } 在 { $seconds } 秒内未接受连接。
error-reply-timeout = { $host } 在 { $seconds } 秒内未回应。
error-reply-stalled = { $host } 回应到一半停了 { $seconds } 秒。
error-reply-too-large = { $host } 发来的内容远远超出一个回答应有的大小。
error-bad-reply = 无法读取 { $host } 发来的内容，该端口可能是其他程序在监听。
error-redirected = { $host } 要求转到其他地址，AutoCut Director 不会跟随。
error-tls-failed = { $host } 的证书不可信，没有发送任何内容。
error-bad-address = 这不是服务器地址。
error-bad-key = 密钥中含有不应出现的字符，请重新复制。
error-host-not-allowed = { $host } 不是这台电脑，未获允许向它发送内容。
error-proxy-failed = 这台电脑设置的代理无法连接 { $host }。
error-proxy-unsupported = 不支持这台电脑设置的代理类型（SOCKS）。

## 模型服务的回应。

error-model-out-of-memory = { $host } 运行 { $model } 时内存或显存不足。
error-model-out-of-memory-hint = 请关闭占用显存的程序，或改用更小、量化程度更高的模型。
error-runner-stopped = { $model } 在 { $host } 上停止运行，通常是因为内存或显存不足。
error-runner-crashed = { $model } 在 { $host } 上回答时中断。
error-server-busy = { $host } 的队列已满。
error-server-overloaded = { $host } 负载过高或正在启动。
error-answer-cut-off = { $model } 的回答没有结束就断了。
error-server-error = { $host } 出错，未说明原因。
error-load-timeout = { $host } 加载 { $model } 用时过长。
error-bad-answer = 模型的回答不是镜头描述。
error-empty-answer = 模型没有给出任何回答。
error-answer-truncated = { $model } 的回答过长，被截断。
error-picture-refused = { $host } 无法读取这张画面。
error-too-many-pictures = { $host } 上的 { $model } 不能同时接受这么多张画面。
error-model-refused = { $model } 拒绝描述这张画面。
error-model-missing = { $host } 上没有模型 { $model }。
error-model-missing-hint = 请在那里下载该模型，或选择其他模型。
error-model-unusable = { $host } 无法运行 { $model }。
error-model-has-no-vision = { $model } 不能识别画面。
error-model-has-no-vision-hint = 请选择视觉模型，例如 Moondream 2。
error-context-exceeded = 画面超出了 { $model } 加载时的上下文长度。
error-context-exceeded-hint = 请用更大的上下文长度加载 { $model }。
error-request-too-large = { $host } 不接受这么大的画面。
error-format-refused = { $host } 不支持结构化回答。
error-parameter-refused = { $host } 无法理解该请求。
error-request-refused = { $host } 拒绝了请求。
error-endpoint-missing = { $host } 有响应，但不是模型服务。
error-endpoint-missing-hint = 请检查地址、端口和结尾（LM Studio 为 /v1）。
error-key-needed = { $host } 需要 API 密钥。
error-key-needed-hint = 请在设置中填写。
error-key-refused = { $host } 不接受该 API 密钥。
error-key-refused-hint = 请在设置中填写有效的密钥。
error-access-refused = { $host } 拒绝访问。
error-no-credit = { $host } 的账户余额不足。
error-no-credit-hint = 请在那里充值，或改在这台电脑上描述。
error-spend-limit = { $host } 的账户已达到消费上限。
error-spend-limit-hint = 请在那里提高上限，或改在这台电脑上描述。
error-rate-limited = { $host } 要求稍候再试。

## 哪些内容可以离开这台电脑。

error-no-key = { $host } 需要 API 密钥，没有发送任何内容。
error-no-consent = 你尚未允许把画面发送到 { $host }，没有发送任何内容。
error-never-cloud = 该任务已设为绝不上云，没有发送任何内容。
error-no-tls = 与 { $host } 的连接未加密，因此不会向它发送画面。
error-no-price = 不清楚 { $host } 对该模型如何收费，因此没有发送任何内容。
error-no-price-hint = 请填写每次请求的价格，然后再允许。
