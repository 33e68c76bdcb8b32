## The local API: refusals, its settings, and the card on the Settings page.

api-bad-host = The address that was asked for is not this PC’s own.
api-bad-host-hint = Use the address in api.json, with 127.0.0.1 or localhost and its port.
api-foreign-origin = A page of another site asks, and gets nothing.
api-foreign-origin-hint = Ask from a program on this PC.
api-bad-path = There can be no such path.
api-method-not-allowed = This cannot be done here.
api-wants-json = The body must be JSON.
api-wants-json-hint = Send the header Content-Type: application/json.
api-too-large = The body is too large. At most 64 KiB are taken.
api-too-many-headers = The headers are too large. At most 16 KiB are taken.
api-no-token = No token was shown, or a wrong one.
api-no-token-hint = Send the header Authorization: Bearer, followed by the token in api.json.
api-too-many-wrong-tokens = Too many wrong tokens were tried, so nobody is let in for a minute.
api-too-many-wrong-tokens-hint = Wait, then use the token in api.json. A new one can be made in the settings.
api-bad-json = The body is no proper JSON.
api-bad-json-hint = Each key may stand once, numbers must be numbers, and the text must be UTF-8.
api-json-too-deep = The body is nested too deeply.
api-bad-http = This is no proper HTTP request.
api-not-found = There is nothing at this address.
api-invalid = These cannot be as they were sent: { $places }.
api-invalid-hint = /openapi.json says what is allowed.
api-not-detected = This PC is still being looked at.
api-not-detected-hint = Ask again in a few seconds.
api-too-many-streams = Too many programs follow jobs at once.
api-too-many-streams-hint = Close one, or ask for the job now and then.
api-bad-file = This is not the absolute path of a file or folder on this PC.
api-outside-folders = This lies outside of the folders that are open to programs.
api-outside-folders-hint = Add its folder in the settings under Local API.
api-not-recommended = This is not recommended now, so it is not done.
api-not-recommended-hint = Take an action from the list of recommendations.
api-no-such-action = No such action was started.
api-no-such-action-hint = The list of actions has those of this session.
api-persons-setting = Settings of the API itself and of the cloud are changed by a person, in the window or on the command line.
api-persons-setting-hint = Open Settings, or run autocut-tray settings.
api-no-port = The local API has no free port on this PC.

ui-settings-api = Local API
setting-api-enabled = Local API
setting-api-enabled-help = Other programs on this PC can ask and drive AutoCut Director. Other PCs and web pages cannot.
setting-api-port = Port
setting-api-port-help = Where it is taken, another one is used. The address above is the one in use.
setting-api-folders = Folders open to programs
setting-api-folders-help = Programs may analyse videos below these, and export there. Separate them by semicolons. Empty means none.
setting-api-docs = Show its description without the token
setting-api-docs-help = Opens /docs and /openapi.json to every program on this PC. They hold nothing about you.

ui-setting-nothing = none
ui-api-off = Off. No port is open.
ui-api-on = Answers at { $url }. The token is in { $file }.
ui-api-copy = Copy token
ui-api-rotate = New token
ui-api-copied = The token is on the clipboard. Whoever has it can drive this program.
ui-api-rotated = There is a new token. Programs with the old one are refused from now on.

cli-serve = Run without a window, with the local API on, until ended.
