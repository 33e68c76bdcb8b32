## 桌面：开机启动、托盘图标样式、编辑模型写的描述。

setting-ui-autostart = 开机启动
setting-ui-autostart-help = 登录后自动启动，只显示托盘图标。
setting-ui-minimize-to-tray = 最小化到托盘
setting-ui-minimize-to-tray-help = 最小化后，任务栏中也不再显示窗口。
setting-ui-tray-style = 托盘图标
setting-ui-tray-style-help = 圆点只显示状态是否正常；完整图标还显示在哪里运行、占用了多少内存。
setting-ui-tray-style-full = 完整
setting-ui-tray-style-dot = 圆点

ui-job-action-never-cloud = 绝不上云
ui-events-save = 导出此列表（CSV）…
ui-settings-search = 搜索设置
ui-settings-none-found = 没有包含这些词的设置。
ui-plots = 显存、内存、处理器和失败率曲线。方向键移动，加号和减号缩放。
