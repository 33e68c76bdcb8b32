## 离开这台电脑的内容合计。

ui-sums-month = 本月上传到云端
ui-sums-list = 此列表中上传到云端
ui-sums-note = 离开过这台电脑的所有内容都列在这里。
ui-sums-requests = 请求
ui-sums-frames = 发送的画面
ui-sums-bytes = 发送的数据
ui-sums-cost = 费用
ui-sums-of = / { $cap }
ui-sums-locked = 永不上云的任务
ui-sums-line = { $requests } 次请求、{ $frames } 张画面、{ $size }、{ $cost }
ui-sums-place = { $host } 的 { $model }：{ $sums }
ui-sums-place-unknown = { $line }（其中 { $n } 次没有回应，按全额计）
ui-sums-more = 以及另外 { $n } 处
ui-sums-sum = 合计

cli-cloud-ledger-sums = { $days } 天合计：{ $requests } 次请求、{ $frames } 张画面、{ $size }、{ $cost } 美元
