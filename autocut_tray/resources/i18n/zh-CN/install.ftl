## 安装、退出，以及程序中包含的内容。

cli-quit = 退出正在运行的程序，并等到它完全退出。
cli-quit-wait = 最多等待多少秒。
cli-licences = 列出本程序包含的第三方组件及其许可证。
quit-done = AutoCut Director 已退出。
quit-none = AutoCut Director 没有在运行。
error-still-running = AutoCut Director 在 { $seconds } 秒内没有退出。
error-cannot-quit = AutoCut Director 正在另一个程序中运行，无法从这里退出。
error-cannot-quit-hint = 请退出使用它的那个程序。
error-no-licence-list = 只有安装版才带有许可证列表；当前程序直接从源代码运行，各软件包自带许可证。
