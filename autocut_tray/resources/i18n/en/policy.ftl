## Why the execution policy is what it is. A no-break space stands before units.

# The editors' formats; a variant for each row of the table in resolver.py.
policy-formats-list =
    { $formats ->
        [fcp7-otio-edl] FCP7 XML, OTIO or EDL
        [otio-fcp7] OTIO or FCP7 XML
        [fcpxml] FCPXML
        [edl] EDL
       *[otio-fcpxml-edl] OTIO, FCPXML or EDL
    }

policy-class-gpu = { $gpu } has { $vram } of VRAM: class { $class }.
policy-class-small-gpu = { $gpu } has { $vram } of VRAM, less than the 4 GB that count, so local work runs on the processor.
policy-class-no-gpu = No discrete graphics card was found, so local work runs on the processor.
policy-class-gpu-unknown = Whether there is a discrete graphics card is unknown, so local work runs on the processor.
policy-class-unified = { $gpu } shares its memory with the processor: class LOCAL_CPU_ONLY.
policy-class-vram-unknown = How much VRAM { $gpu } has is unknown, so local work runs on the processor.
policy-class-chosen = You chose where tasks run: class CLOUD_HYBRID.
policy-class-remote = The models live on { $host }, so the hardware of this PC does not limit them: class CLOUD_HYBRID.
policy-class-given = The profile says class { $class }.

policy-server-first = Both servers have a vision model; { $server } comes first.
policy-server-only = { $server } has a vision model.
policy-server-configured = You chose { $server } in the configuration.
policy-server-configured-blind = The configuration names { $server }, which has no usable vision model now.

policy-model-table = { $model } is the first choice for this class of PC.
policy-model-best = { $model } is the best vision model installed. { $preferred } takes over once it is here.
policy-model-fits = { $model } is the best vision model that fits into this PC.
policy-model-auto = { $model } is the model that LM Studio has.
policy-model-configured = You chose { $model } in the configuration; { $server } has it.
policy-model-configured-blind = The configuration names { $model }, but that model in { $server } sees no images.
policy-model-configured-large = The configuration names { $model }, which is too large for this PC.
policy-model-configured-missing = The configuration names { $model }, which no server on this PC has.
policy-model-by-name = { $server } does not say whether { $model } sees images; its name says that it does.
policy-model-heavy = { $model } is large for this PC and leaves less for the editor.
policy-model-large = { $server } has { $models }, too large for the memory of this PC.

policy-device-gpu = { $model } runs on the graphics card.
policy-device-too-large = { $model } does not fit on the graphics card, so it runs on the processor.
policy-device-cpu = Descriptions run on the processor.
policy-device-cpu-low = The graphics card is left to the editor; descriptions run on the processor.
policy-device-unified = Processor and graphics share one memory here; the model server decides which of them works.
policy-device-lmstudio = LM Studio decides by itself whether its model uses the graphics card. Set GPU offload to 0 there to keep the card for the editor.
policy-fallback-cpu = When the card has no room, the same model continues on the processor.
policy-fallback-cpu-ollama = When the card has no room, { $model } in Ollama continues on the processor.
policy-fallback-cpu-none = LM Studio cannot be told to leave the graphics card, and Ollama has no vision model that could continue on the processor.
policy-fallback-cloud = When this PC has no room, { $model } at { $place } continues; you allowed it.

policy-vision-forced =
    { $place ->
        [local] This call asks for this PC only.
        [cloud] This call asks for the cloud.
       *[none] This call asks for no descriptions.
    }
policy-vision-chosen =
    { $place ->
        [local] You chose this PC for descriptions.
        [cloud] You chose the cloud for descriptions.
       *[none] You switched descriptions off.
    }
policy-vision-setting = Local vision is off in the configuration, so descriptions need the cloud.
policy-vision-no-local = No vision model can run on this PC now, so descriptions need the cloud.
policy-vision-no-model = No vision model can run on this PC now; { $model } would do it.
policy-vision-cloud = The policy describes scenes with { $model } at { $provider }.
policy-vision-remote = { $model } on { $host } describes scenes. Pictures leave this PC for it, so it counts as cloud.
policy-vision-blocked =
    { $why ->
        [no_key] No key for { $place } is stored. Scenes are found and wait for their descriptions.
        [no_consent] You have not allowed pictures to go to { $place }. Scenes are found and wait for their descriptions.
        [never_cloud] You locked the cloud. Scenes are found and wait for their descriptions.
       *[no_tls] The address of { $place } is not https, so no picture is sent there. Scenes are found and wait for their descriptions.
    }

policy-pin =
    { $tier ->
        [GPU] You pinned the graphics card.
        [CPU] You pinned the processor.
       *[CLOUD] You pinned the cloud.
    }
policy-pin-paused = You pinned the pause, so nothing is described.
policy-pin-impossible =
    { $tier ->
        [GPU] You pinned the graphics card, which cannot be used now. Work waits.
        [CPU] You pinned the processor, which cannot be used now. Work waits.
       *[CLOUD] You pinned the cloud, which cannot be used now. Work waits.
    }

policy-measured-seconds =
    { $place ->
        [gpu] { $model } takes { $seconds } s a scene on the graphics card, measured on this PC over { $scenes } scenes.
        [cpu] { $model } takes { $seconds } s a scene on the processor, measured on this PC over { $scenes } scenes.
       *[any] { $model } takes { $seconds } s a scene, measured on this PC over { $scenes } scenes.
    }
policy-measured-memory =
    { $place ->
        [gpu] { $model } takes { $memory } of VRAM, measured on this PC.
        [cpu] { $model } takes { $memory } of memory on the processor, measured on this PC.
       *[any] { $model } takes { $memory } of memory, measured on this PC.
    }

policy-planning-chosen =
    { $place ->
        [local] You chose this PC for planning.
        [cloud] You chose the cloud for planning.
       *[none] You switched planning models off; rules make the plan.
    }
policy-planning-local = { $model } in { $server } plans the rough cut.
policy-planning-local-other = { $preferred } is not installed; { $model } in { $server } plans the rough cut.
policy-planning-remote = { $model } on { $host } plans the rough cut. Descriptions leave this PC for it.
policy-planning-no-model = { $preferred } is not installed, so rules make the plan.
policy-planning-no-room = No planning model finds room in this PC’s memory, so rules make the plan.
policy-planning-large = { $models }: too large for this PC, so rules make the plan.
policy-planning-cloud = The policy plans with { $model } at { $provider }.
policy-planning-alias = { $model } was retired by its provider; requests name its successor { $wire }.
policy-planning-blocked =
    { $why ->
        [no_key] No key for { $place } is stored, so rules make the plan.
        [no_consent] It stays out until you allow it; rules make the plan.
        [never_cloud] You locked the cloud, so rules make the plan.
       *[no_tls] The address of { $place } is not https, so nothing is sent there; rules make the plan.
    }

policy-editing = Rough cuts for { $editor } leave as { policy-formats-list }.
policy-editing-none = Rough cuts leave as { policy-formats-list }, for any editor.

# Pictures of long scenes
policy-pictures-several = A long scene is described from up to { $n } pictures: { $model } can look at them together.
policy-pictures-model = Each scene is described from one picture, long ones too: { $model } looks at one at a time.
policy-pictures-unknown = Each scene is described from one picture, long ones too: whether { $model } can look at several together is not known.
policy-pictures-setting = Each scene is described from one picture, long ones too: the settings say so.
