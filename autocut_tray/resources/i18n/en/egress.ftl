## What may leave this PC, and for how much. A no-break space stands before units.

error-parcel-refused = This picture is not small and plain enough to leave this PC. Nothing was sent.
error-outcome-unknown = { $host } got this scene twice and did not answer. It is not sent a third time today, so that it is not paid for again.
error-own-cap =
    { $cap ->
        [requests] Today’s limit of requests to the cloud is reached. Nothing more is sent today.
        [day] Today’s spending limit is reached. Nothing more is sent today.
       *[month] This month’s spending limit is reached. Nothing more is sent this month.
    }
error-own-cap-hint = Raise it in the settings, or describe on this PC.
egress-warning =
    { $cap ->
        [requests] { $percent } % of today’s requests to the cloud are used up.
        [day] { $percent } % of today’s spending limit is used up.
       *[month] { $percent } % of this month’s spending limit is used up.
    }
egress-pictures = describe scenes
egress-texts = plan rough cuts

## The command line: cloud.

cli-cloud = What may leave this PC: consents, limits, and the ledger of what left.
cli-cloud-action = What to do: { $actions }.
cli-cloud-name = openai, deepseek, ollama or lmstudio.
cli-cloud-for = vision (pictures) or planning (texts); not needed where only one is possible.
cli-cloud-price = What one request costs there, in US dollars, where the price is not known.
cli-cloud-yes = Do not ask.
cli-cloud-days = Of the last so many days.
cli-cloud-none = Nothing is allowed. Nothing leaves this PC.
cli-cloud-ledger-none = Nothing has left this PC.
cli-cloud-asked = Allow it? Type yes:
cli-cloud-not-asked = Nothing was allowed.
cli-cloud-allowed = Allowed: { $model }, { $server }, to { $purpose }.
cli-cloud-revoked = Taken back: { $model }, { $server }, to { $purpose }. Nothing more goes there.
cli-cloud-nothing-to-revoke = Nothing is allowed there.
cli-cloud-spent-words = Today: US$ { $day } of { $dayCap }, { $requests } of { $most } requests. This month: US$ { $month } of { $monthCap }.
cli-col-cloud-server = To
cli-col-cloud-model = Model
cli-col-cloud-for = For
cli-col-cloud-state = State
cli-col-cloud-cost = US$ at most
cli-col-when = When
cli-col-frames-sent = Frames
cli-col-size = Size
cli-col-cost = US$
error-cloud-action = cloud cannot { $action }: use one of { $actions }.
error-cloud-name = There is nothing { $name } could be allowed for. Possible now: { $names }.
error-cloud-needs-yes = Nothing was allowed: no one can be asked here. Repeat it with --yes.
error-cloud-price-bad = { $price } is no sum of money.

cloud-state-allowed = allowed
cloud-state-no-consent = not allowed
cloud-state-no-key = no key
cloud-state-no-tls = address is not https
cloud-state-no-price = price unknown
ledger-state-settled = answered
ledger-state-reserved = no answer yet, counted in full
ledger-state-unknown = no answer, counted in full
ledger-state-not-sent = not sent

## The question a person is asked. What is agreed to is in these texts: a change of meaning needs a new CONSENT_TEXT.

consent-title-pictures = Allow pictures to go to { $server }?
consent-title-texts = Allow descriptions to go to { $server }?
consent-title-pictures-own = Allow pictures to go to { $server } on { $host }?
consent-title-texts-own = Allow descriptions to go to { $server } on { $host }?
consent-where-own = To your own server { $host }, encrypted, for { $model }.
consent-what-pictures = One picture of each scene, up to four of a long one, each at most 768 pixels wide or high, with the question what is on it. No file names, no paths, no sound, nothing of where and when it was filmed.
consent-what-texts = The descriptions of your scenes and what you write about the rough cut. No pictures, no file names, no paths, no sound.
consent-where = To { $host }, encrypted, for { $model }. What happens to it there is up to { $server }.
consent-where-here = To a program on this PC at { $host }, which may pass it on, for { $model }.
consent-first =
    { $n ->
        [0] Nothing waits right now. A picture is 10 to 80 kB.
        [one] { $n } picture, { $size }, goes to { $host } first.
       *[other] { $n } pictures, { $size } together, go to { $host } first.
    }
consent-cost = At most US$ { $worst } a request. The price was read at { $source } on { $date }.
consent-cost-person = US$ { $worst } a request, as you entered it.
consent-cost-unknown = What a request costs there is not known. Enter it: nothing is sent without a price.
consent-cost-own = Your own server usually costs nothing a request. Enter another price if it does.
consent-caps = No more than US$ { $day } a day, US$ { $month } a month and { $requests } requests a day. You can change that in the settings.
consent-back = You can take this back at any time in the settings. It counts at once, also for what is on its way.
consent-ledger = Everything that leaves is listed under Events.
