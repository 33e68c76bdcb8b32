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
