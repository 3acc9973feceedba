//! One story per class of row in a file of patients.

use super::*;
use crate::domain::ids::OrganisationId;
use crate::domain::patient::Sex;
use crate::domain::team::ConsentState;
use uuid::Uuid;

const NORTH: OrganisationId = OrganisationId(Uuid::from_u128(1));
const SOUTH: OrganisationId = OrganisationId(Uuid::from_u128(2));

const FILE: &str = "患者番号,氏名,フリガナ,生年月日,性別\n\
                    0012,髙橋　花子,タカハシ　ハナコ,昭和10年3月5日,女\n\
                    ００１３,山田 太郎,ﾔﾏﾀﾞ ﾀﾛｳ,S13/12/01,男性\n";

#[test]
fn a_patient_is_registered_without_consent_and_without_a_team() {
    let office = Office::new();
    office.patients(FILE).imported(2);
    let state = office.patient("0012");
    let registration = state.registration.unwrap();
    assert_eq!((registration.name.kanji.as_str(), registration.name.kana.as_str()), ("髙橋 花子", "タカハシ ハナコ"));
    assert_eq!((registration.birth_date.to_string().as_str(), registration.sex), ("1935-03-05", Sex::Female));
    assert_eq!((state.consent, state.team.len()), (ConsentState::None, 0));
    assert_eq!(office.patient("0013").registration.unwrap().name.kana, "ﾔﾏﾀﾞ ﾀﾛｳ", "the record keeps what was written");
}

#[test]
fn with_a_host_the_new_patients_are_linked_and_others_stay_with_theirs() {
    let mut office = Office::new();
    office.patients(FILE).imported(2);
    office.how.options.host = Some(NORTH);
    let told = office.patients(FILE).imported(2);
    assert_eq!(told.0.written, 2, "registered before, linked now");
    assert_eq!(office.patient("0012").host(), Some(NORTH));
    office.patients(FILE).counts(Outcome::AlreadyThere, 2);

    office.how.options.host = Some(SOUTH);
    office.patients(FILE).counts(Outcome::AlreadyThere, 2).notes(Note::HostedElsewhere, "", &[2, 3]);
    assert_eq!(office.patient("0012").host(), Some(NORTH));
}

#[test]
fn a_link_is_decided_on_the_registration_before_it() {
    let mut office = Office::new();
    office.how.options.host = Some(NORTH);
    let told = office.patients(FILE).imported(2);
    assert_eq!(told.0.written, 4);
}

#[test]
fn a_known_patient_is_not_changed_by_a_file() {
    let office = Office::new();
    office.patients(FILE).imported(2);
    let changed = FILE.replace("タカハシ", "コウバシ").replace("ﾔﾏﾀﾞ ﾀﾛｳ", "やまだ　たろう");
    office.patients(&changed).imported(0).counts(Outcome::AlreadyThere, 2).notes(Note::RegistrationDiffers, "", &[2]);
    assert_eq!(office.patient("0012").registration.unwrap().name.kana, "タカハシ ハナコ");
}

#[test]
fn names_in_latin_letters_need_a_word_about_their_kana() {
    let mut office = Office::new();
    let file = "PID,lname,fname,dob,gender\n1,Lee,Kevin,2007-07-15,male\n2,高橋,花子,1935-03-05,female\n";
    assert!(office.patients_fault(file).message.en.contains("--kana-from name"));
    office.patients.kana_from_name = true;
    office.how.keep_going = true;
    office.patients(file).counts(Outcome::Imported, 1).notes(Note::KanaFromName, "", &[2]).complains(
        3,
        "lname",
        "not_kana",
        "高橋 花子",
    );
    let name = office.patient("1").registration.unwrap().name.clone();
    assert_eq!((name.kanji.as_str(), name.kana.as_str()), ("Lee Kevin", "Lee Kevin"));
}

#[test]
fn two_columns_for_the_sex_may_disagree_and_a_year_of_birth_too() {
    let mut office = Office::new();
    office.patients.kana_from_name = true;
    office
        .patients(
            "PID,lname,fname,dob,YOB,GENDER,gender\n1,A,B,2010-12-16,2011,F,male\n2,C,D,2010-12-16,2010,,female\n",
        )
        .imported(2)
        .notes(Note::ColumnsDisagree, "GENDER", &[2])
        .notes(Note::ColumnsDisagree, "YOB", &[2]);
    assert_eq!(office.patient("1").registration.unwrap().sex, Sex::Male);
}

#[test]
fn what_a_registration_must_hold_is_named_by_column() {
    let office = Office::new().keeps_going();
    office
        .patients(
            "患者番号,氏名,フリガナ,生年月日,性別\n\
             1,,ヤマダ,S10.3.5,男\n\
             2,山田,,S10.3.5,男\n\
             3,山田,山田,S10.3.5,男\n\
             4,山田,ヤマダ,S65.3.5,男\n\
             5,山田,ヤマダ,2026-04-02,男\n\
             6,山田,ヤマダ,S10.3.5,雄\n\
             7,\u{E123}田,ヤマダ,S10.3.5,男\n\
             ,山田,ヤマダ,S10.3.5,男\n\
             9,山田,ヤマダ,S10.3.5,\n",
        )
        .complains(2, "氏名", "required", "必須")
        .complains(3, "フリガナ", "required", "required")
        .complains(4, "フリガナ", "not_kana", "漢字")
        .complains(5, "生年月日", "unreadable", "昭和は1926-12-25から1989-01-07まで")
        .complains(6, "生年月日", "out_of_range", "2026-04-02")
        .complains(7, "性別", "unreadable", "雄")
        .complains(8, "氏名", "private_character", "U+E123")
        .complains(9, "患者番号", "required", "必須")
        .counts(Outcome::Invalid, 8)
        .counts(Outcome::Imported, 1)
        .notes(Note::SexUnknown, "", &[10]);
}

#[test]
fn one_number_is_one_patient_and_one_person_with_two_numbers_is_noted() {
    let office = Office::new().keeps_going();
    office
        .patients(
            "患者番号,氏名,フリガナ,生年月日,性別\n\
             1,山田 太郎,ヤマダ タロウ,S10.3.5,男\n\
             1,山田 太郎,ヤマダ タロウ,S10.3.5,男\n\
             1,山田 次郎,ヤマダ ジロウ,S10.3.5,男\n\
             2,山田　太郎,ヤマダ タロウ,S10.3.5,男\n",
        )
        .counts(Outcome::Imported, 2)
        .counts(Outcome::Repeated, 1)
        .complains(4, "患者番号", "duplicate", "行2")
        .notes(Note::PossibleDouble, "", &[5]);
}
