## 变化记录的依据：谁占用了内存，归还了多少。

ui-receipt-key-held = 占用者
ui-receipt-key-freed = 释放
ui-receipt-key-model = 模型

receipt-held = { $list } GB
receipt-held-rest = 其他 { $n }
receipt-model-unchanged = { $model }，未变
receipt-unknown = 未知
receipt-freed-nothing = 无：本程序没有占用
receipt-freed-unmeasured = 已释放，但无法测得多少
receipt-freed-still = { $result }；{ $holder } 仍占用 { $rest }
receipt-culprit-vram = { $holder } 占用了 { $held } 显存。
receipt-culprit-ram = { $why }{ $holder } 占用了 { $held } 内存。
ui-event-freed = 释放 { $freed } / { $claimed }

cli-receipts-held = 占用者：{ $held }
cli-receipts-freed = 释放：{ $freed }
