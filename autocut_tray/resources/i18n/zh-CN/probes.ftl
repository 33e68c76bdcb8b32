## 模型服务目前为何不可用：配置概况中服务的 `problem`。

ollama-silent = Ollama 的地址没有响应。请启动 Ollama，然后重新检测。
ollama-no-reply = Ollama 的地址有程序在监听，但没有回应。请重启 Ollama，然后重新检测。
ollama-strange = 在 Ollama 的地址上应答的不是 Ollama。请检查 OLLAMA_HOST。
ollama-refuses = Ollama 拒绝了这个地址。请在 OLLAMA_HOST 中填写它所在机器的 IP 地址。
ollama-bad-address = OLLAMA_HOST 不是可以连接的地址。
ollama-tls-failed = Ollama 地址的证书不受信任，因此没有向它发送任何请求。
lmstudio-silent = LM Studio 的地址没有响应。请在 LM Studio 中启动服务，然后重新检测。
lmstudio-no-reply = LM Studio 的地址有程序在监听，但没有回应。请重启它的服务，然后重新检测。
lmstudio-strange = 在 LM Studio 的地址上应答的程序没有列出模型。请检查 LMSTUDIO_HOST。
lmstudio-bad-address = LMSTUDIO_HOST 不是可以连接的地址。
lmstudio-bad-key = LM Studio 的令牌含有无法发送的字符。请重新输入。
lmstudio-tls-failed = LM Studio 地址的证书不受信任，因此没有向它发送任何请求。
lmstudio-wants-token = LM Studio 有响应，但需要 API 令牌。请在设置中填写，或在 LM Studio 中关闭令牌验证。
lmstudio-token-refused = LM Studio 拒绝了 API 令牌。请填写它当前显示的令牌。

## 与上次启动相比的变化。

change-cpu = 处理器已更换：{ $before } → { $after }。
change-memory-more = 内存增加：{ $before } → { $after }。
change-memory-less = 内存减少：{ $before } → { $after }。
change-gpu-new = 新显卡：{ $gpu }。
change-gpu-new-vram = 新显卡：{ $gpu }，显存 { $vram }。
change-gpu-gone = 显卡 { $gpu } 已不在这台电脑上。
change-vram = { $gpu } 的显存变为 { $after }，之前是 { $before }。
change-driver = { $vendor } 驱动已更新：{ $before } → { $after }。
change-server-new = 这台电脑上新增了 { $server }。
change-server-gone = { $server } 已不在这台电脑上。
change-server-answers = { $server } 现在有响应了。
change-server-silent = { $server } 不再响应。
change-server-version = { $server } 的版本变化：{ $before } → { $after }。
change-server-address = { $server } 的地址已从 { $before } 改为 { $after }。
change-models-added =
    { $server } 新增 { $count } 个模型：{ $models }{ $more ->
        [0] 。
       *[other] {" "}等。
    }
change-models-removed =
    { $server } 移除了 { $count } 个模型：{ $models }{ $more ->
        [0] 。
       *[other] {" "}等。
    }
change-editor-new = 这台电脑上新增了 { $editor }。
change-editor-new-version = 这台电脑上新增了 { $editor } { $version }。
change-editor-gone = { $editor } 已不在这台电脑上。
change-editor-version = { $editor } 的版本变化：{ $before } → { $after }。

## 无法使用的概况文件。

error-profile-document = 这不是概况文件：其中没有 JSON 对象。
error-profile-not-json = { $file } 不是 JSON 文件。
error-profile-too-large = { $file } 过大，不可能是概况文件。
error-profile-unreadable = 无法读取 { $file }：{ $reason }。
error-profile-object = { $key } 必须是花括号中的对象。
error-profile-list = { $key } 必须是方括号中的列表。
error-profile-text = { $key } 必须是引号中的文本。
error-profile-number = { $key } 必须是数字。
error-profile-whole = { $key } 必须是整数。
error-profile-flag = { $key } 必须是 true 或 false。
error-profile-choice = { $key } 只能是以下之一：{ $choices }。
error-profile-hint = 请改正或删除这一项；缺少的项按未知处理。
