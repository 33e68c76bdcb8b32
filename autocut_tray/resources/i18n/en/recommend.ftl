## What would make this machine better: the act, and the reason. A no-break space stands before units.

recommend-pull = Download { $model }
recommend-pull-first-reason =
    { $place ->
        [gpu] Then this PC can describe scenes by itself: { $seconds } s a scene with { $memory } GB of VRAM. These are estimates until this PC has measured its own. The download is { $size }.
       *[cpu] Then this PC can describe scenes by itself: { $seconds } s a scene with { $memory } GB of memory on the processor. These are estimates until this PC has measured its own. The download is { $size }.
    }
recommend-pull-reason =
    { $place ->
        [gpu] It is the first choice for this PC: { $seconds } s a scene with { $memory } GB of VRAM. These are estimates until this PC has measured its own. The download is { $size }; { $current } does the work until then.
       *[cpu] It is the first choice for this PC: { $seconds } s a scene with { $memory } GB of memory on the processor. These are estimates until this PC has measured its own. The download is { $size }; { $current } does the work until then.
    }
recommend-pull-faster-reason =
    { $place ->
        [gpu] It needs { $seconds } s a scene where { $current } needs { $slower } s, with { $memory } GB of VRAM instead of { $larger }. These are estimates until this PC has measured its own. You can start now: { $current } does the work until then.
       *[cpu] It needs { $seconds } s a scene where { $current } needs { $slower } s, with { $memory } GB of memory instead of { $larger }. These are estimates until this PC has measured its own. You can start now: { $current } does the work until then.
    }
recommend-pull-faster-measured-reason =
    { $place ->
        [gpu] { $current } takes { $slower } s a scene, measured on this PC. { $model } is lighter: { $seconds } s a scene with { $memory } GB of VRAM, estimates until this PC has measured its own. You can start now: { $current } does the work until then.
       *[cpu] { $current } takes { $slower } s a scene, measured on this PC. { $model } is lighter: { $seconds } s a scene with { $memory } GB of memory, estimates until this PC has measured its own. You can start now: { $current } does the work until then.
    }
recommend-pull-better-reason = It reasons better than { $current }, which is faster: { $seconds } s a scene with { $memory } GB of VRAM. These are estimates until this PC has measured its own. You can start now: { $current } does the work until then.
recommend-pull-lighter-reason =
    { $place ->
        [gpu] { $current } is large for this PC. { $model } needs { $seconds } s a scene with { $memory } GB of VRAM. These are estimates until this PC has measured its own. The download is { $size }.
       *[cpu] { $current } is large for this PC. { $model } needs { $seconds } s a scene with { $memory } GB of memory on the processor. These are estimates until this PC has measured its own. The download is { $size }.
    }
recommend-step-down-reason = LM Studio cannot be told to leave the graphics card. With { $model } in Ollama ({ $size }), work continues on the processor when the editor needs the card.
recommend-pull-planner-reason =
    { $by ->
        [rules] It plans rough cuts on this PC; without it rules do. The download is { $size }.
       *[other] It is the planning model for this class of PC; { $current } does the work until then. The download is { $size }.
    }

recommend-plan-here = Plan rough cuts on this PC
recommend-plan-here-reason = { $model } is installed and finds room here; rules plan now. To change that: Settings, Tiers, “Plan rough cuts”.

recommend-install = Install Ollama
recommend-install-reason =
    { $place ->
        [gpu] It runs vision models on this PC, free of charge. { $model } ({ $size }) then describes a scene in { $seconds } s on the graphics card, an estimate until this PC has measured its own.
       *[cpu] It runs vision models on this PC, free of charge. { $model } ({ $size }) then describes a scene in { $seconds } s on the processor, an estimate until this PC has measured its own.
    }
recommend-start = Start { $server }
recommend-start-reason = { $server } is installed and does not answer. Its models can describe scenes once it runs.
recommend-token = Enter the token of { $server }
recommend-token-reason = { $server } is running and answers only to those with a valid token. You find it in its developer settings.
recommend-lmstudio-model = Get { $model } in LM Studio
recommend-lmstudio-model-reason = LM Studio is running and has no vision model. { $model } is about { $size }.

