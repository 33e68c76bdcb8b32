## 内存：归还规则文件、工作内存，以及演示。

memory-policy-unreadable = 设置文件夹中的 { $file } 无法使用：{ $reason }。将沿用默认的内存归还规则。
memory-policy-version = 设置文件夹中的 { $file } 版本为 { $version }，本程序无法识别。将沿用默认的内存归还规则。
memory-policy-kind = { $file }：没有名为 { $kind } 的项目，已忽略。可用：{ $kinds }。
memory-policy-section = { $file }：{ $kind } 下面必须是名称和值。将沿用它的默认规则。
memory-policy-key = { $file }：无法识别 { $key }，已忽略。可用：{ $keys }。
memory-policy-seconds = { $file }：{ $key } 的值是 { $value }，但必须是 1 到 86400 之间的秒数。仍使用 { $kept }。
memory-policy-priority = { $file }：{ $key } 的值是 { $value }，但必须是 1 到 100 之间的整数。仍使用 { $kept }。
memory-policy-switch = { $file }：{ $key } 的值是 { $value }，但必须是 true 或 false。仍使用 { $kept }。

error-memory-budget-too-small = 这一步一次需要 { $needed } MiB 内存，但只为工作预留了 { $limit } MiB。
error-memory-budget-too-small-hint = 请在“设置”的“内存”中调高上限。

cli-memory-demo = 演示内存不足时会发生什么：会真实占用少量内存。
cli-memory-demo-demo = all、creation 或 pressure。
error-no-such-demo = 没有名为 { $demo } 的演示。可用：{ $demos }。
error-memory-demo-no-room = 只有 { $available } MiB 可用内存。演示不会影响其他程序，因此至少需要 { $needed } MiB。
error-memory-demo-no-room-hint = 请关闭一些程序后再试，或运行 autocut-tray memory-demo --demo creation。
error-memory-demo-no-process = 演示用的占用内存的进程无法启动，或已被系统终止。
memory-demo-creation = 预留、保存、归还
memory-demo-reserved = 已为解码预留 { $mib } MiB，上限 { $limit } MiB。
memory-demo-waits = 描述需要 { $mib } MiB，但只剩 { $free } MiB，因此等待。
memory-demo-served = 解码归还内存后，描述在 { $milliseconds } 毫秒后继续。
memory-demo-leak = 发现 { $count } 处预留未归还，共 { $mib } MiB，已收回。
memory-demo-created = 已创建 { $count } 项资源，共 { $mib } MiB。本程序实际增加 { $grown } MiB。
memory-demo-skip = 闲置 { $seconds } 秒（此处直接跳过）。
memory-demo-expired = 已过期的内容被释放：{ $freed } MiB（{ $kinds }）。
memory-demo-halved = 释放一半画面：{ $freed } MiB（{ $kinds }）。
memory-demo-pattern = 释放名称符合 demo-audio* 的内容：{ $freed } MiB（{ $kinds }）。
memory-demo-priority = 其余内容按优先级释放：{ $freed } MiB（{ $kinds }）。
memory-demo-left = 还剩 { $mib } MiB。本程序现在占用 { $own } MiB。
memory-demo-pressure = 内存变紧张，随后恢复
memory-demo-plan = 可用内存 { $available } MiB。另一个进程最多占用 { $pressure } MiB；可归还的画面有 { $cache } MiB。各项阈值已调近。
memory-demo-child = 另一个进程占用 { $mib } MiB。
memory-demo-level = { $level ->
    [OK] 内存恢复正常：可用 { $available } MiB。
    [WARN] 内存紧张：可用 { $available } MiB。
   *[EMERGENCY] 内存告急：可用 { $available } MiB。
}
memory-demo-reclaimed = 已归还 { $freed } MiB（应归还 { $claimed } MiB），{ $seconds } 秒后确认。
memory-demo-degraded = 此时不会在本机运行模型。工作已暂停，队列保留。
memory-demo-back = 工作继续。
memory-demo-end = 一切如预期。
memory-demo-incomplete = 部分步骤未在时限内完成：期间其他程序占用或释放了内存。请在电脑空闲时再试。
