## What left this PC, in sums.

ui-sums-month = Cloud uploads this month
ui-sums-list = Cloud uploads in this list
ui-sums-note = Everything that ever left this PC is listed here.
ui-sums-requests = Requests
ui-sums-frames = Frames sent
ui-sums-bytes = Data sent
ui-sums-cost = Cost
ui-sums-of = of { $cap }
ui-sums-locked = Jobs locked to “never cloud”
ui-sums-line =
    { $requests ->
        [one] 1 request
       *[other] { $requests } requests
    }, { $frames ->
        [one] 1 frame
       *[other] { $frames } frames
    }, { $size }, { $cost }
ui-sums-place = { $model } at { $host }: { $sums }
ui-sums-place-unknown = { $line } ({ $n } without an answer, counted in full)
ui-sums-more =
    { $n ->
        [one] and 1 more place
       *[other] and { $n } more places
    }
ui-sums-sum = Sum

cli-cloud-ledger-sums = Sum of { $days } days: { $requests } requests, { $frames } frames, { $size }, US$ { $cost }
