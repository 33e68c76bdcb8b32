## Done by a certain time. $time: a clock time; $pace: seconds a scene takes; $best: when all would be done at the earliest.

deadline-unknown = How many scenes can be described by { $time } is known after the first ones.
deadline-fits =
    { $n ->
        [one] { $n } scene will be described by { $time }.
       *[other] All { $n } scenes will be described by { $time }.
    }
deadline-fits-cloud =
    { $n ->
        [one] { $n } scene will be described by { $time }: in the cloud, which you allowed, as this PC alone would take longer.
       *[other] All { $n } scenes will be described by { $time }: in the cloud, which you allowed, as this PC alone would take longer.
    }
deadline-fits-model =
    { $n ->
        [one] { $n } scene will be described by { $time }: by { $model }, which is faster.
       *[other] All { $n } scenes will be described by { $time }: by { $model }, which is faster.
    }
deadline-fewer = { $n } of { $wanted } scenes by { $time }, at { $pace } s a scene. All of them would be done at { $best } at best.
deadline-fewer-cloud = { $n } of { $wanted } scenes by { $time }, even in the cloud, which you allowed, at { $pace } s a scene. All of them would be done at { $best } at best.
deadline-fewer-model = { $n } of { $wanted } scenes by { $time }, even by { $model }, which is faster, at { $pace } s a scene. All of them would be done at { $best } at best.
deadline-fewer-held = { $n } of { $wanted } scenes by { $time }, all of them at { $best } at best. Another way would be faster, but you chose to stay on { $tier ->
    [GPU] the GPU
    [CPU] the CPU
   *[CLOUD] the cloud
}.
deadline-over = It was { $time } before all were done: { $n } of { $wanted } scenes are described.

ui-cause-deadline = A job would not be done by its time. It alone goes this way.
ui-cause-deadline-back = The usual way is fast enough for the job again.
ui-cause-deadline-over = The job is over, or goes on without this.
ui-cause-deadline-failed = It did not work, or is not allowed any more. The job goes on the usual way.
ui-receipt-deadline = One job: { $from } → { $to }
ui-measured-scene-s = { $value } a scene
