## What was given back of memory: how much, of what, why, and how it went.

release-freed = { $freed } given back
release-nothing = Nothing came back
release-unmeasured = Memory given back
release-result = { $freed } of { $claimed } in { $seconds } s
release-result-unmeasured = not measured, { $seconds } s

release-why-expired = Not used for a while: { $what }.
release-why-asked = Asked for: { $what }.
release-why-warn = Memory was short: { $what }.
release-why-pressure = Room was needed: { $what }.
release-why-emergency = Memory was nearly used up: { $what }.

release-kind-model-shards = model on the graphics card
release-kind-model-weights-cache = model in main memory
release-kind-render-cache = pictures on the screen
release-kind-temp-buffers = pictures on their way
release-kind-audio-cache = sound
release-kind-subtitle-index = subtitles and search texts
release-kind-none = nothing
release-model-shards = { $name } on the graphics card
release-model-weights-cache = { $name } in main memory
release-list = { $first }, { $second }
release-list-more = { $first } and { $n } more

## The command "memory".

cli-memory = What the program holds in memory, and what it gave back.
cli-memory-days = How many days back the list goes.
cli-memory-held = Can be given back: { $bytes }
cli-memory-held-none = Can be given back: nothing now
cli-memory-held-kind = { $kind }: { $bytes }
cli-memory-held-unknown = { $kind }: size not known
cli-memory-budget = Reserved for work: { $used } of { $limit }, at most { $peak } so far
cli-memory-model = { $model } is in memory at { $server }: { $bytes } ({ $ours ->
    [yes] loaded by this program
   *[no] loaded by another program
})
cli-memory-not-running = The program is not running, so it holds nothing.
cli-memory-released = Given back:
cli-memory-released-none = Nothing was given back in this time.

## The command "receipts".

cli-receipts = Every change of tier or memory level, with its proof.
cli-receipts-days = How many days back the list goes.
cli-receipts-hint = autocut-tray undo takes the last one back, autocut-tray pin TIER holds a tier.
