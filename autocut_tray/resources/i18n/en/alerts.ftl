## Alerts: what stood beyond a limit, in a few words, and why it is one.

alert-cpu-warn = Processor busy
alert-cpu-critical = Processor fully busy
alert-memory-warn = Memory filling up
alert-memory-critical = Memory nearly full
alert-queue-warn = Long queue
alert-queue-critical = Very long queue
alert-response-warn = Descriptions are slow
alert-response-critical = Descriptions are very slow

alert-cpu-why = { $value } % busy for { $held } s, above the limit of { $limit } %.
alert-memory-why = { $value } % in use for { $held } s, above the limit of { $limit } %.
alert-queue-why = { $value } jobs waiting for { $held } s, above the limit of { $limit }.
alert-response-why = One takes { $value } s, for { $held } s now. The limit is { $limit } s.
alert-scaled = { $why } Fewer are described at once until it is over.
