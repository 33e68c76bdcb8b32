## 镜头里最好的一帧画面有什么问题：由测量得出，不是模型的看法。

flaw-blurred = 画面模糊
flaw-dark = 曝光不足
flaw-overexposed = 曝光过度
cli-flaw-blurred = { $n } 个镜头全程模糊：{ $scenes }。
cli-flaw-dark = { $n } 个镜头全程曝光不足：{ $scenes }。
cli-flaw-overexposed = { $n } 个镜头全程曝光过度：{ $scenes }。

## 已完成的任务还能再做些什么：被略过的镜头，以及降级期间描述的镜头。

waiting-better-tier = 降级期间描述的镜头，等更好的运行方式恢复后会自动重新描述。
error-nothing-to-describe =
    { $rest ->
        [1] { $lower ->
            [1] 这个任务没有被略过的镜头，也没有降级期间描述的镜头。
           *[0] 这个任务没有被略过的镜头。
        }
       *[0] { $lower ->
            [1] 这个任务没有降级期间描述的镜头。
           *[0] 请说明要描述哪些：被略过的镜头、降级期间描述的镜头，或两者都要。
        }
    }
error-not-described = 第 { $number } 个镜头还没有描述，无从修改。
error-describe-what = 请说明要描述哪些：--rest、--lower，或两者都加上。
cli-describe = 继续描述一个任务：被略过的镜头，或重新描述降级期间完成的镜头。
cli-describe-rest = 描述被略过的镜头，不限数量。
cli-describe-lower = 等更好的运行方式恢复后，重新描述降级期间或由较小模型完成的镜头。手动修改的内容会保留。
cli-describe-scenes = 只处理这些镜头；不写则全部处理。
cli-scenes-owed = 有 { $n } 个镜头是降级期间描述的。要重新描述：describe { $job } --lower
cli-scenes-left = 有 { $n } 个镜头被略过。要一并描述：describe { $job } --rest
ui-scenes-again = 重新描述
ui-scenes-rest = 再描述 { $n } 个
ui-scene-edit = 编辑…
ui-scene-edit-title = 编辑第 { $n } 个镜头的描述
ui-scene-edit-note = 重新描述时会保留手动修改的内容。
ui-scene-edit-tags = 标签，用逗号分隔
ui-scene-edit-save = 保存
ui-scene-edited = 已手动修改

## 限时完成；结果的说法见 deadline.ftl。

error-nothing-to-do = 没有正在运行或排队的任务。
error-moment-over = { $text } 已经过去了。
cli-finish-by = 在此时间之前完成（18:00、90min、2h），期间能描述多少就描述多少。
cli-jobs-finish-by = 让所有排队的任务在此时间之前完成（18:00、90min、2h）；off 表示取消。
ui-finish-by = 限时完成…
ui-finish-at = { $time } 前完成
ui-finish-never = 不限时间
