## 磁盘预留空间。

waiting-disk-low = 磁盘只剩 { $free } MiB 可用。腾出空间，达到 { $needed } MiB 后会自动开始新任务。
