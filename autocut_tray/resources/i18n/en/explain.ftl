## What was found on this machine, and how it will work. A no-break space stands before units.

explain-title-gpu = This PC can describe footage on its own graphics card
explain-title-cpu = This PC can describe footage on its own processor
explain-title-local = This PC can describe footage by itself
explain-title-cloud = { $place } describes footage for this PC
explain-title-paused = This PC finds scenes; nothing describes them yet
explain-title-pinned = Work is paused, as you pinned it
explain-title-off = This PC finds scenes and leaves them undescribed

explain-subtitle-gpu = The { $gpu } does the work. You can start right away.
explain-subtitle-gpu-room =
    { $editor ->
        [none] The { $gpu } has room for a vision model beside your editor. You can start right away.
       *[other] The { $gpu } has room for a vision model beside { $editor }. You can start right away.
    }
explain-subtitle-gpu-tight =
    { $source ->
        [measured] The { $gpu } is nearly full: { $model } needs { $need } with its reserve, as measured on this PC, and { $free } is free.
       *[estimate] The { $gpu } is nearly full: { $model } needs { $need } with its reserve, and { $free } is free.
    }
explain-subtitle-cpu = It is slower than a graphics card, and it works beside your editor.
explain-subtitle-cpu-card =
    { $editor ->
        [none] The { $gpu } is left to your editor. You can start right away.
       *[other] The { $gpu } is left to { $editor }. You can start right away.
    }
explain-subtitle-cpu-unified = { $gpu } shares one memory between processor and graphics. You can start right away.
explain-subtitle-cpu-unread = How much VRAM the { $gpu } has is unknown, so it is left unused.
explain-subtitle-cpu-auto = LM Studio decides whether the { $gpu } does the work. You can start right away.
explain-subtitle-cloud =
    { $kind ->
        [remote] Pictures of key frames go to your own server. The footage itself stays here.
       *[provider] Small pictures of key frames go there, as you allowed. The footage itself stays here.
    }
explain-subtitle-paused =
    { $why ->
        [no_key] You chose the cloud, and no key for { $place } is stored.
        [no_consent] You have not allowed pictures to go to { $place }.
        [never_cloud] Descriptions need the cloud, and you locked it.
        [no_tls] The address of { $place } is not https, so no picture is sent there.
       *[no_model] No vision model runs on this PC yet.
    }
explain-subtitle-paused-local =
    { $why ->
        [never_cloud] No vision model runs on this PC yet, and you locked the cloud.
       *[other] No vision model runs on this PC yet, and the cloud is off.
    }
explain-subtitle-pinned = Unpin it, or pin a tier that works, and the queue goes on.
explain-subtitle-off = You switched descriptions off. Scenes, rough cuts by rules and exports work.

explain-class = Class { $class }

explain-key-graphics = Graphics
explain-key-processor = Processor
explain-key-memory = Memory
explain-key-local-ai = Local AI
explain-key-editor = Editor
explain-key-vision = Vision
explain-key-planning = Planning
explain-key-editing = Editing
explain-key-cloud = Cloud

explain-name = { $name }

explain-graphics-none = No graphics card found
explain-graphics-unknown = Unknown
explain-probe-unanswered = The system did not answer in time
explain-graphics-integrated = Integrated, shares the main memory
explain-graphics-unified = Shares the main memory with the processor
explain-graphics-others = also { $names }
explain-vram = { $total } VRAM, { $free } free
explain-vram-total = { $total } VRAM, how much is free is unknown
explain-vram-unknown = VRAM unknown
explain-driver = driver { $version }
explain-source =
    { $confidence ->
        [exact] { $source }, exact
        [derived] { $source }, derived
        [guess] { $source }, a guess
       *[unknown] { $source }
    }

explain-processor-unknown = Unknown processor
explain-cores =
    { $cores ->
        [one] { $cores } core
       *[other] { $cores } cores
    }, { $threads ->
        [one] { $threads } thread
       *[other] { $threads } threads
    }
explain-threads =
    { $threads ->
        [one] { $threads } thread
       *[other] { $threads } threads
    }
explain-threads-unknown = threads unknown
explain-score =
    score: { $score ->
        [low] low
        [medium] medium
        [high] high
       *[ultra] ultra
    }

explain-memory = { $total }, { $available } available
explain-memory-total = { $total }, how much is available is unknown
explain-memory-unknown = Unknown
explain-memory-roomy =
    { $editor ->
        [none] Enough for local models beside an editor
       *[other] Enough for local models beside { $editor }
    }
explain-memory-enough =
    { $source ->
        [measured] Enough for { $model } on the processor ({ $need } GB, measured on this PC)
       *[estimate] Enough for { $model } on the processor ({ $need } GB)
    }
explain-memory-tight = Too little free now for a model on the processor
explain-small-machine = Memory is small, so the limits are lower here: models on this PC pause below { $on } available and come back above { $off }.

