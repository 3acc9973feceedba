//! The fields of a file of patients, and the headers they are known by.

use super::columns::Field;

/// What a column of patients can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatientField {
    Patient,
    /// Family and given name in one cell.
    Name,
    Family,
    Given,
    Kana,
    FamilyKana,
    GivenKana,
    BirthDate,
    /// Only checked against the birth date.
    BirthYear,
    Sex,
}

use PatientField as F;

const CODES: &[(&str, PatientField)] = &[
    ("patient", F::Patient),
    ("name", F::Name),
    ("family", F::Family),
    ("given", F::Given),
    ("kana", F::Kana),
    ("family_kana", F::FamilyKana),
    ("given_kana", F::GivenKana),
    ("birth_date", F::BirthDate),
    ("birth_year", F::BirthYear),
    ("sex", F::Sex),
];

impl Field for PatientField {
    const KNOWN: &'static [(&'static str, Self)] = &[
        ("患者番号", F::Patient),
        ("患者ID", F::Patient),
        ("利用者番号", F::Patient),
        ("利用者ID", F::Patient),
        ("カルテ番号", F::Patient),
        ("PID", F::Patient),
        ("PATIENT_ID", F::Patient),
        ("氏名", F::Name),
        ("患者氏名", F::Name),
        ("利用者氏名", F::Name),
        ("名前", F::Name),
        ("漢字氏名", F::Name),
        ("NAME", F::Name),
        ("姓", F::Family),
        ("lname", F::Family),
        ("FAMILY_NAME", F::Family),
        ("名", F::Given),
        ("fname", F::Given),
        ("GIVEN_NAME", F::Given),
        ("フリガナ", F::Kana),
        ("ふりがな", F::Kana),
        ("カナ", F::Kana),
        ("カナ氏名", F::Kana),
        ("氏名カナ", F::Kana),
        ("氏名(カナ)", F::Kana),
        ("KANA", F::Kana),
        ("セイ", F::FamilyKana),
        ("姓カナ", F::FamilyKana),
        ("メイ", F::GivenKana),
        ("名カナ", F::GivenKana),
        ("生年月日", F::BirthDate),
        ("誕生日", F::BirthDate),
        ("dob", F::BirthDate),
        ("BIRTH_DATE", F::BirthDate),
        ("YOB", F::BirthYear),
        ("生年", F::BirthYear),
        ("性別", F::Sex),
        ("gender", F::Sex),
        ("GENDER", F::Sex),
        ("SEX", F::Sex),
    ];

    fn codes() -> Vec<&'static str> {
        CODES.iter().map(|(code, _)| *code).collect()
    }

    fn from_code(code: &str) -> Option<Self> {
        CODES.iter().find(|(listed, _)| *listed == code).map(|(_, field)| *field)
    }
}
