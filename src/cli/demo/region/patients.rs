//! The patients of the demo's region. Limits are what this patient's doctor set in this story; none are defaults.

use super::teams::{
    AFTER_HOSPITAL, CARE, INTRACTABLE, KOBAYASHI, Link, MEDICAL, NURSING, NURSING_ASANAGI, PALLIATIVE, PREVENTIVE,
    SASAKI, SMALL, TAMURA, WIDE,
};
use crate::domain::alarm::AlarmLimit;
use crate::domain::patient::Sex;
use crate::domain::vital::VitalSign;

/// One invented patient.
#[derive(Debug)]
pub struct PatientSeed {
    pub number: u16,
    /// Kanji and kana.
    pub name: (&'static str, &'static str),
    pub born: (i16, i8, i8),
    pub sex: Sex,
    pub diagnosis: &'static str,
    /// The host first.
    pub team: &'static [Link],
    pub sharing: Sharing,
    pub usual: Usual,
    pub limits: &'static [LimitSeed],
}

/// What the patient agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    Team,
    /// Nobody has asked yet.
    NotYet,
    /// Agreed once, and took it back.
    Withdrawn,
}

/// Around what this patient's values lie.
#[derive(Clone, Copy, Debug)]
pub struct Usual {
    pub systolic: i32,
    pub diastolic: i32,
    pub pulse: i32,
    pub spo2: i32,
    /// Tenths of a degree Celsius.
    pub temperature_tenths: i32,
    /// Tenths of a kilogram.
    pub weight_tenths: i32,
}

/// A limit with which the doctor wants to be told.
#[derive(Debug)]
pub struct LimitSeed {
    pub sign: VitalSign,
    pub low: Option<&'static str>,
    pub high: Option<&'static str>,
    /// A value outside, for the day it happens.
    pub crossed: &'static str,
}

impl Usual {
    /// The usual value, for the signs that are measured every day.
    #[cfg(test)]
    pub fn of(&self, sign: VitalSign) -> Option<f64> {
        Some(match sign {
            VitalSign::SystolicPressure => f64::from(self.systolic),
            VitalSign::DiastolicPressure => f64::from(self.diastolic),
            VitalSign::Pulse => f64::from(self.pulse),
            VitalSign::OxygenSaturation => f64::from(self.spo2),
            VitalSign::BodyTemperature => f64::from(self.temperature_tenths) / 10.0,
            VitalSign::BodyWeight => f64::from(self.weight_tenths) / 10.0,
            _ => return None,
        })
    }
}

impl LimitSeed {
    pub fn as_limit(&self) -> AlarmLimit {
        let bound = |text: Option<&str>| text.map(|text| text.parse().expect("the table of patients holds decimals"));
        AlarmLimit { sign: self.sign, low: bound(self.low), high: bound(self.high) }
    }
}

const fn low(sign: VitalSign, low: &'static str, crossed: &'static str) -> LimitSeed {
    LimitSeed { sign, low: Some(low), high: None, crossed }
}

const fn high(sign: VitalSign, high: &'static str, crossed: &'static str) -> LimitSeed {
    LimitSeed { sign, low: None, high: Some(high), crossed }
}

const fn usual([systolic, diastolic, pulse, spo2, temperature_tenths, weight_tenths]: [i32; 6]) -> Usual {
    Usual { systolic, diastolic, pulse, spo2, temperature_tenths, weight_tenths }
}

#[expect(clippy::too_many_arguments, reason = "one row of a table")]
const fn patient(
    number: u16,
    name: (&'static str, &'static str),
    born: (i16, i8, i8),
    sex: Sex,
    diagnosis: &'static str,
    team: &'static [Link],
    values: [i32; 6],
    limits: &'static [LimitSeed],
) -> PatientSeed {
    PatientSeed { number, name, born, sex, diagnosis, team, sharing: Sharing::Team, usual: usual(values), limits }
}

const fn sharing(sharing: Sharing, patient: PatientSeed) -> PatientSeed {
    PatientSeed { sharing, ..patient }
}

