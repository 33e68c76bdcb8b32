## 演练。

drill-nothing = 这台电脑目前没有可用的方式来描述镜头，没有什么可以演练。
drill-nothing-hint = 请先用 Ollama 或 LM Studio 启动一个视觉模型，再试一次。
drill-busy = 有任务正在运行，演练不能打扰它。
drill-busy-hint = 请暂停任务或等它结束后再试。

drill-title = 演练
drill-running = 正在试用：{ $tier } · { $model }
drill-passed = { $count ->
    [1] 唯一的运行方式已实际试过，可用。
   *[other] 已实际试过全部 { $count } 种运行方式，均可用。
}
drill-failed = { $count } 种运行方式中，今天有 { $working } 种可用。
drill-rung-works = { $tier } · { $model }：{ $seconds } 秒后回答了测试图片（含加载）。
drill-rung-broken = { $tier } · { $model }：{ $why }
drill-vram = 占用 { $held } GB 显存。
drill-scene = 每个镜头约 { $seconds } 秒。
drill-walk = 按当前限制，用模拟读数走一遍：

drill-pressure-vram = 其他程序占满显存
drill-pressure-server-gone = 模型服务中断
drill-pressure-cloud-gone = 云端中断
drill-pressure-memory = 内存即将耗尽
drill-pressure-none = 一切恢复正常
drill-step = { $pressure }：{ $seconds } 秒后转为“{ $target }”。
drill-step-failures = { $pressure }：失败 { $count } 次后转为“{ $target }”。
drill-step-missing = { $pressure }：会一直停留在“{ $source }”。请检查设置中的限制。

ui-drill-start = 立即演练
ui-drill-sub = 让每种运行方式回答一张测试图片，并把升降步骤走一遍。不影响任务。
