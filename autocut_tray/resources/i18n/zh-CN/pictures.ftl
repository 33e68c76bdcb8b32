## 长镜头的多张画面。$shown：模型看到的张数；$pictures：共有的张数。

scene-pictures = 根据 { $pictures } 张画面中的 { $shown } 张描述
scene-pictures-model =
    { $shown ->
        [1] 根据 { $pictures } 张画面中的 { $shown } 张描述：{ $model } 一次只看一张
       *[other] 根据 { $pictures } 张画面中的 { $shown } 张描述：{ $model } 一次最多看这么多
    }
scene-pictures-unknown = 根据 { $pictures } 张画面中的 { $shown } 张描述：尚不清楚 { $model } 能否同时看多张
scene-pictures-setting = 根据 { $pictures } 张画面中的 { $shown } 张描述：设置中限制了张数
scene-pictures-refused = 根据 { $pictures } 张画面中的 { $shown } 张描述：服务器一次不接受更多
scene-pictures-room = 根据 { $pictures } 张画面中的 { $shown } 张描述：模型没有空间容纳更多
scene-pictures-failed = 根据 { $pictures } 张画面中的 { $shown } 张描述：发送更多时，模型的回答无法使用

cli-scene-pictures = { $n } 个镜头（{ $scenes }）：{ $words }。

ui-scene-key-pictures = 画面
ui-scene-picture-at = 第 { $n } 张，共 { $all } 张，位于 { $time }
ui-scene-pictures-strip = 这个镜头的画面

setting-analysis-pictures-per-scene = 长镜头的画面数
setting-analysis-pictures-per-scene-help = 镜头达到 10、25、60 秒时，若画面内容不同，会取第二、第三、第四张。模型能同时看几张，就发送几张。画面越多，用时越长，使用云端时费用也越高。
