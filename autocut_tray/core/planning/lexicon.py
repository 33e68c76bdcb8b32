"""The words that briefs for video use, as data."""

from __future__ import annotations

CONCEPTS: tuple[tuple[str, str], ...] = (
    ("person people human crowd guest guests", "人 人物 人群 宾客"),
    ("man men boy", "男人 男子 男孩 男士"),
    ("woman women girl lady", "女人 女子 女孩 女士"),
    ("child children kid kids", "孩子 小孩 儿童"),
    ("baby infant", "婴儿 宝宝"),
    ("face portrait", "人脸 脸 肖像"),
    ("smile smiling laugh laughing happy", "微笑 笑 欢笑 开心"),
    ("bride", "新娘"),
    ("groom", "新郎"),
    ("wedding", "婚礼"),
    ("dance dancing dancer", "跳舞 舞蹈 起舞"),
    ("kiss kissing", "亲吻 接吻"),
    ("speech talk talking interview", "讲话 演讲 采访 致辞"),
    ("music band concert", "音乐 乐队 演唱会"),
    ("sport sports game match", "运动 比赛 体育"),
    ("football soccer", "足球"),
    ("run running runner", "跑步 奔跑"),
    ("swim swimming", "游泳"),
    ("dog puppy", "狗 小狗"),
    ("cat kitten", "猫 小猫"),
    ("bird birds", "鸟"),
    ("horse", "马"),
    ("animal animals", "动物"),
    ("sea ocean wave waves", "大海 海 海洋 海浪"),
    ("beach sand coast", "海滩 沙滩 海岸"),
    ("boat ship sailing", "船 帆船 轮船"),
    ("river stream", "河 河流 溪"),
    ("lake", "湖"),
    ("water", "水"),
    ("mountain mountains hill", "山 山脉 山峰"),
    ("snow ice", "雪 冰"),
    ("rain", "雨"),
    ("forest tree trees wood", "森林 树 树林"),
    ("flower flowers", "花 鲜花"),
    ("sky cloud clouds", "天空 云"),
    ("sun sunny", "太阳 阳光"),
    ("sunset dusk", "日落 夕阳 黄昏"),
    ("sunrise dawn", "日出 黎明"),
    ("night", "夜 夜晚 夜景"),
    ("city town skyline", "城市 都市"),
    ("street road", "街道 街 道路 公路"),
    ("building buildings house", "建筑 楼 房子"),
    ("car cars vehicle traffic", "汽车 车 车辆 交通"),
    ("train", "火车 列车"),
    ("plane airplane aircraft", "飞机"),
    ("food meal dish cooking", "美食 食物 菜 烹饪"),
    ("table dinner", "餐桌 晚餐"),
    ("fire flame", "火 火焰"),
    ("firework fireworks", "烟花"),
    ("light lights lantern", "灯 灯光 光"),
    ("indoor indoors interior", "室内"),
    ("outdoor outdoors exterior", "室外 户外"),
    ("wide establishing landscape", "远景 大远景 全景 风景"),
    ("close-up closeup macro detail", "特写 大特写 细节"),
    ("aerial drone", "航拍"),
    ("product", "产品"),
    ("screen computer phone", "屏幕 电脑 手机"),
    ("calm quiet peaceful", "平静 宁静 安静"),
    ("action exciting dynamic", "激烈 刺激 动感"),
    ("colourful colorful", "色彩 彩色"),
)
"""What briefs for video often name, in English and Chinese."""

STOP = """
a an and the of in on at to for with from by or as is are be it its this that these those my our your me
us want need make create give please cut cuts reel highlight highlights video videos clip clips footage
film movie edit edited rough short long second seconds sec minute minutes min hour hours about around
into best good nice great show shows showing scene scenes shot shots start starts starting open opens
opening begin begins beginning end ends ending close closes closing finish finishes finally first last
then next also only just some all any one two three four five ten fifteen twenty thirty forty fifty
sixty ninety half use using focus mostly very more most no not without except avoid never fast slow
quick pace paced energetic less than
"""
"""English words of a brief that say nothing about pictures."""

STOP_HAN = """
请 帮我 给我 我要 我想 想要 需要 制作 做一个 做一条 生成 剪辑 剪成 剪出 粗剪 集锦 精彩 精华 高光
视频 影片 短片 片子 素材 镜头 画面 片段 场景 左右 大约 以内 分钟 小时 秒钟 秒 分 一个 一段 一条 一部
开头 开场 开始 结尾 收尾 结束 最后 然后 先 重点 突出 主要 关于 以及 并且 和 与 的 地 得 了 是 在 用
以 从 到 要 把 让 多 些 有 里 中 为 主 不要 没有 避免 去掉 不含 快节奏 慢节奏 节奏 明快 舒缓 十分
非常 好 最 长 半 个
"""
"""The same in Chinese."""

ONES = """
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen
"""
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
"""English figures, from one on and from twenty on."""
