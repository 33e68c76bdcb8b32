## 限时完成。$time：时刻；$pace：每个镜头的秒数；$best：全部完成的最早时刻。

deadline-unknown = 到 { $time } 能描述多少个镜头，要等最初几个完成后才知道。
deadline-fits = 到 { $time } 能描述完全部 { $n } 个镜头。
deadline-fits-cloud = 到 { $time } 能描述完全部 { $n } 个镜头：只靠这台电脑来不及，因此使用你已允许的云端。
deadline-fits-model = 到 { $time } 能描述完全部 { $n } 个镜头：改用更快的 { $model }。
deadline-fewer = 到 { $time } 能描述 { $wanted } 个镜头中的 { $n } 个，每个约需 { $pace } 秒；全部完成最早要到 { $best }。
deadline-fewer-cloud = 即使使用你已允许的云端，到 { $time } 也只能描述 { $wanted } 个镜头中的 { $n } 个，每个约需 { $pace } 秒；全部完成最早要到 { $best }。
deadline-fewer-model = 即使改用更快的 { $model }，到 { $time } 也只能描述 { $wanted } 个镜头中的 { $n } 个，每个约需 { $pace } 秒；全部完成最早要到 { $best }。
deadline-fewer-held = 到 { $time } 能描述 { $wanted } 个镜头中的 { $n } 个，全部完成最早要到 { $best }。换一种方式会更快，但你选择了固定使用{ $tier ->
    [GPU] { "" } GPU
    [CPU] { "" } CPU
   *[CLOUD] 云端
}。
deadline-over = 到 { $time } 还没有全部完成：{ $wanted } 个镜头中描述了 { $n } 个。

ui-cause-deadline = 有一项任务来不及按时完成，只有它改用这种方式。
ui-cause-deadline-back = 用平常的方式也来得及了。
ui-cause-deadline-over = 任务已结束，或不再需要这样做。
ui-cause-deadline-failed = 这种方式没有成功，或已不再允许；任务改回平常的方式。
ui-receipt-deadline = 单项任务：{ $from } → { $to }
ui-measured-scene-s = 每个镜头 { $value }
