## The fire drill.

drill-nothing = There is no way to describe scenes on this PC yet, so there is nothing to try.
drill-nothing-hint = Start Ollama or LM Studio with a vision model, then try again.
drill-busy = A job is working, and a drill must not disturb it.
drill-busy-hint = Pause it or wait until it ends, then try again.

drill-title = Fire drill
drill-running = Trying { $tier } · { $model }
drill-passed = { $count ->
    [one] The only way to work was tried and works.
   *[other] All { $count } ways to work were tried and work.
}
drill-failed = { $working } of { $count } ways to work held up today.
drill-rung-works = { $tier } · { $model }: answered the test picture after { $seconds } s, loading included.
drill-rung-broken = { $tier } · { $model }: { $why }
drill-vram = Holds { $held } GB of VRAM.
drill-scene = A scene takes about { $seconds } s.
drill-walk = With made-up readings and the limits in force:

drill-pressure-vram = Another program fills the VRAM
drill-pressure-server-gone = The model server goes away
drill-pressure-cloud-gone = The cloud goes away
drill-pressure-memory = Memory is nearly used up
drill-pressure-none = All is well again
drill-step = { $pressure }: { $target } after { $seconds } s.
drill-step-failures = { $pressure }: { $target } after { $count ->
    [one] one failure
   *[other] { $count } failures
}.
drill-step-missing = { $pressure }: work would stay on { $source }. Look at the limits in the settings.

ui-drill-start = Try now
ui-drill-sub = Every way to work answers a test picture, and the steps between them are played through. Jobs are left alone.
