## 本地 API：拒绝的原因、设置，以及设置页上的卡片。

api-bad-host = 请求的地址不是这台电脑自己的地址。
api-bad-host-hint = 请使用 api.json 中的地址：127.0.0.1 或 localhost 加端口。
api-foreign-origin = 请求来自其他网站的页面，已拒绝。
api-foreign-origin-hint = 请从这台电脑上的程序发出请求。
api-bad-path = 不可能有这样的路径。
api-method-not-allowed = 此处不支持这种操作。
api-wants-json = 请求正文必须是 JSON。
api-wants-json-hint = 请发送 Content-Type: application/json 标头。
api-too-large = 请求正文过大，最多 64 KiB。
api-too-many-headers = 请求标头过大，最多 16 KiB。
api-no-token = 没有出示令牌，或令牌有误。
api-no-token-hint = 请发送 Authorization: Bearer 标头，后接 api.json 中的令牌。
api-too-many-wrong-tokens = 错误令牌过多，一分钟内不再接受任何请求。
api-too-many-wrong-tokens-hint = 请稍候，再使用 api.json 中的令牌。可在设置中更换令牌。
api-bad-json = 请求正文不是合格的 JSON。
api-bad-json-hint = 每个键只能出现一次，数字必须有效，文本须为 UTF-8。
api-json-too-deep = 请求正文嵌套过深。
api-bad-http = 这不是合格的 HTTP 请求。
api-not-found = 此地址没有内容。
api-invalid = 以下内容不符合要求：{ $places }。
api-invalid-hint = 允许的取值见 /openapi.json。
api-not-detected = 仍在检测这台电脑。
api-not-detected-hint = 请几秒后再试。
api-too-many-streams = 同时跟踪任务的程序过多。
api-too-many-streams-hint = 请关闭一个，或改为隔一段时间查询任务。
api-bad-file = 这不是这台电脑上文件或文件夹的绝对路径。
api-outside-folders = 它不在对程序开放的文件夹内。
api-outside-folders-hint = 请在设置的“本地 API”中添加它所在的文件夹。
api-not-recommended = 当前没有这项建议，因此不会执行。
api-not-recommended-hint = 请从建议列表中选择操作。
api-no-such-action = 没有启动过这项操作。
api-no-such-action-hint = 操作列表中有本次运行的全部操作。
api-persons-setting = API 自身和云端的设置只能由人在窗口或命令行中更改。
api-persons-setting-hint = 请打开设置，或运行 autocut-tray settings。
api-no-port = 这台电脑上没有可供本地 API 使用的端口。

ui-settings-api = 本地 API
setting-api-enabled = 本地 API
setting-api-enabled-help = 这台电脑上的其他程序可以查询和控制 AutoCut Director，其他电脑和网页不能。
setting-api-port = 端口
setting-api-port-help = 被占用时改用其他端口，实际地址见上方。
setting-api-folders = 对程序开放的文件夹
setting-api-folders-help = 程序可以分析其中的视频，并导出到其中。用英文分号分隔，留空则不开放。
setting-api-docs = 无需令牌即可查看说明
setting-api-docs-help = 这台电脑上的任何程序都能打开 /docs 和 /openapi.json，其中没有你的任何信息。

ui-setting-nothing = 无
ui-api-off = 已关闭，没有打开任何端口。
ui-api-on = 地址：{ $url }。令牌保存在 { $file }。
ui-api-copy = 复制令牌
ui-api-rotate = 更换令牌
ui-api-copied = 令牌已复制到剪贴板。持有它的人可以控制本程序。
ui-api-rotated = 已更换令牌，使用旧令牌的程序从现在起会被拒绝。

cli-serve = 不显示窗口，打开本地 API，一直运行到被结束。
