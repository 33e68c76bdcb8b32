## 多处共用的词语。

yes = 是
no = 否
unknown = 未知
tier-GPU = GPU
tier-CPU = CPU
tier-CLOUD = 云端
tier-PAUSED = 已暂停
level-OK = 正常
level-WARN = 内存告警
level-EMERGENCY = 紧急
