## What is wrong with the best picture of a scene: measured, not a model's opinion.

flaw-blurred = blurred
flaw-dark = too dark
flaw-overexposed = overexposed
cli-flaw-blurred =
    { $n ->
        [one] Blurred from start to end: scene { $scenes }.
       *[other] Blurred from start to end: scenes { $scenes }.
    }
cli-flaw-dark =
    { $n ->
        [one] Too dark from start to end: scene { $scenes }.
       *[other] Too dark from start to end: scenes { $scenes }.
    }
cli-flaw-overexposed =
    { $n ->
        [one] Overexposed from start to end: scene { $scenes }.
       *[other] Overexposed from start to end: scenes { $scenes }.
    }

## More of a job that is done: what was left out, and what was described on a lower tier.

waiting-better-tier = Scenes done on a lower tier are described again as soon as a better one works.
error-nothing-to-describe =
    { $rest ->
        [1] { $lower ->
            [1] No scene of this was left out, and none was described on a lower tier.
           *[0] No scene of this was left out.
        }
       *[0] { $lower ->
            [1] No scene of this was described on a lower tier.
           *[0] Say what to describe: the scenes that were left out, those done on a lower tier, or both.
        }
    }
error-not-described = Scene { $number } has no description yet, so there is nothing to change.
error-describe-what = Say what to describe: --rest, --lower, or both.
cli-describe = Describe more of a job: the scenes that were left out, or again those done on a lower tier.
cli-describe-rest = The scenes that were left out, however many there are.
cli-describe-lower = The scenes that were described on a lower tier or by a lesser model, once the better one works. What you changed by hand stays.
cli-describe-scenes = Only these scenes. Without it, all of them.
cli-scenes-owed =
    { $n ->
        [one] { $n } scene was described on a lower tier. To have it described again: describe { $job } --lower
       *[other] { $n } scenes were described on a lower tier. To have them described again: describe { $job } --lower
    }
cli-scenes-left =
    { $n ->
        [one] { $n } scene was left out. To have it described, too: describe { $job } --rest
       *[other] { $n } scenes were left out. To have them described, too: describe { $job } --rest
    }
ui-scenes-again = Describe again
ui-scenes-rest =
    { $n ->
        [one] Describe { $n } more
       *[other] Describe { $n } more
    }
ui-scene-edit = Edit…
ui-scene-edit-title = Edit the description of scene { $n }
ui-scene-edit-note = Your words stay when the scene is described again.
ui-scene-edit-tags = Tags, separated by commas
ui-scene-edit-save = Save
ui-scene-edited = edited by hand

## Done by a certain time; what comes of it is in deadline.ftl.

error-nothing-to-do = No job is in line or running.
error-moment-over = { $text } is over already.
cli-finish-by = Be done by this time (18:00, 90min, 2h), with as many scenes as can be described until then.
cli-jobs-finish-by = Have every job in line done by this time (18:00, 90min, 2h); off: no longer.
ui-finish-by = Finish by…
ui-finish-at = Finish by { $time }
ui-finish-never = No time limit
