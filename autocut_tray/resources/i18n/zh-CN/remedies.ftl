## 执行建议。单位前用不换行空格。

remedy-pull-preparing = 正在查询 { $model }。
remedy-pull-downloading = 正在下载 { $model }。
remedy-pull-verifying = 正在校验 { $model } 的下载内容。
remedy-pull-finishing = 正在写入 { $model }。
remedy-pull-retrying = 连接中断，{ $seconds } 秒后重试；已下载的部分会保留。
remedy-pull-done = { $model } 已就绪。
remedy-pull-current = { $model } 已在这台电脑上，并且是最新的。
remedy-pull-cancelled = 已取消。{ $model } 已下载的部分会保留，下次从这里继续。

remedy-lmstudio-downloading = LM Studio 正在下载 { $model }，只能在 LM Studio 中停止。
remedy-lmstudio-paused = { $model } 的下载已在 LM Studio 中暂停，请在那里继续。
remedy-lmstudio-goes-on = LM Studio 会继续下载 { $model }。

remedy-start-running-up = 正在启动 { $server }。
remedy-start-done = { $server } 正在运行。
remedy-start-running = { $server } 原本就在运行。
remedy-start-cancelled = 不再等待 { $server }，它可能仍会启动。

remedy-freeing = 正在释放本程序的模型在 { $server } 中占用的显存。
remedy-freed = 已释放 { $freed } / { $held }，用时 { $seconds } 秒。
remedy-freed-part = 已释放 { $freed } / { $held }；{ $server } 仍占用 { $rest }。
remedy-freed-taken = 已释放 { $freed } / { $held }；其余部分被其他程序占用。
remedy-freed-unmeasured = { $server } 已卸载本程序的模型，用时 { $seconds } 秒。这台电脑无法测出释放了多少显存。

remedy-model-choosing = 正在改用 { $model }。
remedy-model-used = 从现在起由 { $model } 描述镜头。要换别的模型，请打开“设置”中的“模型服务”。

remedy-page-opening = 正在浏览器中打开网页。
remedy-page-done = 已在浏览器中打开网页。
remedy-detect-done = 正在重新检测这台电脑。

## 下载的数字。

remedy-amount = { $done } / { $total }
remedy-rate = { $rate }
remedy-left = 约剩 { $span }
remedy-span-s = { $s } 秒
remedy-span-min = { $m } 分钟
remedy-span-min-s = { $m } 分 { $s } 秒
remedy-span-h = { $h } 小时
remedy-span-h-min = { $h } 小时 { $m } 分钟

## 用 Ollama 下载失败。

error-pull-server-silent = Ollama 在 { $host } 没有响应。
error-pull-server-silent-hint = 请启动 Ollama，然后重新下载 { $model }。已下载的部分会保留。
error-pull-interrupted = { $model } 的下载多次中断。
error-pull-interrupted-hint = 请重新开始，会从中断处继续。
error-pull-offline = Ollama 无法连接模型库，这台电脑可能没有联网。
error-pull-offline-hint = 请检查网络和代理，然后重新开始下载。已下载的部分会保留。
error-pull-library-down = Ollama 的模型库返回错误。
error-pull-library-down-hint = 请稍后再试。已下载的部分会保留。
error-pull-no-such-model = Ollama 的模型库中没有 { $name }。
error-pull-no-such-model-hint = 请在 ollama.com/library 查看正确的名称。
error-pull-bad-name = { $name } 不是模型名称。
error-pull-bad-name-hint = 名称的形式如 moondream 或 qwen2.5:14b。
error-pull-denied = Ollama 的模型库不向此账户提供 { $name }。
error-pull-denied-hint = 请选择其他模型，或用此命令登录：ollama signin
error-pull-needs-newer = { $model } 需要更新版本的 Ollama。
error-pull-needs-newer-hint = 请更新 Ollama，然后重新下载。
error-pull-not-writable = Ollama 无权写入存放模型的文件夹。
error-pull-not-writable-hint = 请授予写入权限，或用 OLLAMA_MODELS 指定其他文件夹。
error-pull-not-ollama = 在 { $host } 响应的不是 Ollama。
error-pull-not-ollama-hint = 请在设置中检查 Ollama 的地址。
error-pull-remote = Ollama 在另一台电脑上运行，没有下载任何内容。
error-pull-remote-hint = 请在那台电脑上运行：ollama pull { $name }
error-pull-damaged = { $model } 下载的内容在传输中损坏。
error-pull-damaged-hint = 请重新开始下载，只会重新获取损坏的部分。
error-pull-failed = Ollama 未能完成 { $model } 的下载。
error-pull-failed-hint = 请重试。如果再次失败，详细信息和 Ollama 的日志会说明原因。
error-pull-disk-full = 存放 Ollama 模型的磁盘已满。
error-pull-disk-full-hint = 请腾出空间，然后重新开始下载，会从中断处继续。
error-pull-no-room = { $model } 连同预留需要 { $need }，{ $folder } 所在磁盘的可用空间为 { $free }。
error-pull-no-room-hint = 请在该磁盘上腾出 { $lack }，然后重新开始下载。

