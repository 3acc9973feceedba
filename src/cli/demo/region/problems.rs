//! What the demo's patients live with: the diagnosis, and what is beside it. Invented like everything here; the seed posts it
//! as doctors write it.

use jiff::civil::{Date, date};

use super::PatientSeed;
use crate::domain::body::{Problem, ProblemList, ProblemStatus};

/// Patient, what else was or is, how it is, since when, and what to know of it.
type Beside = (u16, &'static str, ProblemStatus, Option<Date>, &'static str);

use ProblemStatus::{Active, Inactive, Resolved};

const BESIDE: &[Beside] = &[
    (1, "慢性腎臓病", Active, Some(date(2022, 6, 1)), "2022年の検査から。塩分を控えている。"),
    (1, "右大腿骨頸部骨折", Resolved, Some(date(2024, 2, 9)), "手術済み。杖で歩く。"),
    (2, "前立腺肥大症", Inactive, None, "内服はない。"),
    (3, "骨粗鬆症", Active, None, "2019年ごろから。"),
    (5, "心房細動", Active, Some(date(2021, 11, 15)), "抗凝固薬を飲んでいる。出血に注意。"),
    (8, "胃ろう造設後", Active, Some(date(2025, 10, 3)), ""),
    (13, "脳梗塞", Inactive, Some(date(2020, 8, 21)), "右の手足に軽い麻痺が残る。"),
    (17, "糖尿病網膜症", Active, None, "左目が見えにくい。"),
    (21, "慢性心不全", Active, None, "入院はせずに診ていく。"),
    (25, "誤嚥性肺炎", Resolved, Some(date(2026, 1, 12)), "2026年1月に入院した。"),
];

/// The diagnosis, part by part, and what is beside it.
pub fn problems_of(patient: &PatientSeed) -> ProblemList {
    let (name, code) = (str::to_owned, String::new);
    let main = patient.diagnosis.split('、').map(|part| Problem {
        name: name(part),
        code: code(),
        status: Active,
        since: None,
        note: String::new(),
    });
    let beside = BESIDE.iter().filter(|(number, ..)| *number == patient.number);
    let beside = beside.map(|(_, part, status, since, note)| Problem {
        name: name(part),
        code: code(),
        status: *status,
        since: *since,
        note: name(note),
    });
    ProblemList { items: main.chain(beside).collect(), text: String::new() }
}
