## 归还的内存：多少、什么、为什么、结果如何。

release-freed = 已归还 { $freed }
release-nothing = 没有归还任何内存
release-unmeasured = 已归还内存
release-result = { $freed } / { $claimed }，{ $seconds } 秒
release-result-unmeasured = 未能测量，{ $seconds } 秒

release-why-expired = 一段时间没有用到：{ $what }。
release-why-asked = 按要求归还：{ $what }。
release-why-warn = 内存不足：{ $what }。
release-why-pressure = 需要腾出空间：{ $what }。
release-why-emergency = 内存即将耗尽：{ $what }。

release-kind-model-shards = 显卡上的模型
release-kind-model-weights-cache = 内存中的模型
release-kind-render-cache = 屏幕上的图片
release-kind-temp-buffers = 传送中的图片
release-kind-audio-cache = 声音
release-kind-subtitle-index = 字幕和搜索文本
release-kind-none = 无
release-model-shards = 显卡上的 { $name }
release-model-weights-cache = 内存中的 { $name }
release-list = { $first }、{ $second }
release-list-more = { $first }以及另外 { $n } 项

## 命令“memory”。

cli-memory = 程序占用的内存，以及归还过的内存。
cli-memory-days = 列表往回多少天。
cli-memory-held = 可以归还：{ $bytes }
cli-memory-held-none = 可以归还：目前没有
cli-memory-held-kind = { $kind }：{ $bytes }
cli-memory-held-unknown = { $kind }：大小未知
cli-memory-budget = 为工作预留：{ $used }，上限 { $limit }，最高曾到 { $peak }
cli-memory-model = { $server } 内存中有 { $model }：{ $bytes }（{ $ours ->
    [yes] 由本程序加载
   *[no] 由其他程序加载
}）
cli-memory-not-running = 程序没有运行，因此不占用任何内存。
cli-memory-released = 归还记录：
cli-memory-released-none = 这段时间没有归还过内存。

## 命令“receipts”。

cli-receipts = 运行方式和内存状态的每次变化，以及依据。
cli-receipts-days = 列表往回多少天。
cli-receipts-hint = autocut-tray undo 撤销最近一次变化，autocut-tray pin TIER 固定运行方式。
