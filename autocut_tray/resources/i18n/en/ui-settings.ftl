## Settings: sections, labels, one line of help each, and the words of choices.

ui-settings-ui = General
ui-settings-models = Model servers
ui-settings-analysis = Analysis
ui-settings-monitor = Monitoring
ui-settings-alerts = Alerts
ui-settings-memory = Memory
ui-settings-policy = Tiers
ui-settings-cloud = Cloud
ui-settings-limits = Thresholds
ui-settings-at-once = Changes apply at once.
ui-settings-reset = Reset this page
ui-settings-presets = Start from:
ui-settings-preset-production = Production
ui-settings-preset-production-help = Fewer readings, alerts only for what lasts, 30 days of history, more memory for pictures.
ui-settings-preset-development = Development
ui-settings-preset-development-help = Readings every 5 s, early alerts, a detailed log, 7 days of history, less memory for pictures.
ui-setting-by-environment = Set by the environment, which wins over this page.
ui-setting-automatic = automatic
ui-server-test = Test connection
ui-server-testing = Asking…
ui-server-answers =
    { $count ->
        [0] { $server } answers. It has no models yet.
        [one] { $server } answers. { $count } model, { $seeing ->
            [0] it sees no images.
           *[other] it sees images.
        }
       *[other] { $server } answers. { $count } models, { $seeing } of them see images.
    }
ui-server-silent =
    { $installed ->
        [no] { $server } is not installed on this PC.
       *[yes] Nothing answers at this address. Start the server in { $server }, then test again.
    }

setting-ui-language = Language
setting-ui-language-help = Of the window, the tray and the command line.
setting-ui-language-auto = As the system
setting-ui-language-en = English
setting-ui-language-zh-CN = 简体中文
setting-ui-theme = Appearance
setting-ui-theme-help = Dark sits well beside footage.
setting-ui-theme-auto = As the system
setting-ui-theme-dark = Dark
setting-ui-theme-light = Light
setting-ui-start-hidden = Start in the tray
setting-ui-start-hidden-help = No window at start; the icon is there.
setting-ui-close-to-tray = Close to the tray
setting-ui-close-to-tray-help = Closing the window leaves the program working in the tray.

setting-models-ollama-host = Ollama address
setting-models-ollama-host-help = Empty means http://localhost:11434.
setting-models-lmstudio-host = LM Studio address
setting-models-lmstudio-host-help = Default: http://localhost:1234/v1
setting-models-use-local-vision = Describe on this PC
setting-models-use-local-vision-help = Automatic follows the policy for this PC.
setting-models-use-local-vision-unset = Automatic
setting-models-use-local-vision-yes = Always
setting-models-use-local-vision-no = Never
setting-models-local-vision-provider = Preferred server
setting-models-local-vision-provider-help = Automatic prefers LM Studio when it serves a vision model.
setting-models-local-vision-provider-unset = Automatic
setting-models-local-vision-provider-lmstudio = LM Studio
setting-models-local-vision-provider-ollama = Ollama
setting-models-local-vision-model = Vision model
setting-models-local-vision-model-help = Empty means the best one installed.
setting-models-lmstudio-model = LM Studio model
setting-models-lmstudio-model-help = “auto” takes the model that is loaded.
setting-models-answer-timeout = Longest wait for a description
setting-models-answer-timeout-help = Loading the model is included.

setting-analysis-description-language = Language of descriptions
setting-analysis-description-language-help = New descriptions are written in it.
setting-analysis-description-language-auto = As the window
setting-analysis-description-language-en = English
setting-analysis-description-language-zh-CN = 简体中文
setting-analysis-min-scene-seconds = Shortest scene
setting-analysis-min-scene-seconds-help = Cuts closer together are taken as one scene.
setting-analysis-sensitivity = Sensitivity to cuts
setting-analysis-sensitivity-help = Higher finds more cuts, and more that are none. 0.5 is the tested value.
setting-analysis-scan-mode = How scenes are found
setting-analysis-scan-mode-help = Fast leaves frames out where hardly a cut can be: a cut may be a frame or two off, a soft one missed. Videos that do not allow it are read accurately.
setting-analysis-scan-mode-accurate = Accurately
setting-analysis-scan-mode-fast = Fast

