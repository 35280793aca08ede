"""How probable a character is in a Chinese business table: the yardstick that tells encodings apart.

Every byte string decodes into *some* Han characters in GB18030 as well as in Big5; only the right one gives frequent ones.
"""

from functools import lru_cache

SIMPLIFIED = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如"
    "都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由"
    "问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论"
    "处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治"
    "展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争"
    "客户名称公司电话手机邮箱地址省市区县街镇乡号楼室联系姓性别有限责任股份集团技商贸易备注订单额数量日期状态跟进负销售产价合同发票税率付款收采购"
    "季营利润跟客服商线索渠来源职务行业等级编码创建更新者负责介绍广州深圳京沪浙江苏杭武汉成渝津福湖陕辽鲁豫冀晋皖赣粤桂琼川贵云藏甘青宁夏疆港澳台"
    "一二三四五六七八九零百千亿元角整男女先生李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶"
)
TRADITIONAL = (
    "這個們來為國時會對過發後裡種經麼學現當沒動還進樣開從實軍無與長機關業將兩間問應戰頭體見產話內給門兒東聲員論處義幾認條係氣題爾變總電數報結"
    "務場計資統區隊決馬書聽達強難權設記類據邊張該規萬領確傳師觀識帶導爭戶稱郵縣鎮鄉號樓聯繫責團貿註訂單額態跟負銷價發稅採購營潤線渠職編碼創廣"
    "臺灣蘇漢慶陝遼魯貢雲寧億圓陳楊趙黃劉吳孫鄭謝韓馮蕭鄧許呂盧蔣賈葉交易標的土地移轉建物車位筆棟層別總平方公尺鋼筋混凝造住宅商業主要用途年月"
    "完成隔間管理組織無格局廳衛房街巷弄段路市樹點開放簡述詳細號經緯度景點資訊網址電話時票價"
)
FREQUENT = frozenset(SIMPLIFIED + TRADITIONAL)
PUNCTUATION = frozenset("、。，．；：！？（）【】《》“”‘’…—·　％￥～－／＋＝＆＃＠＊①②③④⑤⑥⑦⑧⑨⑩Ⅰ Ⅱ Ⅲ±×℃°")


@lru_cache(maxsize=20_000)
def plausibility(character: str) -> float:
    """1 for a frequent Han character, 0 for a rare one, −1 for what no business table contains."""
    if character in FREQUENT:
        return 1.0
    point = ord(character)
    if character in PUNCTUATION or 0xFF10 <= point <= 0xFF5A:
        return 0.7
    if 0x4E00 <= point <= 0x9FFF:
        return 0.5 if _is_first_level(character) else -0.2
    if 0x3400 <= point <= 0x4DBF or point > 0x1FFFF:
        return -0.5
    return -1.0


def _is_first_level(character: str) -> bool:
    """Both national standards put the characters of daily use into a first level."""
    try:
        if 0xB0 <= character.encode("gb2312")[0] <= 0xD7:
            return True
    except UnicodeEncodeError:
        pass
    try:
        return 0xA4 <= character.encode("big5")[0] <= 0xC6
    except UnicodeEncodeError:
        return False


def han_score(text: str) -> float:
    """Mean plausibility of what is not ASCII; 0 when there is nothing to judge."""
    foreign = [character for character in text if character > "\x7f"]
    if not foreign:
        return 0.0
    return sum(map(plausibility, foreign)) / len(foreign)
