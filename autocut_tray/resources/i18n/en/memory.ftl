## Memory: the file of release rules, the budget, and the demo.

memory-policy-unreadable = { $file } in the settings folder cannot be used: { $reason }. The usual rules for giving memory back apply.
memory-policy-version = { $file } in the settings folder is of version { $version }, which this program does not know. The usual rules for giving memory back apply.
memory-policy-kind = { $file }: there is nothing called { $kind }, so it is ignored. Use { $kinds }.
memory-policy-section = { $file }: { $kind } must be a list of names and values. Its usual rules apply.
memory-policy-key = { $file }: { $key } is not known, so it is ignored. Use { $keys }.
memory-policy-seconds = { $file }: { $key } is { $value }, but must be a number of seconds from 1 to 86400. It stays at { $kept }.
memory-policy-priority = { $file }: { $key } is { $value }, but must be a whole number from 1 to 100. It stays at { $kept }.
memory-policy-switch = { $file }: { $key } is { $value }, but must be true or false. It stays at { $kept }.

error-memory-budget-too-small = This needs { $needed } MiB at once, but only { $limit } MiB are set aside for work.
error-memory-budget-too-small-hint = Allow more in Settings, Memory.

cli-memory-demo = Show what happens when memory gets short, with a little memory that is really taken.
cli-memory-demo-demo = all, creation or pressure.
error-no-such-demo = There is no demo { $demo }: use one of { $demos }.
error-memory-demo-no-room = Only { $available } MiB of memory are free. The demo leaves your other programs alone, so it needs { $needed } MiB.
error-memory-demo-no-room-hint = Close something and try again, or run autocut-tray memory-demo --demo creation.
error-memory-demo-no-process = The process that takes memory for the demo could not be started, or the system ended it.
memory-demo-creation = Reserve, keep, give back
memory-demo-reserved = { $mib } of { $limit } MiB are reserved for decoding.
memory-demo-waits = Describing asks for { $mib } MiB. Only { $free } are left, so it waits.
memory-demo-served = Decoding gives its memory back. Describing goes on { $milliseconds } ms later.
memory-demo-leak = { $count ->
    [one] { $count } reservation was never given back: { $mib } MiB, found and taken back.
   *[other] { $count } reservations were never given back: { $mib } MiB, found and taken back.
}
memory-demo-created = { $count } resources with { $mib } MiB are created. This program grew by { $grown } MiB.
memory-demo-skip = { $seconds } s pass without use (skipped here).
memory-demo-expired = What has expired is released: { $freed } MiB ({ $kinds }).
memory-demo-halved = Half of the pictures is released: { $freed } MiB ({ $kinds }).
memory-demo-pattern = Everything named demo-audio* is released: { $freed } MiB ({ $kinds }).
memory-demo-priority = The rest is released by priority: { $freed } MiB ({ $kinds }).
memory-demo-left = { $mib } MiB are left. This program takes { $own } MiB now.
memory-demo-pressure = Memory gets short, and there is room again
memory-demo-plan = { $available } MiB are available. A second process will take up to { $pressure } MiB; { $cache } MiB of pictures can be given back. The limits are moved near.
memory-demo-child = The second process holds { $mib } MiB.
memory-demo-level = { $level ->
    [OK] Memory is fine again: { $available } MiB available.
    [WARN] Memory is short: { $available } MiB available.
   *[EMERGENCY] Emergency: { $available } MiB available.
}
memory-demo-reclaimed = Given back: { $freed } of { $claimed } MiB, proven after { $seconds } s.
memory-demo-degraded = No model would run here now. Work is paused, and the queue is kept.
memory-demo-back = Work goes on.
memory-demo-end = Everything came as it should.
memory-demo-incomplete = Not everything came in time: other programs took or gave back memory meanwhile. Try again when the PC is quieter.