setting-monitor-busy-interval = Measure while working every
setting-monitor-busy-interval-help = Also while the Monitor page is open.
setting-monitor-idle-interval = Measure while idle every
setting-monitor-idle-interval-help = Rarely costs less.
setting-monitor-retention-days = Keep history for
setting-monitor-retention-days-help = Readings and receipts older than this are deleted.
setting-monitor-verbose-log = Detailed log
setting-monitor-verbose-log-help = Helps to find faults. The log fills faster.

setting-alerts-cpu-warn = Processor, warning
setting-alerts-cpu-warn-help = Above it for long, it is listed under Events. Never more than the critical limit.
setting-alerts-cpu-critical = Processor, critical
setting-alerts-cpu-critical-help = Above it for long, the desktop tells you as well.
setting-alerts-cpu-scale = Processor, do less at once
setting-alerts-cpu-scale-help = Half as many scenes are described at once while the alert lasts.
setting-alerts-cpu-scale-never = Never
setting-alerts-cpu-scale-warn = From the warning on
setting-alerts-cpu-scale-critical = When critical
setting-alerts-cpu-muted = Processor, mute
setting-alerts-cpu-muted-help = The desktop tells you nothing of it. Events still lists it.
setting-alerts-memory-warn = Memory, warning
setting-alerts-memory-warn-help = Above it for long, it is listed under Events. Never more than the critical limit.
setting-alerts-memory-critical = Memory, critical
setting-alerts-memory-critical-help = Above it for long, the desktop tells you as well.
setting-alerts-memory-scale = Memory, do less at once
setting-alerts-memory-scale-help = Half as many scenes are described at once while the alert lasts.
setting-alerts-memory-scale-never = Never
setting-alerts-memory-scale-warn = From the warning on
setting-alerts-memory-scale-critical = When critical
setting-alerts-memory-muted = Memory, mute
setting-alerts-memory-muted-help = The desktop tells you nothing of it. Events still lists it.
setting-alerts-queue-warn = Waiting jobs, warning
setting-alerts-queue-warn-help = More than this for long are listed under Events. Never more than the critical limit.
setting-alerts-queue-critical = Waiting jobs, critical
setting-alerts-queue-critical-help = More than this for long, and the desktop tells you as well.
setting-alerts-queue-muted = Waiting jobs, mute
setting-alerts-queue-muted-help = The desktop tells you nothing of it. Events still lists it.
setting-alerts-response-warn = Time of a description, warning
setting-alerts-response-warn-help = What this PC needs anyway is no alert: twice its usual time counts if that is more.
setting-alerts-response-critical = Time of a description, critical
setting-alerts-response-critical-help = Rises with the warning limit on a PC that needs longer.
setting-alerts-response-scale = Time of a description, do less at once
setting-alerts-response-scale-help = Half as many scenes are described at once while the alert lasts.
setting-alerts-response-scale-never = Never
setting-alerts-response-scale-warn = From the warning on
setting-alerts-response-scale-critical = When critical
setting-alerts-response-muted = Time of a description, mute
setting-alerts-response-muted-help = The desktop tells you nothing of it. Events still lists it.
setting-alerts-hold = An alert begins after
setting-alerts-hold-help = Shorter peaks are none.
setting-alerts-clear = An alert ends after
setting-alerts-clear-help = All that time the reading must be well below the limit.
setting-alerts-cooldown = Rest between two alerts
setting-alerts-cooldown-help = The same alert does not come again sooner.

setting-memory-budget-mib = For pictures on their way
setting-memory-budget-mib-help = Finding and describing scenes never takes more than this at once; beyond it, they wait.
setting-memory-gc-threshold = Tidy up from
setting-memory-gc-threshold-help = The share of that memory in use from which leftovers are looked for.
setting-memory-picture-cache-mib = For pictures on screen
setting-memory-picture-cache-mib-help = More means smoother scrolling through many scenes.
setting-memory-compress-cache = Compress pictures first
setting-memory-compress-cache-help = When memory is short, pictures are made smaller before any are dropped.
setting-memory-release-idle = Unload models that are not used
setting-memory-release-idle-help = Only models that AutoCut Director loaded, after 5 to 10 minutes.

