## 哪些内容可以离开这台电脑，以及花费多少。单位前用不换行空格。

error-parcel-refused = 这张画面不够小或含有其他数据，不能离开这台电脑，没有发送任何内容。
error-outcome-unknown = 这个镜头已向 { $host } 发送两次，均未得到回应。为避免重复付费，今天不再发送。
error-own-cap =
    { $cap ->
        [requests] 今天的云端请求次数已达上限，今天不再发送。
        [day] 今天的花费已达上限，今天不再发送。
       *[month] 本月的花费已达上限，本月不再发送。
    }
error-own-cap-hint = 请在设置中提高上限，或改在这台电脑上描述。
egress-warning =
    { $cap ->
        [requests] 今天的云端请求次数已用 { $percent }%。
        [day] 今天的花费上限已用 { $percent }%。
       *[month] 本月的花费上限已用 { $percent }%。
    }
egress-pictures = 描述镜头
egress-texts = 规划粗剪

## 命令行：cloud。

cli-cloud = 哪些内容可以离开这台电脑：许可、上限和发送记录。
cli-cloud-action = 要做什么：{ $actions }。
cli-cloud-name = openai、deepseek、ollama 或 lmstudio。
cli-cloud-for = vision（画面）或 planning（文字）；只有一种可能时不必填写。
cli-cloud-price = 价格未知时，每次请求的价格（美元）。
cli-cloud-yes = 不再询问。
cli-cloud-days = 最近多少天。
cli-cloud-none = 没有任何许可，任何内容都不会离开这台电脑。
cli-cloud-ledger-none = 还没有任何内容离开这台电脑。
cli-cloud-asked = 是否允许？请输入 yes：
cli-cloud-not-asked = 没有作出任何许可。
cli-cloud-allowed = 已允许：{ $model }，{ $server }，用于{ $purpose }。
cli-cloud-revoked = 已收回：{ $model }，{ $server }，用于{ $purpose }。不会再向那里发送任何内容。
cli-cloud-nothing-to-revoke = 那里没有可收回的许可。
cli-cloud-spent-words = 今天：{ $day } / { $dayCap } 美元，{ $requests } / { $most } 次请求；本月：{ $month } / { $monthCap } 美元。
cli-col-cloud-server = 去向
cli-col-cloud-model = 模型
cli-col-cloud-for = 用途
cli-col-cloud-state = 状态
cli-col-cloud-cost = 最多（美元）
cli-col-when = 时间
cli-col-frames-sent = 画面
cli-col-size = 大小
cli-col-cost = 美元
error-cloud-action = cloud 不支持 { $action }，可用：{ $actions }。
error-cloud-name = 目前不能允许 { $name }。可选：{ $names }。
error-cloud-needs-yes = 没有作出任何许可：这里无法询问。请加上 --yes 再试。
error-cloud-price-bad = { $price } 不是金额。

cloud-state-allowed = 已允许
cloud-state-no-consent = 未允许
cloud-state-no-key = 没有密钥
cloud-state-no-tls = 地址不是 https
cloud-state-no-price = 价格未知
ledger-state-settled = 已回应
ledger-state-reserved = 尚无回应，按全额计
ledger-state-unknown = 没有回应，按全额计
ledger-state-not-sent = 未发送

## 征求同意的文字。同意的内容就在这些文字里：意思改变时，CONSENT_TEXT 也要改变。

consent-title-pictures = 允许把画面发送到 { $server } 吗？
consent-title-texts = 允许把描述发送到 { $server } 吗？
consent-title-pictures-own = 允许把画面发送到 { $host } 上的 { $server } 吗？
consent-title-texts-own = 允许把描述发送到 { $host } 上的 { $server } 吗？
consent-where-own = 经加密发送到你自己的服务器 { $host }，由 { $model } 处理。
consent-what-pictures = 每个镜头一张画面，长镜头最多四张，每张最长边不超过 768 像素，并询问画面内容。不发送文件名、路径、声音，也不含拍摄地点和时间。
consent-what-texts = 镜头的描述，以及你对粗剪的要求。不发送画面、文件名、路径和声音。
consent-where = 经加密发送到 { $host }，由 { $model } 处理。到达之后如何处理，由 { $server } 决定。
consent-where-here = 发送给这台电脑上位于 { $host } 的程序，由 { $model } 处理；该程序可能会继续转发。
consent-first =
    { $n ->
        [0] 目前没有等待发送的画面。每张约 10 到 80 kB。
       *[other] 首先向 { $host } 发送 { $n } 张画面，共 { $size }。
    }
consent-cost = 每次请求最多 { $worst } 美元。价格来自 { $source }（{ $date }）。
consent-cost-person = 每次请求 { $worst } 美元，由你填写。
consent-cost-unknown = 不清楚那里每次请求的价格。请填写：没有价格就不发送。
consent-cost-own = 自己的服务通常不按次收费；如果收费，请填写价格。
consent-caps = 每天不超过 { $day } 美元，每月不超过 { $month } 美元，每天不超过 { $requests } 次请求。可在设置中修改。
consent-back = 你可以随时在设置中收回许可，立即生效，正在发送的内容也会停止。
consent-ledger = 离开这台电脑的所有内容都列在“事件”中。
