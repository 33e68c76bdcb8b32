## Why a model server is of no use now: `problem` of a server in the profile.

ollama-silent = Nothing answers at Ollama's address. Start Ollama, then detect again.
ollama-no-reply = Something listens at Ollama's address but does not reply. Restart Ollama, then detect again.
ollama-strange = What answers at Ollama's address is not Ollama. Check OLLAMA_HOST.
ollama-refuses = Ollama refuses this address. Use the IP address of its machine in OLLAMA_HOST.
ollama-bad-address = OLLAMA_HOST is not an address that can be reached.
ollama-tls-failed = The certificate at Ollama's address is not trusted, so nothing was asked there.
lmstudio-silent = Nothing answers at LM Studio's address. Start the server in LM Studio, then detect again.
lmstudio-no-reply = Something listens at LM Studio's address but does not reply. Restart its server, then detect again.
lmstudio-strange = What answers at LM Studio's address lists no models. Check LMSTUDIO_HOST.
lmstudio-bad-address = LMSTUDIO_HOST is not an address that can be reached.
lmstudio-bad-key = The token for LM Studio has characters that cannot be sent. Enter it again.
lmstudio-tls-failed = The certificate at LM Studio's address is not trusted, so nothing was asked there.
lmstudio-wants-token = LM Studio answers but wants an API token. Enter it in the settings, or turn tokens off in LM Studio.
lmstudio-token-refused = LM Studio refuses the API token. Enter the one it shows now.

## What is different from the last launch.

change-cpu = New processor: { $after } instead of { $before }.
change-memory-more = More memory: { $after } instead of { $before }.
change-memory-less = Less memory: { $after } instead of { $before }.
change-gpu-new = New graphics card: { $gpu }.
change-gpu-new-vram = New graphics card: { $gpu } with { $vram }.
change-gpu-gone = The graphics card { $gpu } is gone.
change-vram = { $gpu } now has { $after } of VRAM, before { $before }.
change-driver = New { $vendor } driver: { $after }, before { $before }.
change-server-new = { $server } is new on this PC.
change-server-gone = { $server } is gone.
change-server-answers = { $server } answers now.
change-server-silent = { $server } does not answer any more.
change-server-version = { $server } went from { $before } to { $after }.
change-server-address = { $server } is now looked for at { $after }, before at { $before }.
change-models-added =
    { $count ->
        [one] { $server } has a new model: { $models }
       *[other] { $server } has { $count } new models: { $models }
    }{ $more ->
        [0] .
       *[other] {" "}and { $more } more.
    }
change-models-removed =
    { $count ->
        [one] The model { $models } was removed from { $server }
       *[other] { $count } models were removed from { $server }: { $models }
    }{ $more ->
        [0] .
       *[other] {" "}and { $more } more.
    }
change-editor-new = { $editor } is new on this PC.
change-editor-new-version = { $editor } { $version } is new on this PC.
change-editor-gone = { $editor } is gone.
change-editor-version = { $editor } went from { $before } to { $after }.

## A profile in a file that cannot be used.

error-profile-document = This is not a profile: the file does not hold a JSON object.
error-profile-not-json = { $file } is not a JSON file.
error-profile-too-large = { $file } is too large to be a profile.
error-profile-unreadable = { $file } cannot be read: { $reason }.
error-profile-object = { $key } must be an object, in braces.
error-profile-list = { $key } must be a list, in square brackets.
error-profile-text = { $key } must be a text, in quotes.
error-profile-number = { $key } must be a number.
error-profile-whole = { $key } must be a whole number.
error-profile-flag = { $key } must be true or false.
error-profile-choice = { $key } must be one of { $choices }.
error-profile-hint = Correct this key or take it out: what is missing counts as unknown.
