## 重放记录，以及重放所用的阈值。

replay-empty = 记录中没有任何内容。
replay-json = 第 { $line } 行不是有效的 JSON。
replay-object = 第 { $line } 行不是 JSON 对象，应类似 {"{"}"t": 0, "vram_used": 7200{"}"}。
replay-no-time = 第 { $line } 行没有时间：每一行都需要以秒为单位的 "t"。
replay-time-back = 第 { $line } 行的时间倒退了：从 { $before } 秒回到 { $t } 秒。
replay-value = 第 { $line } 行：{ $value } 不能作为 "{ $key }" 的值。
replay-policy = 第 { $line } 行：档位或其基准档位不在允许范围内，或档位高于基准档位。
replay-set = “{ $text }”不是阈值：请写成 名称=数值，例如 vram_on=90。

threshold-unknown = 没有名为“{ $name }”的阈值。
threshold-range = { $name } = { $value } 超出范围：应在 { $low } 到 { $high } 之间。
threshold-whole = { $name } = { $value } 不是整数。
threshold-order = { $low } = { $low_value } 高于 { $high } = { $high_value }：前者最多与后者相等。
replay-state = 第 { $line } 行由其他版本记录，当前版本无法接着重放。

## 换成其他阈值会怎样。

what-if-limit = { $limit } { $n }
what-if-limit-percent = { $limit } { $n }%
what-if-limit-mib = { $limit } { $n } MiB
what-if-limit-seconds = { $limit } { $n } 秒
what-if-limits = { $first }、{ $second }
what-if-limits-none = 当前阈值
what-if-nothing-recorded = 这段时间没有留下记录。
what-if-no-difference =
    { $n ->
        [0] 若改为“{ $limits }”，结果相同：都不会切换。
       *[other] 若改为“{ $limits }”，结果相同：都是切换 { $n } 次。
    }
what-if-switches = 若改为“{ $limits }”，会切换 { $would } 次，而不是 { $was } 次。
what-if-switches-same =
    { $n ->
        [0] 若改为“{ $limits }”，同样不会切换，但对内存的判断会不同。
       *[other] 若改为“{ $limits }”，同样切换 { $n } 次，但时刻不同。
    }
what-if-time = { $tier }：{ $would }，而不是 { $was }。
what-if-first = 首次不同在 { $time }。改后：{ $would }；实际：{ $was }。
what-if-stayed = 不变
what-if-change = { $source } → { $target }
what-if-memory-OK = 内存恢复正常
what-if-memory-WARN = 内存警告
what-if-memory-EMERGENCY = 内存紧急
what-if-uncertain = { $time } 之后为估计：所用读数来自实际发生的情况，换了阈值后读数也会不同。
what-if-covered = 有记录的时长：{ $recorded }。
