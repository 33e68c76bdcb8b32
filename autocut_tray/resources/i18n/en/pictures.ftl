## Several pictures of a long scene. $shown: those the model saw; $pictures: those there are.

scene-pictures = From { $shown } of { $pictures } pictures
scene-pictures-model =
    { $shown ->
        [one] From { $shown } of { $pictures } pictures: { $model } looks at one at a time
       *[other] From { $shown } of { $pictures } pictures: { $model } looks at no more together
    }
scene-pictures-unknown = From { $shown } of { $pictures } pictures: whether { $model } can look at several together is not known
scene-pictures-setting = From { $shown } of { $pictures } pictures: the settings allow no more
scene-pictures-refused = From { $shown } of { $pictures } pictures: the server takes no more together
scene-pictures-room = From { $shown } of { $pictures } pictures: the model had no room for more
scene-pictures-failed = From { $shown } of { $pictures } pictures: with more, the model’s answer could not be used

cli-scene-pictures =
    { $n ->
        [one] Scene { $scenes }: { $words }.
       *[other] Scenes { $scenes }: { $words }.
    }

ui-scene-key-pictures = Pictures
ui-scene-picture-at = Picture { $n } of { $all }, at { $time }
ui-scene-pictures-strip = Pictures of this scene

setting-analysis-pictures-per-scene = Pictures of a long scene
setting-analysis-pictures-per-scene-help = Scenes of 10, 25 and 60 seconds get a second, third and fourth picture, where they show something else. The model gets as many as it can look at together. More pictures take longer, and cost more in the cloud.
