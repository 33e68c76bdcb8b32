## Installing, ending, and what the program contains.

cli-quit = End the running program and wait until it has gone.
cli-quit-wait = Seconds to wait for its end.
cli-licences = List what this program contains from others, with the licences.
quit-done = AutoCut Director has ended.
quit-none = AutoCut Director is not running.
error-still-running = AutoCut Director has not ended within { $seconds } s.
error-cannot-quit = AutoCut Director runs inside another program and cannot be ended from here.
error-cannot-quit-hint = End the program that uses it.
error-no-licence-list = Only an installed copy has a list of licences; this one runs from its source code, beside the packages themselves.
