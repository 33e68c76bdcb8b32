## Words that many parts share.

tier-GPU = GPU
tier-CPU = CPU
tier-CLOUD = Cloud
tier-PAUSED = Paused
level-OK = OK
level-WARN = memory warning
level-EMERGENCY = emergency

## Errors of the base.

error-cancelled = Cancelled.
error-internal = Something in this program is broken. The log has the details.
error-usage = { $reason }
error-no-such-job = There is no job { $id }.
error-job-running = This job is running. Cancel it first.
error-no-backend = No model server is allowed or reachable.
error-no-backend-hint = Start Ollama or LM Studio with a vision model, then run this again. Nothing is lost.
error-instance-silent = AutoCut Director is running but does not answer.
error-instance-silent-hint = Wait a moment and try again, or end it in the task manager.
error-not-running = AutoCut Director is not running.
error-not-running-hint = Start it, or run autocut-tray --headless.
error-nothing-to-undo = Nothing to undo: the tier is the one the policy chose.
error-tier-not-available = { $tier } cannot be used now.
error-unknown-request = The running instance does not know this request: it is of another version.
error-no-display = There is no display to show a window on.
error-no-display-hint = Log in to a desktop, or use the command line: autocut-tray --headless, or autocut-tray --help.

## Settings.

settings-unreadable = { $file } cannot be read ({ $reason }). It was set aside as { $file }.bad, and the defaults are used.
settings-newer = { $file } was written by a newer version. It is used as far as it goes and is not changed.
settings-env-unreadable = { $file } cannot be read ({ $reason }), so nothing in it is used. Save it as UTF-8 text that you may read.
settings-unwritable = { $file } cannot be written: { $reason }. The setting is unchanged.
setting-invalid = The setting { $path } has a value that it cannot have: { $reason }.
setting-wants-text = it is a line of text
setting-wants-choice = it is one of { $choices }
setting-wants-switch = it is true or false
setting-wants-number = it is a number from { $low } to { $high }
setting-wants-any-number = it is a number
setting-unknown = There is no setting { $path }.
setting-from-environment = { $path } is set by the environment, which wins over the settings file.
error-key-invalid = This cannot be a key: it has blanks or unusual characters, or is too short.

## Storage.

storage-set-aside = { $file } was damaged. It was set aside as { $aside }, and a new one was started.
storage-newer = { $file } was written by a newer version of AutoCut Director. Update it to go on.
error-disk-full = The disk is full: { $file } cannot be written. Work goes on by itself once there is room.
error-disk-error = The disk reports an error on { $file }.
error-storage-read-only = { $file } is read-only, so nothing can be saved.
error-storage-unavailable = { $file } cannot be opened.
error-folder-unusable = { $folder } cannot be used: { $reason }.
error-folder-unusable-hint = Free or repair it, or let { $variable } name another folder.
error-autostart-failed = Starting with the computer could not be changed: { $reason }.
error-autostart-failed-hint = Allow this program to change what starts with the computer, then switch it again.
error-storage-busy = { $file } is in use by another program for too long.
error-storage-corrupt = { $file } is damaged.
error-storage-failed = { $file } cannot be used.

## Jobs.

error-poison = This file stopped the program three times, so it is left alone.
error-poison-hint = Check the file in a player. If it plays, retry it.
error-scene-times = Scene { $number } has no start and end in seconds, or they make no sense.
error-scene-poison = This scene failed on two tiers, so the fault is its own.
error-no-threads = The system gives no more threads for now. Work goes on by itself.
error-no-process = The system starts no more programs for now. Work goes on by itself.
error-no-open-files = The system opens no more files for now. Work goes on by itself.
error-no-memory = The system gives no more memory for now. Work goes on by itself.
error-keyframe-lost = The picture of this scene is gone from the disk. Retry the job to make it again.
error-no-scene-described = No scene of this video could be described.
error-damaged = Cannot be read after { $at }.
error-damaged-hint = The copy is probably incomplete: copy it again, then retry.
drop-no-videos = No video was found in what you dropped.
waiting-emergency = Memory is nearly used up. Work goes on by itself when there is room again.
waiting-drain = A better tier is being tried.
waiting-probe = The model is being loaded and tried with a test picture.
waiting-throttled = The server asked to wait.
waiting-paused = Paused: { $reason }
waiting-no-route = No model server can be used now. Scenes are found and wait for their descriptions.
waiting-never-cloud = This job never goes to the cloud, and nothing on this PC can take it now.
waiting-force-local = This job stays on this PC, and nothing here can take it now.
waiting-force-cloud = This job wants the cloud, which is not allowed or not reachable.
waiting-cloud-blocked = The policy wants the cloud, and it is off. Nothing leaves this PC.
