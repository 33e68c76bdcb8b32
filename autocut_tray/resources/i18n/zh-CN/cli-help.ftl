## 各命令帮助里的通用文字。

cli-help-usage = 用法：
cli-help-arguments = 参数：
cli-help-options = 选项：
cli-help-commands = 命令：
cli-help-piece-options = [选项]
cli-help-piece-command = 命令
cli-help-piece-rest = [参数]...
cli-help-show = 显示此帮助后退出。
cli-help-required = 必填
cli-help-default = 默认：{ $value }
cli-help-remarks = { $what }[{ $remarks }]
