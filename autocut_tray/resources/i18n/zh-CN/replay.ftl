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