use Sex::{Female, Male};
use VitalSign::{BloodGlucose, BodyTemperature, BodyWeight, OxygenSaturation, PainScale, Pulse, SystolicPressure};

#[rustfmt::skip]
pub const PATIENTS: &[PatientSeed] = &[
    patient(1, ("佐々木 トメ", "ササキ トメ"), (1938, 2, 11), Female, "慢性心不全、高血圧症", SASAKI, [126, 70, 74, 96, 364, 462],
        &[high(BodyWeight, "48", "48.6"), low(OxygenSaturation, "92", "90")]),
    patient(2, ("田村 正雄", "タムラ マサオ"), (1941, 7, 23), Male, "慢性閉塞性肺疾患（在宅酸素療法中）", TAMURA, [118, 68, 82, 93, 365, 534],
        &[low(OxygenSaturation, "88", "86"), high(BodyTemperature, "37.5", "37.9")]),
    patient(3, ("小林 ハル", "コバヤシ ハル"), (1935, 11, 3), Female, "アルツハイマー型認知症", KOBAYASHI, [132, 74, 70, 97, 363, 418], &[]),
    patient(4, ("井上 清", "イノウエ キヨシ"), (1944, 5, 30), Male, "2型糖尿病、糖尿病性腎症", WIDE, [138, 78, 76, 97, 364, 628],
        &[LimitSeed { sign: BloodGlucose, low: Some("70"), high: Some("350"), crossed: "64" }]),
    patient(5, ("岡本 節子", "オカモト セツコ"), (1946, 9, 18), Female, "脳梗塞後遺症（左片麻痺）", WIDE, [134, 76, 72, 97, 364, 497],
        &[high(SystolicPressure, "170", "178")]),
    patient(6, ("村上 進", "ムラカミ ススム"), (1949, 1, 7), Male, "肺がん（緩和ケア）", PALLIATIVE, [112, 64, 86, 94, 367, 486],
        &[high(PainScale, "5", "7"), low(OxygenSaturation, "90", "87")]),
    patient(7, ("近藤 千代", "コンドウ チヨ"), (1943, 12, 1), Female, "パーキンソン病", AFTER_HOSPITAL, [114, 66, 72, 97, 363, 441],
        &[low(SystolicPressure, "85", "80")]),
    patient(8, ("前田 勇", "マエダ イサム"), (1952, 4, 25), Male, "筋萎縮性側索硬化症（NPPV使用）", INTRACTABLE, [122, 74, 80, 96, 365, 552],
        &[low(OxygenSaturation, "91", "89")]),
    patient(9, ("福田 キヨ", "フクダ キヨ"), (1936, 8, 14), Female, "心房細動、慢性心不全", MEDICAL, [124, 70, 78, 96, 364, 439],
        &[high(Pulse, "120", "132"), high(BodyWeight, "45.5", "45.9")]),
    patient(10, ("太田 昭", "オオタ アキラ"), (1939, 6, 9), Male, "前立腺がん（骨転移）", PALLIATIVE, [118, 66, 78, 96, 365, 531],
        &[high(PainScale, "4", "6")]),
    patient(11, ("中村 文子", "ナカムラ フミコ"), (1950, 3, 22), Female, "関節リウマチ", NURSING, [128, 74, 74, 97, 365, 508], &[]),
    patient(12, ("原田 義男", "ハラダ ヨシオ"), (1945, 10, 12), Male, "慢性腎臓病", MEDICAL, [142, 80, 74, 97, 364, 587],
        &[high(BodyWeight, "60", "60.4")]),
    patient(13, ("竹内 富美", "タケウチ フミ"), (1934, 2, 28), Female, "誤嚥性肺炎後、胃ろう造設後", WIDE, [116, 62, 80, 95, 367, 384],
        &[high(BodyTemperature, "37.5", "38.1"), low(OxygenSaturation, "91", "89")]),
    patient(14, ("柴田 忠", "シバタ タダシ"), (1942, 7, 16), Male, "レビー小体型認知症", CARE, [126, 70, 68, 97, 363, 561], &[]),
    patient(15, ("宮崎 和枝", "ミヤザキ カズエ"), (1940, 9, 5), Female, "大腿骨頸部骨折術後", AFTER_HOSPITAL, [130, 72, 76, 97, 364, 453], &[]),
    patient(16, ("酒井 邦夫", "サカイ クニオ"), (1947, 11, 20), Male, "脳出血後遺症", NURSING_ASANAGI, [136, 80, 74, 97, 364, 602],
        &[high(SystolicPressure, "160", "168")]),
    patient(17, ("工藤 美代", "クドウ ミヨ"), (1948, 1, 31), Female, "2型糖尿病（インスリン療法）", NURSING, [130, 74, 76, 97, 364, 516],
        &[LimitSeed { sign: BloodGlucose, low: Some("80"), high: Some("300"), crossed: "318" }]),
    patient(18, ("横山 茂", "ヨコヤマ シゲル"), (1944, 12, 24), Male, "間質性肺炎（在宅酸素療法中）", MEDICAL, [120, 70, 88, 93, 365, 509],
        &[low(OxygenSaturation, "88", "85")]),
    patient(19, ("安藤 静江", "アンドウ シズエ"), (1951, 5, 4), Female, "高血圧症、変形性膝関節症", PREVENTIVE, [138, 80, 74, 98, 363, 564], &[]),
    patient(20, ("上田 実", "ウエダ ミノル"), (1953, 8, 27), Male, "多系統萎縮症", INTRACTABLE, [108, 64, 74, 96, 364, 538],
        &[low(SystolicPressure, "80", "76")]),
    patient(21, ("菊地 フミ", "キクチ フミ"), (1930, 10, 10), Female, "老衰", PALLIATIVE, [104, 58, 78, 95, 363, 347], &[]),
    patient(22, ("野口 武", "ノグチ タケシ"), (1950, 6, 15), Male, "肝硬変", NURSING_ASANAGI, [116, 68, 78, 97, 364, 574],
        &[high(BodyWeight, "59", "59.6")]),
    patient(23, ("新井 幸子", "アライ サチコ"), (1955, 2, 3), Female, "乳がん（緩和ケア）", PALLIATIVE, [114, 66, 84, 96, 366, 447],
        &[high(PainScale, "4", "6"), high(BodyTemperature, "38", "38.3")]),
    patient(24, ("大塚 弘", "オオツカ ヒロシ"), (1946, 4, 19), Male, "陳旧性心筋梗塞", SMALL, [122, 72, 70, 97, 364, 612], &[]),
    patient(25, ("平野 ミツ", "ヒラノ ミツ"), (1933, 7, 7), Female, "廃用症候群、仙骨部褥瘡", WIDE, [118, 64, 76, 96, 365, 376],
        &[high(BodyTemperature, "37.8", "38.2")]),
    patient(26, ("河野 勝", "コウノ マサル"), (1958, 9, 29), Male, "頸髄損傷（膀胱留置カテーテル）", NURSING_ASANAGI, [112, 66, 70, 97, 364, 586],
        &[high(BodyTemperature, "38", "38.4")]),
    sharing(Sharing::NotYet, patient(27, ("杉山 照代", "スギヤマ テルヨ"), (1939, 3, 17), Female, "慢性心不全", NURSING,
        [124, 70, 76, 96, 364, 472], &[])),
    sharing(Sharing::NotYet, patient(28, ("千葉 誠一", "チバ セイイチ"), (1947, 12, 8), Male, "腰部脊柱管狭窄症", PREVENTIVE,
        [132, 76, 72, 97, 364, 636], &[])),
    sharing(Sharing::Withdrawn, patient(29, ("久保 信子", "クボ ノブコ"), (1949, 10, 26), Female, "高血圧症、脂質異常症", SMALL,
        [134, 78, 74, 98, 364, 541], &[])),
    sharing(Sharing::NotYet, patient(30, ("今井 八郎", "イマイ ハチロウ"), (1937, 1, 15), Male, "血管性認知症", CARE,
        [128, 72, 72, 97, 363, 557], &[])),
];
