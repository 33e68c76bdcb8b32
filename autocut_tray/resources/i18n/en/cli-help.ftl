## What the help of every command says around its own words.

cli-help-usage = Usage:
cli-help-arguments = Arguments:
cli-help-options = Options:
cli-help-commands = Commands:
cli-help-piece-options = [OPTIONS]
cli-help-piece-command = COMMAND
cli-help-piece-rest = [ARGS]...
cli-help-show = Show this help and end.
cli-help-required = required
cli-help-default = default: { $value }
cli-help-remarks = { $what }  [{ $remarks }]