## 在 LM Studio 中下载失败。

error-lmstudio-silent = LM Studio 在 { $host } 没有响应。
error-lmstudio-silent-hint = 请在 LM Studio 中启动服务。已开始的下载会自行继续。
error-lmstudio-too-old = 此版本的 LM Studio 不支持由其他程序发起下载，需要 0.4 或更高版本。
error-lmstudio-too-old-hint = 请更新 LM Studio，或在其中搜索 { $model }。
error-lmstudio-no-such-model = LM Studio 找不到 { $model }。
error-lmstudio-no-such-model-hint = 请在 LM Studio 中搜索并下载一个视觉模型。
error-lmstudio-download-failed = LM Studio 未能完成 { $model } 的下载。
error-lmstudio-download-failed-hint = 其下载列表会说明原因，请在那里重新开始。
error-lmstudio-download-lost = LM Studio 中已没有 { $model } 的这次下载。
error-lmstudio-download-lost-hint = 请查看其下载列表，必要时在那里重新开始。

## 未能启动的服务。

error-start-remote = { $server } 在另一台电脑上运行。
error-start-remote-hint = 请在那台电脑上启动。
error-start-not-found-ollama = 在常规安装位置找不到 { $server }。
error-start-not-found-ollama-hint = 请自行打开 { $server }，然后重新检测。
error-start-not-found-lmstudio = 找不到用来启动 { $server } 服务的工具。
error-start-not-found-lmstudio-hint = 请打开 { $server }，并在 Developer 中启动服务。
error-start-failed = { $server } 未能启动。
error-start-failed-hint = 请自行打开 { $server }，其中会显示原因。
error-start-not-permitted = 系统不允许启动 { $server }。
error-start-not-permitted-hint = 请在终端中运行：sudo systemctl start ollama
error-start-timeout = { $server } 已启动，但 { $seconds } 秒后仍无响应。
error-start-timeout-hint = 请稍等片刻再重新检测。如果一直没有响应，请打开 { $server } 查看原因。

## 未能收回的显存。

error-free-nothing-ours = { $server } 中没有 AutoCut Director 加载的模型。由其他程序加载：{ $holders }。
error-free-nothing-ours-hint = 请在 { $server } 或使用它的程序中卸载。
error-free-no-answer = { $server } 没有说明它加载了什么。
error-free-no-answer-hint = 请重新检测。如果一直没有响应，请重启 { $server }。

## 无法改用的模型。

error-model-not-usable = { $server } 中已没有适合这台电脑的 { $model }，未作任何更改。
error-model-not-usable-hint = 请重新检测，看看现在有哪些模型。
error-model-by-environment = 环境变量或 .env 文件中的 { $variables } 优先于设置，因此未作任何更改。
error-model-by-environment-hint = 请在那里把它改为 { $value } 或删除，然后重新启动 AutoCut Director。
error-model-not-taken = 设置中已选择 { $server } 的 { $model }，但目前不是由它描述镜头。
error-model-not-taken-hint = “概览”页会说明由谁描述以及原因。也可以在“设置”的“模型服务”中选择其他模型。

## 网页。

error-page-not-ours = 此地址不属于本程序的建议，因此没有打开。
error-page-not-ours-hint = 如果你信任它，可以复制到浏览器中打开。
error-page-not-opened = 没有浏览器可以打开网页。
error-page-not-opened-hint = 地址：{ $address }

## 命令行。

cli-pull = 用 Ollama 下载一个模型。
cli-pull-model = 模型名称，例如 moondream 或 qwen2.5:14b。
cli-pull-kept = 已下载的部分会保留，下次从这里继续。
