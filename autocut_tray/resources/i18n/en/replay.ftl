## Replaying a trace, and the limits it can be replayed against.

replay-empty = The trace has no lines.
replay-json = Line { $line } is not JSON.
replay-object = Line { $line } is not a JSON object, like {"{"}"t": 0, "vram_used": 7200{"}"}.
replay-no-time = Line { $line } has no time: every line needs "t", in seconds.
replay-time-back = Line { $line } goes back in time, from { $before } to { $t } s.
replay-value = Line { $line }: { $value } is not a value for "{ $key }".
replay-policy = Line { $line }: the tier or its base is not among the allowed tiers, or the tier is above the base.
replay-set = "{ $text }" is not a limit: write NAME=NUMBER, like vram_on=90.

threshold-unknown = There is no limit named "{ $name }".
threshold-range = { $name } = { $value } is out of range: { $low } to { $high }.
threshold-whole = { $name } = { $value } is not a whole number.
threshold-order = { $low } = { $low_value } is above { $high } = { $high_value }; it may be equal at most.
replay-state = Line { $line } was recorded by another version, which this one cannot continue.
