## 同时处理多个视频，以及对单个任务的安排。

setting-analysis-videos-at-once = 同时处理的视频数
setting-analysis-videos-at-once-help = 描述前一个视频时，先读取下一个。自动模式按处理器、内存和运行方式决定；内存不足或需优先让给剪辑软件时，无论如何选择都只处理一个。
setting-analysis-videos-at-once-auto = 自动
setting-analysis-videos-at-once-1 = 一个
setting-analysis-videos-at-once-2 = 两个
setting-analysis-videos-at-once-3 = 三个
setting-analysis-videos-at-once-4 = 四个

videos-chosen = 按你的选择，同时处理 { $n } 个视频。
videos-threads = 处理器有 { $threads } 个线程：描述一个视频时，可同时读取 { $n } 个。
videos-threads-unknown = 不清楚处理器有多少线程：一次只处理一个视频。
videos-small = 这一档的电脑最多同时处理两个。
videos-cpu-tier = 模型本身在处理器上运行：一次只处理一个视频。
videos-ram = 目前的空闲内存不够再多处理一个。
videos-ram-unknown = 不清楚空闲内存有多少：一次只处理一个视频。
videos-budget = 工作内存不够再多处理一个。
videos-alert = 因告警而减少同时处理的数量。
videos-cpu = 处理器繁忙：一次只读取一个视频。
videos-memory = 内存不足：一次只处理一个视频。
videos-editor = 剪辑软件优先：一次只处理一个视频。

waiting-by-person = 你已暂停该任务；继续后会从停下的地方接着做。
error-job-over = 该任务已经结束。
error-jobs-paused = 有任务被你暂停。
error-jobs-paused-hint = 用 autocut-tray jobs --resume JOB 可让任务继续。
cli-jobs-pause = 暂停此任务，直到再让它继续；其他任务照常进行。
cli-jobs-resume = 让已暂停的任务继续。
cli-jobs-next = 把此任务排到最前面。
cli-progress-beside = { $name } 和另外 { $n } 个
ui-videos = { $n } 个视频
ui-job-action-pause = 暂停此任务
ui-job-action-resume = 继续
ui-job-action-next = 接下来处理此任务
ui-job-next = 排在最前
cli-status-videos = 同时处理的视频：{ $n } 个。{ $why }
