## 自检（`--selftest DIR`）。

selftest-usage = 自检不认识 { $argument }，或者它后面缺少内容。可用的写法是 --selftest 文件夹 和 --lang 语言。
selftest-passed = 正常  { $name }：{ $detail }
selftest-failed = 失败  { $name }：{ $detail }
selftest-whole = { $n } 个部分全部正常。结果和截图在 { $folder }。
selftest-broken = { $n } 个部分中有 { $failed } 个不正常，原因见 { $folder } 中的 selftest.json。

selftest-step-texts = 文本
selftest-step-resources = 程序文件
selftest-step-window-en = 英文窗口
selftest-step-window-zh-cn = 中文窗口
selftest-step-plots = 启动与曲线图
selftest-step-clip = 测试片段
selftest-step-worker = 镜头检测
selftest-step-exports = 导出
selftest-step-contact-sheet = 缩略图总览
selftest-step-report = 报告
selftest-step-api = API

selftest-texts = 两种语言各有 { $n } 条文本。
selftest-texts-wrong = 有 { $n } 条文本缺失或有误：{ $names }。
selftest-resources = { $n } 个文件都在。
selftest-resources-missing = 有 { $n } 个文件缺失或为空：{ $names }。
selftest-window = 已绘制 { $n } 个页面。
selftest-page-empty = 页面 { $page } 是空的。
selftest-picture-unsaved = 页面 { $page } 的截图无法保存。
selftest-plots = 启动 { $seconds } 秒后绘出了曲线图。
selftest-plots-wrong = 启动共有 { $n } 个阶段，程序只完成了 { $stages } 个就结束了。
selftest-clip = 已生成 { $kib } KiB 的片段。
selftest-worker = 找到 { $n } 个镜头，位置逐帧无误。
selftest-worker-wrong = 找到的镜头是 { $found }，片段中实际是 { $meant }。
selftest-exports = { $n } 种格式已写出，读回无误。
selftest-exports-wrong = 有 { $n } 种格式没有正确写出：{ $reasons }。
selftest-sheet = { $n } 个镜头已绘制成 PNG 和 PDF。
selftest-sheet-wrong = 缩略图总览不完整：{ $reason }。
selftest-report = 已绘制 { $kib } KiB 的 PDF。
selftest-report-wrong = 报告不是 PDF 文件。
selftest-api = 带令牌时作了应答，不带令牌时予以拒绝，并按要求结束。
selftest-api-silent = API 没有启动。
selftest-api-wrong = 带令牌和不带令牌时，API 的应答是 { $found }，应为 [200, 401]。
selftest-api-end = 提供 API 的程序结束时返回了 { $status }。

selftest-died = 进程结束时返回了 { $status }：{ $said }
selftest-too-slow = 超过了 { $seconds } 秒，已被终止。
selftest-not-started = 进程没有启动：{ $reason }。
selftest-unforeseen = 发生了意料之外的情况：{ $reason }
selftest-offscreen = { $detail }没有显示器，因此在屏幕外绘制。