setting-policy-prefer-cloud = Prefer the cloud to the processor
setting-policy-prefer-cloud-help = Only where you have allowed the cloud.
setting-policy-editor-first = Step aside for DaVinci Resolve
setting-policy-editor-first-help = Models leave memory, and jobs wait or go to the cloud where you allowed it. They go on by themselves.
setting-policy-editor-first-short = When VRAM or memory run short
setting-policy-editor-first-busy = While it works
setting-policy-editor-first-open = While it is open
setting-policy-planning = Plan rough cuts
setting-policy-planning-help = Automatic: on this PC with 16 GB of VRAM or more, else in the cloud where you allowed it. Without a model that may, rules plan and say so.
setting-policy-planning-auto = Automatically
setting-policy-planning-local = On this computer
setting-policy-planning-cloud = In the cloud
setting-policy-planning-rules = By rules

setting-cloud-openai-base-url = OpenAI address
setting-cloud-openai-base-url-help = Empty means https://api.openai.com/v1. Another address is asked about anew.
setting-cloud-deepseek-base-url = DeepSeek address
setting-cloud-deepseek-base-url-help = Empty means https://api.deepseek.com. Another address is asked about anew.
setting-cloud-daily-usd = Most a day
setting-cloud-daily-usd-help = Requests that could cost more are not sent.
setting-cloud-monthly-usd = Most a month
setting-cloud-monthly-usd-help = The same, for a calendar month.
setting-cloud-daily-requests = Most requests a day
setting-cloud-daily-requests-help = Each picture is one request; a repeated one counts again.

setting-limits-vram-on = VRAM limit
setting-limits-vram-on-help = Above it, when other programs are the cause, work moves to the processor.
setting-limits-vram-grace = VRAM patience
setting-limits-vram-grace-help = Shorter peaks change nothing.
setting-limits-ram-on-mib = Least available memory
setting-limits-ram-on-mib-help = Below it no model runs on this PC.
setting-limits-warn-on = Memory warning
setting-limits-warn-on-help = Caches are given back above this.
setting-limits-emergency-on = Memory emergency
setting-limits-emergency-on-help = Work stops above this until there is room again.
setting-limits-failure-rate = Failure limit
setting-limits-failure-rate-help = More failed descriptions than this, and the next tier takes over.
setting-limits-cpu-on = Processor limit
setting-limits-cpu-on-help = Above it fewer threads work. It never changes the tier.

ui-key-lmstudio = API token, if this server wants one
ui-key-openai = API key of OpenAI
ui-key-deepseek = API key of DeepSeek
ui-key-store = Keep
ui-key-forget = Forget
ui-key-kept =
    { $kind ->
        [token] A token is kept in the keyring of this PC.
       *[key] A key is kept in the keyring of this PC.
    }
ui-key-session =
    { $kind ->
        [token] A token is kept until AutoCut Director ends: this PC has no keyring.
       *[key] A key is kept until AutoCut Director ends: this PC has no keyring.
    }
ui-key-environment =
    { $kind ->
        [token] The token comes from the environment ({ $variable }). One that you keep here wins over it.
       *[key] The key comes from the environment ({ $variable }). One that you keep here wins over it.
    }
ui-key-env-file =
    { $kind ->
        [token] The token comes from a .env file ({ $variable }). One that you keep here wins over it.
       *[key] The key comes from a .env file ({ $variable }). One that you keep here wins over it.
    }
ui-key-absent =
    { $kind ->
        [token] No token is kept. Most installations need none.
       *[key] No key is kept. With one alone nothing is sent: you are asked first.
    }

## Consents and spending, above the limits of the cloud.

ui-cloud-place-vision = { $server } ({ $host }): pictures, described by { $model }
ui-cloud-place-planning = { $server } ({ $host }): descriptions, planned with { $model }
ui-cloud-allowed = Allowed since { $since }, at most US$ { $worst } a request.
ui-cloud-no-consent = Not allowed. Nothing goes there.
ui-cloud-no-key = No key is kept. Nothing goes there.
ui-cloud-no-tls = The address of { $host } is not https, so nothing goes there. Give it an https address.
ui-cloud-no-price = What a request costs there is not known. Nothing goes there until you enter it.
ui-cloud-revoke = Take back
ui-cloud-nothing = There is nothing to allow there now.
ui-cloud-spent = Today US$ { $day } of { $dayCap } and { $requests } of { $most } requests, this month US$ { $month } of { $monthCap }. Requests without a known outcome count in full.
ui-consent-price = US$ a request
ui-consent-allow = Allow
ui-consent-refuse = Not now
