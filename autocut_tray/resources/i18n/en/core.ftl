## Words that many parts share.

yes = yes
no = no
unknown = unknown
tier-GPU = GPU
tier-CPU = CPU
tier-CLOUD = Cloud
tier-PAUSED = Paused
level-OK = OK
level-WARN = memory warning
level-EMERGENCY = emergency
