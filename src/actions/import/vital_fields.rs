//! The fields of a file of readings, and the headers they are known by.

use super::columns::Field;
use crate::domain::vital::VitalSign;

/// What a column of readings can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VitalField {
    Patient,
    RowId,
    /// Date, with or without time.
    Moment,
    Date,
    Time,
    /// The end of a period; read only to be checked.
    Until,
    Sign(VitalSign),
    /// Both pressures in one cell, systolic first.
    BloodPressure,
    Site,
    Device,
    Comment,
}

use VitalField as F;
use VitalSign as S;

/// Codes of the fields that are no vital sign; the signs have their own.
const CODES: &[(&str, VitalField)] = &[
    ("patient", F::Patient),
    ("row_id", F::RowId),
    ("moment", F::Moment),
    ("date", F::Date),
    ("time", F::Time),
    ("until", F::Until),
    ("blood_pressure", F::BloodPressure),
    ("site", F::Site),
    ("device", F::Device),
    ("comment", F::Comment),
];

impl Field for VitalField {
    const KNOWN: &'static [(&'static str, Self)] = &[
        ("患者番号", F::Patient),
        ("患者ID", F::Patient),
        ("利用者番号", F::Patient),
        ("利用者ID", F::Patient),
        ("カルテ番号", F::Patient),
        ("PID", F::Patient),
        ("PATIENT_ID", F::Patient),
        ("測定ID", F::RowId),
        ("記録ID", F::RowId),
        ("記録番号", F::RowId),
        ("ID", F::RowId),
        ("ROW_ID", F::RowId),
        ("測定日時", F::Moment),
        ("計測日時", F::Moment),
        ("記録日時", F::Moment),
        ("TIMESTAMP", F::Moment),
        ("START_DATE", F::Moment),
        ("測定日", F::Date),
        ("計測日", F::Date),
        ("日付", F::Date),
        ("DATE", F::Date),
        ("測定時刻", F::Time),
        ("測定時間", F::Time),
        ("計測時刻", F::Time),
        ("時刻", F::Time),
        ("TIME", F::Time),
        ("END_DATE", F::Until),
        ("血圧", F::BloodPressure),
        ("BP", F::BloodPressure),
        ("収縮期血圧", F::Sign(S::SystolicPressure)),
        ("最高血圧", F::Sign(S::SystolicPressure)),
        ("血圧(上)", F::Sign(S::SystolicPressure)),
        ("血圧上", F::Sign(S::SystolicPressure)),
        ("SYSTOLIC", F::Sign(S::SystolicPressure)),
        ("SBP", F::Sign(S::SystolicPressure)),
        ("拡張期血圧", F::Sign(S::DiastolicPressure)),
        ("最低血圧", F::Sign(S::DiastolicPressure)),
        ("血圧(下)", F::Sign(S::DiastolicPressure)),
        ("血圧下", F::Sign(S::DiastolicPressure)),
        ("DIASTOLIC", F::Sign(S::DiastolicPressure)),
        ("DBP", F::Sign(S::DiastolicPressure)),
        ("脈拍", F::Sign(S::Pulse)),
        ("脈拍数", F::Sign(S::Pulse)),
        ("PULSE", F::Sign(S::Pulse)),
        ("心拍数", F::Sign(S::Pulse)),
        ("HEART_RATE", F::Sign(S::Pulse)),
        ("SpO2", F::Sign(S::OxygenSaturation)),
        ("酸素飽和度", F::Sign(S::OxygenSaturation)),
        ("OXYGEN_SATURATION", F::Sign(S::OxygenSaturation)),
        ("体温", F::Sign(S::BodyTemperature)),
        ("TEMPERATURE", F::Sign(S::BodyTemperature)),
        ("呼吸数", F::Sign(S::RespirationRate)),
        ("呼吸", F::Sign(S::RespirationRate)),
        ("RESPIRATORY_RATE", F::Sign(S::RespirationRate)),
        ("RESPIRATION", F::Sign(S::RespirationRate)),
        ("体重", F::Sign(S::BodyWeight)),
        ("WEIGHT", F::Sign(S::BodyWeight)),
        ("血糖", F::Sign(S::BloodGlucose)),
        ("血糖値", F::Sign(S::BloodGlucose)),
        ("GLUCOSE", F::Sign(S::BloodGlucose)),
        ("痛み", F::Sign(S::PainScale)),
        ("NRS", F::Sign(S::PainScale)),
        ("PAIN", F::Sign(S::PainScale)),
        ("測定部位", F::Site),
        ("部位", F::Site),
        ("BP_SITE", F::Site),
        ("SITE", F::Site),
        ("測定機器", F::Device),
        ("機器", F::Device),
        ("DEVICE", F::Device),
        ("備考", F::Comment),
        ("コメント", F::Comment),
        ("特記事項", F::Comment),
        ("COMMENT", F::Comment),
        ("BP_METHOD", F::Comment),
        ("BP_POSITION", F::Comment),
    ];

    fn codes() -> Vec<&'static str> {
        CODES.iter().map(|(code, _)| *code).chain(VitalSign::ALL.iter().map(|sign| sign.code())).collect()
    }

    fn from_code(code: &str) -> Option<Self> {
        let listed = CODES.iter().find(|(listed, _)| *listed == code).map(|(_, field)| *field);
        listed.or_else(|| VitalSign::from_code(code).map(Self::Sign))
    }

    fn gathers(self) -> bool {
        self == Self::Comment
    }
}