recommend-driver = Install the current driver of { $gpu }
recommend-driver-reason = The system does not say how much VRAM it has, so the card is left unused. Detect again afterwards.
recommend-detect = Detect again
recommend-detect-reason = The system did not answer in time when asked for graphics cards. If there is one, it is left unused.

recommend-key = Enter a key for { $provider }
recommend-allow = Allow pictures to go to { $provider }
recommend-cloud-reason =
    { $source ->
        [measured] { $provider } describes a scene in { $seconds } s, measured on this PC, for about CNY { $cost }. Only small pictures of key frames leave this PC, and only with your yes.
       *[estimate] { $provider } describes a scene in { $seconds } s for about CNY { $cost }. Only small pictures of key frames leave this PC, and only with your yes.
    }
recommend-cloud-reason-unknown = { $provider } can describe scenes. Only small pictures of key frames leave this PC, and only with your yes.
recommend-allow-remote = Allow pictures to go to { $host }
recommend-allow-remote-reason = The vision model is there. Only small pictures of key frames leave this PC.
recommend-remote-tls = Give { $host } an https address
recommend-remote-tls-reason = Its vision model can be used once pictures travel there encrypted.
recommend-planner-key = Enter a key for { $provider }
recommend-planner-allow = Allow descriptions to go to { $provider }
recommend-planner-cloud-reason = Then { $provider } plans rough cuts from the descriptions; until then rules do. No pictures are sent for it.

recommend-free-vram = Free { $size } of VRAM in { $server }
recommend-free-vram-reason =
    { $source ->
        [measured] { $model } needs { $need } with its reserve, as measured on this PC, and { $free } is free. Loaded now: { $holders }.
       *[estimate] { $model } needs { $need } with its reserve, and { $free } is free. Loaded now: { $holders }.
    }
recommend-close-gpu = Close what fills the graphics card
recommend-close-gpu-reason =
    { $resolve ->
        [running] { $source ->
            [measured] { $model } needs { $need } of VRAM with its reserve, as measured on this PC, and { $free } is free. Resolve is running.
           *[estimate] { $model } needs { $need } of VRAM with its reserve, and { $free } is free. Resolve is running.
        }
       *[no] { $source ->
            [measured] { $model } needs { $need } of VRAM with its reserve, as measured on this PC, and { $free } is free.
           *[estimate] { $model } needs { $need } of VRAM with its reserve, and { $free } is free.
        }
    }
recommend-use-model = Use the smaller { $model }
recommend-use-model-reason =
    { $place ->
        [card] { $source ->
            [measured] { $current } needs { $need } of VRAM with its reserve, as measured on this PC, and the graphics card has { $room }. { $model } is installed and fits on it: it needs { $less }, reserve included.
           *[estimate] { $current } needs { $need } of VRAM with its reserve, and the graphics card has { $room }. { $model } is installed and fits on it: it needs { $less }, reserve included.
        }
        [vram] { $source ->
            [measured] { $current } needs { $need } of VRAM with its reserve, as measured on this PC, and { $room } is free. { $model } is installed and needs { $less }, reserve included.
           *[estimate] { $current } needs { $need } of VRAM with its reserve, and { $room } is free. { $model } is installed and needs { $less }, reserve included.
        }
       *[memory] { $source ->
            [measured] { $current } needs { $need } of memory with its reserve, as measured on this PC, and { $room } is available. { $model } is installed and needs { $less }, reserve included.
           *[estimate] { $current } needs { $need } of memory with its reserve, and { $room } is available. { $model } is installed and needs { $less }, reserve included.
        }
    }
recommend-free-memory = Close something large
recommend-free-memory-reason =
    { $source ->
        [measured] { $model } needs { $need } of memory with its reserve, as measured on this PC, and { $available } is available.
       *[estimate] { $model } needs { $need } of memory with its reserve, and { $available } is available.
    }
recommend-add-memory = Add memory, { $roomy } or more
recommend-add-memory-reason = This PC has { $total }. With { $roomy } a local model and an editor fit side by side.
