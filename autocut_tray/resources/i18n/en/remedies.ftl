## Recommendations carried out. A no-break space stands before units.

remedy-pull-preparing = Asking for { $model }.
remedy-pull-downloading = Downloading { $model }.
remedy-pull-verifying = Checking what was downloaded of { $model }.
remedy-pull-finishing = Putting { $model } in its place.
remedy-pull-retrying = The connection was lost. Trying again in { $seconds } s; what was downloaded is kept.
remedy-pull-done = { $model } is ready.
remedy-pull-current = { $model } is already here and up to date.
remedy-pull-cancelled = Cancelled. What was downloaded of { $model } is kept, and the next download goes on from there.

remedy-lmstudio-downloading = LM Studio is downloading { $model }. Only LM Studio itself can stop it.
remedy-lmstudio-paused = The download of { $model } is paused in LM Studio. Resume it there.
remedy-lmstudio-goes-on = LM Studio goes on downloading { $model }.

remedy-start-running-up = Starting { $server }.
remedy-start-done = { $server } is running.
remedy-start-running = { $server } was running already.
remedy-start-cancelled = No longer waiting for { $server }. It may still come up.

remedy-freeing = Freeing the VRAM that AutoCut Director's models hold in { $server }.
remedy-freed = Freed { $freed } of { $held } in { $seconds } s.
remedy-freed-part = Freed { $freed } of { $held }. { $server } still holds { $rest }.
remedy-freed-taken = Freed { $freed } of { $held }. Another program took the rest.
remedy-freed-unmeasured = { $server } unloaded AutoCut Director's models in { $seconds } s. How much that freed cannot be measured on this PC.

remedy-model-choosing = Choosing { $model }.
remedy-model-used = { $model } describes scenes from now on. To choose another model, open Settings, Model servers.

remedy-page-opening = Opening the page in your browser.
remedy-page-done = The page is open in your browser.
remedy-detect-done = Looking at this PC again.

## Figures of a download.

remedy-amount = { $done } of { $total }
remedy-rate = { $rate }
remedy-left = about { $span } left
remedy-span-s = { $s } s
remedy-span-min = { $m } min
remedy-span-min-s = { $m } min { $s } s
remedy-span-h = { $h } h
remedy-span-h-min = { $h } h { $m } min

## Downloads with Ollama that failed.

error-pull-server-silent = Ollama does not answer at { $host }.
error-pull-server-silent-hint = Start Ollama, then download { $model } again. What was downloaded is kept.
error-pull-interrupted = The download of { $model } broke off several times.
error-pull-interrupted-hint = Start it again: it goes on where it stopped.
error-pull-offline = Ollama cannot reach its library. This PC seems to be offline.
error-pull-offline-hint = Check the connection and the proxy, then start the download again. What was downloaded is kept.
error-pull-library-down = Ollama's library answers with an error.
error-pull-library-down-hint = Try again later. What was downloaded is kept.
error-pull-no-such-model = Ollama's library has no model { $name }.
error-pull-no-such-model-hint = Check the name at ollama.com/library.
error-pull-bad-name = { $name } is not a model's name.
error-pull-bad-name-hint = A name looks like moondream or qwen2.5:14b.
error-pull-denied = Ollama's library does not give { $name } to this account.
error-pull-denied-hint = Choose another model, or sign in with: ollama signin
error-pull-needs-newer = { $model } needs a newer Ollama.
error-pull-needs-newer-hint = Update Ollama, then download again.
error-pull-not-writable = Ollama may not write into the folder of its models.
error-pull-not-writable-hint = Give it leave to, or set OLLAMA_MODELS to another folder.
error-pull-not-ollama = What answers at { $host } is not Ollama.
error-pull-not-ollama-hint = Check the address of Ollama in the settings.
error-pull-remote = Ollama runs on another computer, so nothing was downloaded.
error-pull-remote-hint = Run this there: ollama pull { $name }
error-pull-damaged = What was downloaded of { $model } arrived damaged.
error-pull-damaged-hint = Start the download again: only the damaged part is fetched anew.
error-pull-failed = Ollama could not finish the download of { $model }.
error-pull-failed-hint = Try again. If it fails again, the details and Ollama's log say why.
error-pull-disk-full = The disk with Ollama's models is full.
error-pull-disk-full-hint = Make room, then start the download again: it goes on where it stopped.
error-pull-no-room = { $model } needs { $need } with a reserve, and { $free } is free at { $folder }.
error-pull-no-room-hint = Free { $lack } there, then start the download again.

## Downloads in LM Studio that failed.

error-lmstudio-silent = LM Studio does not answer at { $host }.
error-lmstudio-silent-hint = Switch its server on. A download that was begun goes on by itself.
error-lmstudio-too-old = This LM Studio cannot be asked to download a model; version 0.4 and newer can.
error-lmstudio-too-old-hint = Update LM Studio, or search for { $model } in it.
error-lmstudio-no-such-model = LM Studio does not find { $model }.
error-lmstudio-no-such-model-hint = Search for a vision model in LM Studio and download it there.
error-lmstudio-download-failed = LM Studio could not finish the download of { $model }.
error-lmstudio-download-failed-hint = Its list of downloads says why; start it again there.
error-lmstudio-download-lost = LM Studio no longer knows this download of { $model }.
error-lmstudio-download-lost-hint = Look at its list of downloads, and start it again there if need be.

## Servers that did not start.

error-start-remote = { $server } runs on another computer.
error-start-remote-hint = Start it there.
error-start-not-found-ollama = { $server } was not found where its installer puts it.
error-start-not-found-ollama-hint = Open { $server } yourself, then detect again.
error-start-not-found-lmstudio = The tool that starts the server of { $server } was not found.
error-start-not-found-lmstudio-hint = Open { $server } and switch its server on under Developer.
error-start-failed = { $server } did not start.
error-start-failed-hint = Open { $server } yourself; what it says there is the reason.
error-start-not-permitted = The system did not allow { $server } to be started.
error-start-not-permitted-hint = Run this in a terminal: sudo systemctl start ollama
error-start-timeout = { $server } was started and does not answer after { $seconds } s.
error-start-timeout-hint = Wait a moment and detect again. If it stays silent, open { $server } and look what it says.

## VRAM that did not come back.

error-free-nothing-ours = { $server } holds nothing that AutoCut Director loaded. Loaded there by others: { $holders }.
error-free-nothing-ours-hint = Unload it in { $server }, or in the program that uses it.
error-free-no-answer = { $server } does not say what it has loaded.
error-free-no-answer-hint = Detect again. If it stays silent, restart { $server }.

## Models that could not be chosen.

error-model-not-usable = { $server } has no { $model } that fits this PC any more, so nothing was changed.
error-model-not-usable-hint = Detect again to see what is there now.
error-model-by-environment = { $variables } in the environment or a .env file wins over the settings, so nothing was changed.
error-model-by-environment-hint = Set it to { $value } there or remove it, then start AutoCut Director again.
error-model-not-taken = The settings name { $model } in { $server } now, but it does not describe scenes.
error-model-not-taken-hint = The Overview says what does, and why. You can choose another model in Settings, Model servers.

## Pages.

error-page-not-ours = This address is not among AutoCut Director's own, so it was not opened.
error-page-not-ours-hint = Copy it into your browser if you trust it.
error-page-not-opened = No browser opened.
error-page-not-opened-hint = The address is { $address }

## The command line.

cli-pull = Download a model with Ollama.
cli-pull-model = The model's name, such as moondream or qwen2.5:14b.
cli-pull-kept = What was downloaded is kept; the next pull goes on from there.