explain-server =
    { $case ->
        [running] { $server }, running
        [remote] { $server } on { $host }
        [remote-silent] { $server } on { $host } does not answer
        [token] { $server } wants a token
        [stopped] { $server } is not running
        [absent] { $server } is not installed
       *[unknown] { $server }: unknown
    }
explain-servers-none = No local AI found
explain-models =
    { $count ->
        [0] no models
        [one] { $count } model, { $seeing ->
            [0] it sees no images
            [unknown] whether it sees images is not said
           *[other] it sees images
        }
       *[other] { $count } models, { $seeing ->
            [0] none sees images
            [unknown] whether they see images is not said
            [one] { $seeing } sees images
           *[other] { $seeing } see images
        }
    }
explain-models-held = holds { $held } of VRAM

explain-editor-state =
    { $state ->
        [running] Running
        [busy] Running and busy
        [idle] Not running
       *[unknown] Whether it runs is unknown
    }
explain-edition-unknown = edition unknown
explain-editor-first = gets VRAM first when it starts
explain-editors-others = also { $names }
explain-editor-none = No editor found
explain-editor-none-files = Rough cuts are written as files
explain-editor-unknown = Unknown

explain-vision =
    { $where ->
        [gpu] On this PC, GPU
        [cpu] On this PC, CPU
        [unified] On this PC, shared memory
        [auto] On this PC, CPU or GPU
        [cloud] In the cloud, { $place }
        [remote] On { $place }
        [off] Off
       *[waiting] Waiting
    }
explain-work =
    { $scenes ->
        [one] { $model } in { $server }, { $scenes } scene a clip.
       *[other] { $model } in { $server }, up to { $scenes } scenes a clip.
    }
explain-work-cloud =
    { $scenes ->
        [one] { $model } at { $server }, { $scenes } scene a clip.
       *[other] { $model } at { $server }, up to { $scenes } scenes a clip.
    }
explain-estimate = About { $seconds } s a scene, an estimate until this PC has measured its own.
explain-measured =
    { $place ->
        [gpu] About { $seconds } s a scene with { $memory } of VRAM, measured on this PC over { $scenes } scenes.
        [cpu] About { $seconds } s a scene with { $memory } of memory, measured on this PC over { $scenes } scenes.
       *[none] About { $seconds } s a scene, measured on this PC over { $scenes } scenes.
    }
explain-planning =
    { $where ->
        [local] On this PC, { $place }
        [cloud] In the cloud, { $place }
        [remote] On { $place }
       *[rules] Rules, on this PC
    }
explain-editing-none = Files for any editor
explain-formats = Rough cuts leave as { policy-formats-list }. Each file is read back and checked before you get it.
explain-cloud =
    { $state ->
        [on] On: { $places }
        [never] Locked
       *[off] Off
    }
explain-cloud-pictures = Small pictures of key frames may go to { $place }.
explain-cloud-texts = Descriptions of scenes may go to { $place }.
explain-cloud-off =
    { $state ->
        [never] Nothing leaves this PC. You locked the cloud.
       *[off] Nothing leaves this PC. Turning it on needs your key and your yes.
    }

explain-say-gpu = { $name } with { $total } of VRAM, { $free } free.
explain-say-gpu-total = { $name } with { $total } of VRAM; how much is free is unknown.
explain-say-gpu-vram-unknown = { $name }; its VRAM is unknown.
explain-say-gpu-integrated = { $name } is integrated and shares the main memory.
explain-say-gpu-unified = { $name } shares the main memory with the processor.
explain-say-gpu-none = No graphics card was found.
explain-say-gpu-unknown = Whether there is a graphics card is unknown.
explain-say-cpu =
    { $known ->
        [0] A processor
       *[other] { $name }
    } with { $threads ->
        [one] { $threads } thread
       *[other] { $threads } threads
    }: score { $score ->
        [low] low
        [medium] medium
        [high] high
       *[ultra] ultra
    }.
explain-say-cpu-unknown =
    { $known ->
        [0] The processor is unknown.
       *[other] { $name }; its threads are unknown.
    }
explain-say-memory = { $total } of memory, { $available } available.
explain-say-memory-total = { $total } of memory; how much is available is unknown.
explain-say-memory-unknown = The memory is unknown.
explain-say-server =
    { $case ->
        [running] { $server } is running: { explain-models }.
        [remote] { $server } answers on { $host }: { explain-models }.
        [remote-silent] { $server } on { $host } does not answer.
        [token] { $server } answers only to those with a valid token.
        [stopped] { $server } is installed and not running.
        [absent] { $server } is not installed.
       *[unknown] Whether { $server } is here is unknown.
    }
explain-say-editor =
    { $state ->
        [running] { $name } is running.
        [busy] { $name } is running and busy.
        [idle] { $name } is installed and not running.
       *[unknown] { $name } is installed.
    }
explain-say-editors = Editors found: { $names }.
explain-say-editor-none = No editor was found.
explain-say-editor-unknown = Whether there is an editor is unknown.
