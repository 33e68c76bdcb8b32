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

## What other limits would have changed.

what-if-limit = { $limit } { $n }
what-if-limit-percent = { $limit } { $n } %
what-if-limit-mib = { $limit } { $n } MiB
what-if-limit-seconds = { $limit } { $n } s
what-if-limits = { $first }, { $second }
what-if-limits-none = the limits as they are
what-if-nothing-recorded = Nothing is on record for this time.
what-if-no-difference =
    { $n ->
        [0] With { $limits } nothing would have been different: no switch.
        [one] With { $limits } nothing would have been different: { $n } switch, at the same moment.
       *[other] With { $limits } nothing would have been different: { $n } switches, at the same moments.
    }
what-if-switches =
    { $would ->
        [one] With { $limits } you would have switched { $would } time, not { $was }.
       *[other] With { $limits } you would have switched { $would } times, not { $was }.
    }
what-if-switches-same =
    { $n ->
        [0] With { $limits } you would not have switched either, but memory would have been judged differently.
        [one] With { $limits } you would have switched { $n } time, as you did, but not at the same moments.
       *[other] With { $limits } you would have switched { $n } times, as you did, but not at the same moments.
    }
what-if-time = { $tier }: { $would }, not { $was }.
what-if-first = First difference on { $time }: { $would }, not { $was }.
what-if-stayed = no change
what-if-change = { $source } → { $target }
what-if-memory-OK = memory fine
what-if-memory-WARN = memory warning
what-if-memory-EMERGENCY = memory emergency
what-if-uncertain = After { $time } this is an estimate: the readings belong to what really happened, and would have been different too.
what-if-covered = On record: { $recorded }.
