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
