## Reaching a model server.

error-server-refused = Nothing answers at { $host }.
error-server-refused-hint = Start the server, then try again.
error-server-unreachable = { $host } cannot be found from this PC.
error-connection-lost = { $host } broke the connection off.
error-connect-timeout = { $host } did not take the connection within { $seconds } s.
error-reply-timeout = { $host } did not answer within { $seconds } s.
error-reply-stalled = { $host } stopped in the middle of its answer for { $seconds } s.
error-reply-too-large = { $host } sent far more than an answer can be.
error-bad-reply = What { $host } sent cannot be read. Another program may be listening there.
error-redirected = { $host } points to another address. AutoCut Director does not follow.
error-tls-failed = The certificate of { $host } cannot be trusted. Nothing was sent.
error-bad-address = This is not a server's address.
error-bad-key = This key holds characters that no key has. Copy it again.
error-host-not-allowed = { $host } is not this PC, and nothing was allowed to go there.
error-proxy-failed = The proxy set on this PC does not let { $host } through.
error-proxy-unsupported = The proxy set on this PC is of a kind that is not supported (SOCKS).

## What model servers answer.

error-model-out-of-memory = { $host } ran out of memory with { $model }.
error-model-out-of-memory-hint = Close what uses VRAM, or choose a smaller or more quantised model.
error-runner-stopped = { $model } stopped on { $host }. Memory is the usual reason.
error-runner-crashed = { $model } broke off on { $host } while it answered.
error-server-busy = { $host } has a full queue.
error-server-overloaded = { $host } is overloaded or being started.
error-answer-cut-off = The answer of { $model } ended before it was complete.
error-server-error = { $host } failed without saying why.
error-load-timeout = { $host } took too long to load { $model }.
error-bad-answer = The model's answer was not a description.
error-empty-answer = The model answered nothing.
error-answer-truncated = The answer of { $model } was longer than allowed and was cut off.
error-picture-refused = { $host } cannot read this picture.
error-too-many-pictures = { $model } on { $host } does not take that many pictures together.
error-model-refused = { $model } declines to describe this picture.
error-model-missing = { $host } has no model { $model }.
error-model-missing-hint = Download it there, or choose another model.
error-model-unusable = { $host } cannot run { $model }.
error-model-has-no-vision = { $model } does not see pictures.
error-model-has-no-vision-hint = Choose a vision model, such as Moondream 2.
error-context-exceeded = The picture does not fit the context that { $model } was loaded with.
error-context-exceeded-hint = Load { $model } with a larger context length.
error-request-too-large = { $host } does not take pictures of this size.
error-format-refused = { $host } cannot be asked for structured answers.
error-parameter-refused = { $host } does not understand the request.
error-request-refused = { $host } refused the request.
error-endpoint-missing = { $host } answers, but not as a model server.
error-endpoint-missing-hint = Check the address, its port and its end (/v1 for LM Studio).
error-key-needed = { $host } wants an API key.
error-key-needed-hint = Enter it in the settings.
error-key-refused = { $host } does not accept the API key.
error-key-refused-hint = Enter a valid key in the settings.
error-access-refused = { $host } denies access.
error-no-credit = The account at { $host } has no credit left.
error-no-credit-hint = Add credit there, or describe on this PC.
error-spend-limit = The spending limit of the account at { $host } is reached.
error-spend-limit-hint = Raise the limit there, or describe on this PC.
error-rate-limited = { $host } asks to wait.

## What may leave this PC.

error-no-key = { $host } needs an API key. Nothing was sent.
error-no-consent = You have not allowed pictures to go to { $host }. Nothing was sent.
error-never-cloud = This job never goes to the cloud. Nothing was sent.
error-no-tls = { $host } is reached without encryption, so pictures do not go there.
error-no-price = What { $host } charges for this model is not known, so nothing is sent.
error-no-price-hint = Enter what one request costs there, then allow it.
