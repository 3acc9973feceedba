//! Who stands by the demo's patients: family with the key person, and others. Invented like everything here; the seed posts it
//! as care managers write it.

use super::PatientSeed;
use crate::domain::body::{Phone, PhoneUse, RelatedPerson, RelatedPersons, Relationship};

/// Patient, name, who it is, in words, what else holds, what to know.
type Close = (u16, &'static str, Relationship, &'static str, &'static [Holds], &'static str);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// The key person.
    Key,
    /// Lives with the patient.
    Home,
    /// Decides where the patient cannot.
    Decides,
}

use Holds::{Decides, Home, Key};
use Relationship::{Child, ChildInLaw, Friend, Grandchild, Guardian, Neighbour, Relative, Sibling, Spouse};

/// In the order in which they are phoned.
#[rustfmt::skip]
const FAMILIES: &[Close] = &[
    (1, "佐々木 健太", Child, "長男", &[Key, Decides], "平日の日中は仕事。昼休みと夕方なら出られる。"),
    (1, "佐々木 直美", ChildInLaw, "長男の妻", &[], "土曜に買い物を手伝う。"),
    (2, "田村 優子", Child, "長女", &[Key, Home, Decides], ""),
    (3, "小林 洋子", Child, "次女", &[Key, Decides], "隣の市。車で30分。"),
    (3, "小林 修", Child, "長男", &[], "遠方。夜なら電話に出る。"),
    (4, "井上 和子", Spouse, "妻", &[Key, Home], ""),
    (5, "岡本 実", Spouse, "夫", &[Key, Home, Decides], "耳が遠いので、ゆっくり話す。"),
    (6, "村上 恵子", Spouse, "妻", &[Key, Home, Decides], "夜間も電話してよいとのこと。"),
    (7, "近藤 隆", Child, "長男", &[Key, Home], ""),
    (8, "前田 由紀", Spouse, "妻", &[Key, Home, Decides], "吸引と文字盤に慣れている。"),
    (9, "福田 美穂", Child, "長女", &[Key], ""),
    (10, "太田 京子", Spouse, "妻", &[Key, Home, Decides], ""),
    (11, "中村 大輔", Child, "長男", &[Key], ""),
    (12, "原田 恵", Spouse, "妻", &[Key, Home], ""),
    (13, "竹内 亮", Grandchild, "孫", &[Home], "介護を手伝う。"),
    (13, "竹内 真理", Child, "長女", &[Key, Home, Decides], ""),
    (14, "柴田 清美", Spouse, "妻", &[Key, Home], "ご本人も物忘れがある。大事なことは紙でも渡す。"),
    (15, "宮崎 浩", Child, "次男", &[Key], ""),
    (16, "酒井 信子", Spouse, "妻", &[Key, Home], ""),
    (17, "工藤 進", Sibling, "弟", &[Key], ""),
    (18, "横山 智子", Child, "長女", &[Key], "ご本人の希望で、病状の説明は控えている。"),
    (19, "安藤 光", Relative, "姪", &[Key], ""),
    (20, "上田 真由美", Spouse, "妻", &[Key, Home, Decides], ""),
    (21, "菊地 昇", Child, "長男", &[Key, Home, Decides], ""),
    (22, "三宅 弘", Guardian, "成年後見人（司法書士）", &[Key], "医療の同意は後見人の役目ではない。"),
    (23, "新井 翔", Child, "長男", &[Key, Home], "学生。夕方から在宅。"),
    (24, "大塚 ヨシ", Neighbour, "向かいの家", &[], "鍵を預かっている。"),
    (24, "池田 守", Friend, "元の同僚", &[Key], "身寄りはほかにない。"),
    (25, "平野 明美", ChildInLaw, "次男の妻", &[Key, Home], ""),
    (26, "河野 さやか", Spouse, "妻", &[Key, Home, Decides], ""),
];

/// Family and others; nobody where the table has none.
pub fn close_to(patient: &PatientSeed) -> RelatedPersons {
    let of = FAMILIES.iter().filter(|(number, ..)| *number == patient.number).enumerate();
    let items = of.map(|(at, (number, name, relationship, words, holds, note))| RelatedPerson {
        name: (*name).to_owned(),
        relationship: *relationship,
        relationship_text: (*words).to_owned(),
        // No such number is given out.
        phones: vec![Phone {
            number: format!("090-0000-{:04}", 1_000 + usize::from(*number) * 10 + at),
            used: Some(PhoneUse::Mobile),
        }],
        key_person: holds.contains(&Key),
        lives_with_patient: holds.contains(&Home),
        decides_for_patient: holds.contains(&Decides),
        note: (*note).to_owned(),
    });
    RelatedPersons { items: items.collect(), ..RelatedPersons::default() }
}

#[cfg(test)]
mod tests {
    use super::super::{PATIENTS, problems_of};
    use super::*;

    #[test]
    fn every_patient_whose_team_may_talk_has_problems_and_one_key_person_with_a_telephone() {
        for patient in PATIENTS.iter().filter(|patient| patient.is_shared()) {
            assert!(!problems_of(patient).items.is_empty(), "{}", patient.number);
            let close = close_to(patient);
            let key: Vec<_> = close.items.iter().filter(|person| person.key_person).collect();
            assert!(matches!(key[..], [one] if !one.phones.is_empty()), "{}: {}", patient.number, key.len());
        }
    }
}
