## A receipt's proof: who held the memory, and what came back of it.

ui-receipt-key-held = Held by
ui-receipt-key-freed = Freed
ui-receipt-key-model = Model

receipt-held = { $list } GB
receipt-held-rest = other { $n }
receipt-model-unchanged = { $model }, unchanged
receipt-unknown = not known
receipt-freed-nothing = nothing: this program held none of it
receipt-freed-unmeasured = given back, but nobody can measure how much
receipt-freed-still = { $result }; { $holder } still holds { $rest }
receipt-culprit-vram = { $holder } held { $held } of VRAM.
receipt-culprit-ram = { $why } { $holder } held { $held } of memory.
ui-event-freed = { $freed } of { $claimed } freed

cli-receipts-held = held by: { $held }
cli-receipts-freed = freed: { $freed }
