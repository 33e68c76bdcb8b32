## 把时间线发送到正在运行的 DaVinci Resolve。

cli-send = 把任务的时间线发送到 DaVinci Resolve Studio 当前打开的项目。
cli-send-scenes = 只发送这些镜头，按此顺序；不写则全部发送。
ui-send-resolve = 发送到 DaVinci Resolve
resolve-sent = 时间线 { $timeline }（{ $n } 个片段）已在 DaVinci Resolve 的项目 { $project } 中。
resolve-other-rate = 项目为 { $project } fps，这条时间线为 { $timeline } fps。请在 Resolve 中核对新时间线的帧率。
error-resolve-missing = 这台电脑没有安装 DaVinci Resolve 的脚本接口。
error-resolve-missing-hint = 请安装 DaVinci Resolve Studio，或导出文件后手动导入。
error-resolve-silent = DaVinci Resolve 没有响应。
error-resolve-silent-hint = 只有 Studio 版接受其他程序发送的时间线。请启动它，并把 偏好设置 ▸ 系统 ▸ 常规 ▸ 外部脚本使用 设为“本地”。免费版请导出文件后手动导入。
error-resolve-no-module = 无法加载 DaVinci Resolve 的脚本接口。
error-resolve-no-module-hint = 请更新 DaVinci Resolve，或导出文件后手动导入。
error-resolve-no-project = DaVinci Resolve 没有打开任何项目。
error-resolve-no-project-hint = 请打开要放入时间线的项目，然后重新发送。
error-resolve-refused = DaVinci Resolve 没有接受这条时间线。
error-resolve-refused-hint = 请关闭 Resolve 中打开的对话框后重试，或导出文件后手动导入。
error-resolve-slow = DaVinci Resolve 一分钟内没有响应。
error-resolve-slow-hint = 那边可能有对话框未关闭。请先关闭它，并查看时间线是否已经到达，再重新发送。
error-resolve-failed = 与 DaVinci Resolve 通信失败。
error-resolve-failed-hint = 请重启 DaVinci Resolve 后重试，或导出文件后手动导入。
