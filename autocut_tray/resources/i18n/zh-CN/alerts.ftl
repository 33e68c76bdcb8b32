## 告警：哪项读数超出了限值，以及依据。

alert-cpu-warn = 处理器繁忙
alert-cpu-critical = 处理器满负荷
alert-memory-warn = 内存占用偏高
alert-memory-critical = 内存即将耗尽
alert-queue-warn = 队列较长
alert-queue-critical = 队列过长
alert-response-warn = 描述较慢
alert-response-critical = 描述过慢

alert-cpu-why = 占用 { $value }% 达 { $held } 秒，超过 { $limit }% 的限值。
alert-memory-why = 占用 { $value }% 达 { $held } 秒，超过 { $limit }% 的限值。
alert-queue-why = { $value } 个任务等待达 { $held } 秒，超过 { $limit } 个的限值。
alert-response-why = 每次需要 { $value } 秒，已达 { $held } 秒之久，限值为 { $limit } 秒。
alert-scaled = { $why }在此期间减少同时描述的镜头数。
