// The choices of a visit note: sections with their chips, and of a wound where, what, how deep and how wet. Plain words
// of everyday nursing, no scale of anybody's. The object literal is strict JSON; a chip that stands `alone` rules the
// other chips of its section out.

/**
 * @typedef {{ja: string, en: string, alone?: boolean}} Chip
 * @typedef {{ja: string, en: string, chips: Record<string, Chip>}} Section
 */

export const CHOICES = /** @type {{note: Record<string, Section>, wound: Record<string, Section>}} */ (
{
  "note": {
    "condition": { "ja": "全身の様子", "en": "Condition", "chips": {
      "unchanged": { "ja": "変わりなし", "en": "unchanged", "alone": true },
      "better": { "ja": "良くなっている", "en": "better" },
      "tired": { "ja": "元気がない", "en": "less lively" },
      "drowsy": { "ja": "うとうとしている", "en": "drowsy" },
      "confused": { "ja": "つじつまが合わない", "en": "confused" },
      "restless": { "ja": "落ち着かない", "en": "restless" },
      "pain": { "ja": "痛みあり", "en": "in pain" },
      "breathless": { "ja": "息切れ", "en": "short of breath" },
      "cough": { "ja": "せき・たん", "en": "cough, phlegm" },
      "swelling": { "ja": "むくみ", "en": "swelling" },
      "feverish": { "ja": "熱っぽい", "en": "feverish" },
      "sleepless": { "ja": "眠れていない", "en": "not sleeping" },
      "fell": { "ja": "転倒があった", "en": "had a fall" }
    } },
    "care": { "ja": "行ったケア", "en": "Care given", "chips": {
      "observation": { "ja": "全身の観察", "en": "observation" },
      "wiping": { "ja": "清拭", "en": "wiping" },
      "bathing": { "ja": "入浴・シャワー浴", "en": "bath or shower" },
      "hair": { "ja": "洗髪", "en": "hair washing" },
      "private": { "ja": "陰部洗浄", "en": "intimate care" },
      "foot_bath": { "ja": "足浴・爪切り", "en": "foot bath, nails" },
      "mouth": { "ja": "口腔ケア", "en": "mouth care" },
      "clothes": { "ja": "更衣", "en": "change of clothes" },
      "turning": { "ja": "体位変換", "en": "turning" },
      "wound": { "ja": "創の処置", "en": "wound care" },
      "suction": { "ja": "吸引", "en": "suction" },
      "drip": { "ja": "点滴・注射", "en": "drip or injection" },
      "blood_sample": { "ja": "採血", "en": "blood sample" },
      "bowel": { "ja": "浣腸・摘便", "en": "enema, disimpaction" },
      "catheter": { "ja": "膀胱カテーテルの管理", "en": "urinary catheter care" },
      "tube": { "ja": "経管栄養の管理", "en": "tube feeding care" },
      "stoma": { "ja": "ストーマケア", "en": "stoma care" },
      "exercise": { "ja": "リハビリ", "en": "exercises" },
      "listening": { "ja": "傾聴・相談", "en": "listening, advice" }
    } },
    "excretion": { "ja": "排泄", "en": "Excretion", "chips": {
      "stool": { "ja": "排便あり", "en": "stool" },
      "no_stool": { "ja": "排便なし", "en": "no stool" },
      "hard": { "ja": "硬い便", "en": "hard stool" },
      "loose": { "ja": "軟らかい便", "en": "loose stool" },
      "diarrhoea": { "ja": "下痢", "en": "diarrhoea" },
      "bloody_stool": { "ja": "便に血が混じる", "en": "blood in the stool" },
      "urine": { "ja": "尿は出ている", "en": "passing urine" },
      "little_urine": { "ja": "尿が少ない", "en": "little urine" },
      "cloudy_urine": { "ja": "尿の濁り", "en": "cloudy urine" },
      "bloody_urine": { "ja": "血尿", "en": "blood in the urine" },
      "leaking": { "ja": "失禁", "en": "incontinence" }
    } },
    "meals": { "ja": "食事・水分", "en": "Meals and drinks", "chips": {
      "all": { "ja": "ほぼ全量", "en": "nearly all" },
      "half": { "ja": "半分くらい", "en": "about half" },
      "little": { "ja": "少しだけ", "en": "a little" },
      "nothing": { "ja": "食べていない", "en": "nothing" },
      "drinks": { "ja": "水分はとれている", "en": "drinking enough" },
      "few_drinks": { "ja": "水分が少ない", "en": "drinking little" },
      "choking": { "ja": "むせがある", "en": "choking" },
      "sick": { "ja": "吐き気", "en": "nausea" },
      "vomited": { "ja": "吐いた", "en": "vomited" }
    } },
    "skin": { "ja": "皮膚", "en": "Skin", "chips": {
      "sound": { "ja": "異常なし", "en": "sound", "alone": true },
      "redness": { "ja": "赤みあり", "en": "redness" },
      "dry": { "ja": "乾燥", "en": "dry" },
      "itching": { "ja": "かゆみ", "en": "itching" },
      "rash": { "ja": "発疹", "en": "rash" },
      "bruise": { "ja": "内出血", "en": "bruise" },
      "wound": { "ja": "創がある", "en": "a wound" },
      "pressure": { "ja": "褥瘡がある", "en": "a pressure sore" }
    } },
    "medication": { "ja": "お薬", "en": "Medicines", "chips": {
      "taken": { "ja": "飲めている", "en": "taken as told" },
      "forgotten": { "ja": "飲み忘れあり", "en": "some forgotten" },
      "left_over": { "ja": "残薬あり", "en": "some left over" },
      "refused": { "ja": "飲みたがらない", "en": "refused" },
      "hard_to_swallow": { "ja": "飲みにくい", "en": "hard to swallow" },
      "as_needed": { "ja": "頓服を使った", "en": "took as-needed medicine" },
      "side_effect": { "ja": "副作用が心配", "en": "side effect suspected" },
      "set": { "ja": "お薬をセットした", "en": "set out" }
    } },
    "devices": { "ja": "管・器具", "en": "Tubes and appliances", "chips": {
      "fine": { "ja": "異常なし", "en": "nothing wrong", "alone": true },
      "changed": { "ja": "交換した", "en": "changed" },
      "blocked": { "ja": "詰まりぎみ", "en": "nearly blocked" },
      "leak": { "ja": "漏れあり", "en": "leaking" },
      "pulled": { "ja": "抜けた・抜けかけ", "en": "pulled out or nearly" },
      "skin_around": { "ja": "まわりの皮膚に赤み", "en": "redness around it" }
    } },
    "family": { "ja": "ご家族", "en": "Family", "chips": {
      "well": { "ja": "お変わりなし", "en": "as usual", "alone": true },
      "tired": { "ja": "介護の疲れ", "en": "tired of caring" },
      "worried": { "ja": "不安・相談あり", "en": "worried, asked for advice" },
      "taught": { "ja": "方法を説明した", "en": "shown how" },
      "can_do": { "ja": "手技を確認した", "en": "does it well" },
      "absent": { "ja": "不在", "en": "not at home" }
    } },
    "next": { "ja": "次に", "en": "Next", "chips": {
      "as_planned": { "ja": "予定どおり訪問", "en": "visit as planned" },
      "sooner": { "ja": "早めに訪問", "en": "visit sooner" },
      "doctor": { "ja": "医師に相談", "en": "consult the doctor" },
      "pharmacist": { "ja": "薬剤師に相談", "en": "consult the pharmacist" },
      "care_manager": { "ja": "ケアマネジャーに相談", "en": "consult the care manager" },
      "supplies": { "ja": "物品の補充", "en": "bring supplies" },
      "watch": { "ja": "様子を見てもらう", "en": "to be watched" }
    } }
  },
  "wound": {
    "place": { "ja": "場所", "en": "Where", "chips": {
      "sacrum": { "ja": "仙骨部", "en": "sacrum" },
      "tailbone": { "ja": "尾骨部", "en": "tailbone" },
      "left_hip": { "ja": "左大転子部", "en": "left hip" },
      "right_hip": { "ja": "右大転子部", "en": "right hip" },
      "left_heel": { "ja": "左かかと", "en": "left heel" },
      "right_heel": { "ja": "右かかと", "en": "right heel" },
      "left_lower_leg": { "ja": "左下腿", "en": "left lower leg" },
      "right_lower_leg": { "ja": "右下腿", "en": "right lower leg" },
      "left_foot": { "ja": "左足", "en": "left foot" },
      "right_foot": { "ja": "右足", "en": "right foot" },
      "back": { "ja": "背中", "en": "back" },
      "abdomen": { "ja": "腹部", "en": "abdomen" },
      "left_arm": { "ja": "左腕", "en": "left arm" },
      "right_arm": { "ja": "右腕", "en": "right arm" },
      "head": { "ja": "頭・顔", "en": "head or face" },
      "elsewhere": { "ja": "その他の場所", "en": "elsewhere" }
    } },
    "sort": { "ja": "種類", "en": "What", "chips": {
      "pressure": { "ja": "褥瘡", "en": "pressure sore" },
      "surgical": { "ja": "手術の創", "en": "surgical wound" },
      "injury": { "ja": "けが", "en": "injury" },
      "skin_tear": { "ja": "皮膚のさけ（スキンテア）", "en": "skin tear" },
      "burn": { "ja": "やけど", "en": "burn" },
      "ulcer": { "ja": "潰瘍", "en": "ulcer" },
      "around_tube": { "ja": "管・ストーマのまわり", "en": "around a tube or stoma" }
    } },
    "depth": { "ja": "深さ", "en": "Depth", "chips": {
      "unbroken": { "ja": "赤いが破れていない", "en": "red, skin unbroken" },
      "shallow": { "ja": "皮がむけている（浅い）", "en": "skin broken (shallow)" },
      "fat": { "ja": "皮下の脂肪まで", "en": "down to the fat" },
      "deep": { "ja": "筋肉・骨が見える", "en": "muscle or bone to be seen" },
      "covered": { "ja": "おおわれて分からない", "en": "covered, cannot be told" }
    } },
    "wet": { "ja": "浸出液", "en": "Exudate", "chips": {
      "none": { "ja": "なし", "en": "none" },
      "little": { "ja": "少ない", "en": "a little" },
      "much": { "ja": "多い", "en": "much" },
      "pus": { "ja": "膿のよう", "en": "like pus" }
    } },
    "course": { "ja": "前回とくらべて", "en": "Compared with last time", "chips": {
      "first": { "ja": "初めて", "en": "first time" },
      "better": { "ja": "良い", "en": "better" },
      "same": { "ja": "同じ", "en": "the same" },
      "worse": { "ja": "悪い", "en": "worse" }
    } }
  }
}
);

/** @param {'ja' | 'en'} language @param {{ja: string, en: string}} words */
export const inWords = (language, words) => words[language] ?? words.ja;
