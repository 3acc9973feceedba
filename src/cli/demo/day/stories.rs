//! What does not happen every day: an alarm and what follows, a fall, an infection, a device set anew, a slip put
//! right, the wrong patient, a substitute who is not linked yet, talks with the family.

use super::{Day, Say};
use crate::cli::demo::readings;
use crate::cli::demo::region::{PATIENTS, PatientSeed, organisation_id, patient, person};
use crate::domain::body::{
    AcpNote, Body, Conference, DeviceChange, DeviceChangeType, DeviceSetting, Infection, InfectionNotice, JointVisit,
    LabItem, LabRequest, LabResult, MeetingState, Message, NursingReport, Order, OrderType, Participant,
    RetractionReason, StatusChange,
};
use crate::domain::decimal::Decimal;
use crate::domain::role::Role;
use crate::domain::team::{History, TeamLink};

pub fn write(day: &mut Day) {
    alarm(day, 9 * 60 + 20, 0);
    alarm(day, 15 * 60 + 10, 7);
    slip_put_right(day);
    wrong_patient(day);
    substitute(day);
    condition_changes(day);
    fathers_family(day);
    mothers_family(day);
    match day.number % 3 {
        0 => {
            ventilator(day);
            infection(day);
            conference(day);
        }
        1 => {
            lab_results(day);
            joint_visit(day);
            wishes(day);
        }
        _ => {
            monthly_report(day);
            morphine(day);
            dentist(day);
            after_hospital(day);
        }
    }
}

/// A value outside the limits that the doctor set; the doctor sees it, asks, orders; the nurse reports back.
fn alarm(day: &mut Day, minute: u16, offset: usize) {
    let watched: Vec<&PatientSeed> = PATIENTS
        .iter()
        .filter(|patient| !patient.limits.is_empty() && patient.served_by(Role::Nurse, 0).is_some())
        .collect();
    let patient = watched[day.turn(watched.len()).wrapping_add(offset) % watched.len()];
    let limit = &patient.limits[day.turn(patient.limits.len())];
    let (nurse, doctor) = (patient.served_by(Role::Nurse, 0), patient.served_by(Role::Doctor, 0));
    let (Some(nurse), Some(doctor)) = (nurse, doctor) else { return };
    let reading = readings::alarming(patient, limit, &mut day.dice);
    let reading = day.post(minute, nurse, patient, readings::body(reading));
    let (sign, value) = (limit.sign.ja(), limit.crossed);
    let unit = limit.sign.facts().unit.ja();
    let report = format!(
        "{sign}が{value}{unit}でした。少し時間をおいて測り直しても同じくらいです。ご本人の訴えは強くありません。指示をお願いします。"
    );
    let report = StatusChange { text: report, tell_doctor: true, ..StatusChange::default() };
    let report = day.post(minute + 4, nurse, patient, Body::StatusChange(report));
    day.acknowledge(minute + 9, doctor, reading, "確認しました。すぐにお電話します。");
    let order = Order::new(
        OrderType::Routine,
        format!(
            "一時間後に{sign}を再検し、結果を知らせてください。症状が出たらすぐに電話を。本日中に臨時で往診します。"
        ),
    );
    let order = day.post(minute + 14, doctor, patient, Body::from(Box::new(order)));
    day.acknowledge(minute + 17, nurse, order, "承知しました。一時間後に再検して報告します。");
    let again = readings::full(patient, &mut day.dice);
    let again = day.post(minute + 75, nurse, patient, readings::body(again));
    day.acknowledge(minute + 82, doctor, again, "落ち着きましたね。ありがとうございました。");
    day.acknowledge(minute + 120, doctor, report, "往診しました。処方の変更はありません。経過を見ていきましょう。");
}

/// A nurse mistypes, notices, and puts it right.
fn slip_put_right(day: &mut Day) {
    let patient = patient([4, 5, 11, 12][day.turn(4)]);
    let Some(nurse) = patient.served_by(Role::Nurse, 1) else { return };
    let right = readings::full(patient, &mut day.dice);
    let mut wrong = right.clone();
    wrong.comment = "測定時、会話あり".to_owned();
    let first = wrong.measurements.iter_mut().find(|measurement| measurement.given.is_none());
    if let Some(pressure) = first {
        pressure.value = pressure.value.convert(10, 1, 1, 0).expect("ten more fits");
    }
    let wrong = day.post(11 * 60 + 5, nurse, patient, readings::body(wrong));
    let reason = "収縮期血圧の打ち間違い".to_owned();
    let body = readings::body(right);
    day.say(11 * 60 + 9, nurse, patient.number, Say::Correct { of: wrong, body, reason });
}

/// A note on the wrong patient's page: taken back, written where it belongs.
fn wrong_patient(day: &mut Day) {
    let (wrong, right) = [(16, 22), (22, 26), (26, 16)][day.turn(3)];
    let (wrong, right) = (patient(wrong), patient(right));
    let Some(nurse) = wrong.served_by(Role::Nurse, day.turn(2)) else { return };
    let text =
        "訪問時、玄関の鍵が開いたままでした。ご本人は居間で休まれていて変わりなし。鍵のかけ忘れに注意していきます。";
    let slip = day.note(14 * 60 + 2, nurse, wrong, text);
    let taken_back = Say::Retract {
        of: slip,
        reason: RetractionReason::WrongPatient,
        text: "別の方のページに書いてしまいました。".to_owned(),
    };
    day.say(14 * 60 + 6, nurse, wrong.number, taken_back);
    day.note(14 * 60 + 9, nurse, right, text);
}

/// A nurse of the other station stands in before anybody has linked the station: what she saw waits in the linking
/// queue until the secretariat has made the link.
fn substitute(day: &mut Day) {
    let is_new = |patient: &&PatientSeed| {
        patient.is_shared() && patient.is_linked_to("komorebi") && !patient.is_linked_to("asanagi")
    };
    let candidates: Vec<&PatientSeed> = PATIENTS.iter().filter(is_new).collect();
    let patient = candidates[day.turn(candidates.len())];
    let (nurse, secretary) = (person("matsumoto"), person("miura"));
    let reading = readings::full(patient, &mut day.dice);
    day.post(12 * 60 + 10, nurse, patient, readings::body(reading));
    let text = "こもれびさんの代わりに臨時で訪問しました。点滴の刺入部に異常なし。ご本人は落ち着いておられます。";
    day.note(12 * 60 + 13, nurse, patient, text);
    let link = TeamLink {
        organisation: organisation_id("asanagi"),
        people: Vec::new(),
        host: false,
        history: History::All,
        relation_confirmed: true,
    };
    day.post(12 * 60 + 24, secretary, patient, Body::TeamLink(link));
    if let Some(nurse) = patient.served_by(Role::Nurse, 0) {
        let text = "あさなぎさんに応援に入っていただきます。これまでの経過はこのページをご覧ください。";
        day.message(12 * 60 + 31, nurse, patient, &[Role::Nurse], text);
    }
}

/// A helper notices something and tells the team; the nurse looks after it.
fn condition_changes(day: &mut Day) {
    let cases = [
        (
            5,
            "朝からぼんやりされていて、朝食が二割ほどしか入りませんでした。熱はありません。",
            "午後一番で訪問して様子を見ます。水分だけこまめにお願いします。",
        ),
        (
            7,
            "居間で尻もちをつかれたそうです。頭は打っておらず、痛みの訴えも腫れもありません。",
            "夕方に訪問して打ったところを確認します。歩くときは必ず付き添ってください。",
        ),
        (
            25,
            "おしりの皮膚が赤くなっています。押しても赤みが消えません。",
            "今日の訪問で創部を見て、体位変換の時間を一緒に決めましょう。",
        ),
        (
            13,
            "今朝から痰が多く、ごろごろと音がしています。",
            "すぐに伺います。体を少し起こして、横を向けてあげてください。",
        ),
        (
            16,
            "右手でお箸を落とすことが増えたように感じます。言葉ははっきりしています。",
            "先生にも報告します。急にひどくなったら、すぐ電話をください。",
        ),
    ];
    let (number, change, reply) = cases[day.turn(cases.len())];
    let patient = patient(number);
    let (Some(helper), Some(nurse)) = (patient.served_by(Role::Helper, 0), patient.served_by(Role::Nurse, 0)) else {
        return;
    };
    let change = StatusChange { text: change.to_owned(), tell_doctor: true, ..StatusChange::default() };
    let change = day.post(10 * 60 + 5, helper, patient, Body::StatusChange(change));
    day.acknowledge(10 * 60 + 11, nurse, change, reply);
    if let Some(doctor) = patient.served_by(Role::Doctor, 0) {
        day.acknowledge(10 * 60 + 22, doctor, change, "状況を確認しました。看護師さんの訪問の結果を待ちます。");
    }
    if let Some(manager) = patient.served_by(Role::CareManager, 0) {
        let text = "ヘルパーさん、連絡ありがとうございます。必要があればサービスの時間を調整します。";
        day.message(10 * 60 + 40, manager, patient, &[Role::Helper, Role::Nurse], text);
    }
}

/// The son writes to the nurse; the nurse answers him, and only he and the team see it.
fn fathers_family(day: &mut Day) {
    let (patient, nurse, son) = (patient(1), person("sato"), person("sasaki-kenta"));
    let talks = [
        (
            "母の足のむくみが、昨日より少し増えたように見えます。明日の訪問のときに見ていただけますか。",
            "ご連絡ありがとうございます。明日の午前の訪問で確認します。今夜は足を少し高くして休んでください。",
        ),
        (
            "今朝の体重は家の体重計で46.8kgでした。ノートにも書いてあります。",
            "体重の記録、ありがとうございます。いつもの範囲です。このまま毎朝続けてください。",
        ),
        (
            "来週の木曜は仕事で留守にします。鍵は玄関のキーボックスに入れておきます。",
            "承知しました。木曜はキーボックスの鍵で伺います。終わりましたらこちらでお知らせします。",
        ),
    ];
    let (asked, answered) = talks[day.turn(talks.len())];
    let question = day.message(12 * 60 + 45, son, patient, &[Role::Nurse], asked);
    day.address(question, nurse);
    day.acknowledge(12 * 60 + 58, nurse, question, "拝見しました。");
    let answer = day.message(13 * 60 + 4, nurse, patient, &[], answered);
    day.address(answer, son);
    day.acknowledge(13 * 60 + 30, son, answer, "ありがとうございます。助かります。");
}

/// Two more families: one measures at home, one tells what she noticed.
fn mothers_family(day: &mut Day) {
    let (patient_two, daughter) = (patient(2), person("tamura-yuko"));
    let reading = readings::by_meter(patient_two, &mut day.dice);
    day.post(18 * 60 + 35, daughter, patient_two, readings::body(reading));
    if day.number.is_multiple_of(2) {
        let (hers, carer) = (patient(3), person("kobayashi-yoko"));
        let text = "夕方になると「家に帰る」と玄関に出ていくことが、今週は三回ありました。";
        let noticed = Body::StatusChange(StatusChange { text: text.to_owned(), ..StatusChange::default() });
        let noticed = day.post(17 * 60 + 10, carer, hers, noticed);
        let manager = person("tanaka");
        day.acknowledge(
            17 * 60 + 25,
            manager,
            noticed,
            "教えてくださりありがとうございます。夕方の過ごし方を一緒に考えましょう。",
        );
        let answer = "明日お電話します。デイサービスの帰りの時間を少し遅くできるか、相談してみます。";
        let answer = day.message(17 * 60 + 33, manager, hers, &[], answer);
        day.address(answer, carer);
        let centre = person("hasegawa");
        day.note(
            17 * 60 + 50,
            centre,
            hers,
            "見守り用のGPS貸出について、市の制度をご家族に案内できます。必要なら申請をお手伝いします。",
        );
    }
}

/// The doctor sets a ventilator anew and everybody must know.
fn ventilator(day: &mut Day) {
    let (patient, doctor, nurse) = (patient(8), person("yamada"), person("ito"));
    let change = DeviceChange {
        device: "非侵襲的陽圧換気（NPPV）".to_owned(),
        change: DeviceChangeType::Setting,
        before: settings(&[("IPAP", "10", "cmH2O"), ("EPAP", "4", "cmH2O"), ("使うとき", "夜間のみ", "")]),
        after: settings(&[("IPAP", "12", "cmH2O"), ("EPAP", "4", "cmH2O"), ("使うとき", "夜間と昼寝のとき", "")]),
        reason: "日中の二酸化炭素の値が高めのため。".to_owned(),
        emergency: false,
        on: Some(day.today),
        contact_dates: Vec::new(),
        attachments: Vec::new(),
    };
    let change = day.post(14 * 60 + 20, doctor, patient, Body::from(Box::new(change)));
    day.acknowledge(14 * 60 + 32, nurse, change, "設定を確認しました。今夜の訪問でマスクの当たりと漏れも見ます。");
    let pharmacist = person("ogawa");
    day.acknowledge(14 * 60 + 50, pharmacist, change, "承知しました。");
    let text = "今夜から設定が変わります。息苦しさや眠りにくさがあれば、時間を問わず電話をください。";
    day.message(14 * 60 + 36, doctor, patient, &[Role::Nurse], text);
}

fn settings(named: &[(&str, &str, &str)]) -> Vec<DeviceSetting> {
    let setting = |(name, value, unit): &(&str, &str, &str)| DeviceSetting {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
        unit: (*unit).to_owned(),
    };
    named.iter().map(setting).collect()
}

fn infection(day: &mut Day) {
    let (patient, doctor) = (patient(15), person("yamada"));
    let notice = InfectionNotice {
        infection: Infection::Covid,
        text: "同居のご家族が新型コロナ陽性。ご本人は現在症状なし、抗原検査は陰性。訪問時はN95マスク・アイガードを着用してください。".to_owned(),
        since: Some(day.today),
        contact_dates: vec![day.today.saturating_sub(jiff::Span::new().days(1)), day.today],
    };
    let notice = day.post(8 * 60 + 50, doctor, patient, Body::InfectionNotice(notice));
    day.acknowledge(8 * 60 + 58, person("sato"), notice, "確認しました。本日の訪問は一番最後に回します。");
    day.acknowledge(9 * 60 + 6, person("kato"), notice, "確認しました。事業所内で共有します。");
    let text = "感染症のため、今週のデイサービスと通院は中止とします。訪問系のサービスは対策のうえ継続をお願いします。";
    day.message(9 * 60 + 15, person("tanaka"), patient, &[], text);
}

fn conference(day: &mut Day) {
    let (patient, manager) = (patient(4), person("saito"));
    let text = "サービス担当者会議。血糖の変動が大きいため、食事の時間をそろえることを目標にする。ヘルパーの訪問を朝食前に変更。次回は三か月後。";
    let organisations = ["hanamizuki", "komorebi", "tsubaki", "hidamari", "tanpopo"].map(organisation_id).to_vec();
    let held = Body::from(Box::new(Conference {
        state: MeetingState::Held,
        text: text.to_owned(),
        held_at: None,
        organisations,
        attendees: [Role::Doctor, Role::Nurse, Role::CareManager, Role::Helper]
            .map(|role| Participant { role, organisation: None, person: None })
            .to_vec(),
        absent: Vec::new(),
        spoken_for: Vec::new(),
        attachments: Vec::new(),
    }));
    let held = day.post(16 * 60 + 30, manager, patient, held);
    day.acknowledge(16 * 60 + 41, person("yamada"), held, "内容に同意します。");
    day.acknowledge(16 * 60 + 55, person("yoshida"), held, "朝食前の訪問、来週月曜から始めます。");
}

fn lab_results(day: &mut Day) {
    let (patient, pharmacist, doctor) = (patient(12), person("ogawa"), person("kawamura"));
    let request = LabRequest {
        text: "腎機能に応じた用量を確認したいので、直近の血液検査（Cr、eGFR、K）の結果を共有いただけますか。"
            .to_owned(),
        urgent: false,
    };
    let request = day.post(10 * 60 + 15, pharmacist, patient, Body::LabRequest(request));
    day.acknowledge(10 * 60 + 40, doctor, request, "このあと送ります。");
    let item = |name: &str, value: &str, unit: &str, range: &str| LabItem {
        name: name.to_owned(),
        code: String::new(),
        value: Some(value.parse::<Decimal>().expect("a decimal")),
        text: String::new(),
        unit: unit.to_owned(),
        range: range.to_owned(),
    };
    let items = vec![
        item("クレアチニン", "1.84", "mg/dL", "0.65-1.07"),
        item("eGFR", "28.6", "mL/min/1.73m2", "60以上"),
        item("カリウム", "4.7", "mmol/L", "3.6-4.8"),
    ];
    let result = LabResult {
        request: None,
        sampled_on: Some(day.today.saturating_sub(jiff::Span::new().days(4))),
        items,
        text: "先週の採血結果です。".to_owned(),
        attachments: Vec::new(),
    };
    let result = day.post(11 * 60 + 2, doctor, patient, Body::LabResult(Box::new(result)));
    day.acknowledge(11 * 60 + 20, pharmacist, result, "ありがとうございます。現在の用量で問題ありません。");
}

fn joint_visit(day: &mut Day) {
    let (patient, hygienist) = (patient(13), person("fujii"));
    let text = "歯科衛生士と訪問看護師で同行訪問。口腔ケアのあとに吸引する手順を確認し、写真入りの手順書をベッドサイドに置いた。";
    let organisations = vec![organisation_id("sakurazaka"), organisation_id("komorebi")];
    let visit =
        Body::JointVisit(JointVisit { state: MeetingState::Held, text: text.to_owned(), organisations, at: None });
    let visit = day.post(15 * 60 + 40, hygienist, patient, visit);
    day.acknowledge(15 * 60 + 52, person("suzuki"), visit, "本日はありがとうございました。他のスタッフにも伝えます。");
}

/// What the patient wishes; kept for the clinical professions.
fn wishes(day: &mut Day) {
    let (patient, doctor) = (patient(23), person("yamada"));
    let text = "痛みが強くならないうちに家で過ごしたい、入院はなるべくしたくない、とのお気持ちを伺った。ご主人も同席。";
    let wish =
        day.post(17 * 60 + 5, doctor, patient, Body::AcpNote(AcpNote { text: text.to_owned(), ..AcpNote::default() }));
    day.restrict(wish);
    day.acknowledge(17 * 60 + 20, person("suzuki"), wish, "拝読しました。訪問のたびにお気持ちを伺っていきます。");
}

fn monthly_report(day: &mut Day) {
    let (patient, nurse, doctor) = (patient(9), person("ito"), person("yamada"));
    let last_month = day.today.first_of_month().saturating_sub(jiff::Span::new().months(1));
    let report = NursingReport {
        from: last_month,
        until: last_month.last_of_month(),
        course: "体重・浮腫ともに大きな変動なく経過。動悸の訴えが月初に一度あったが、安静で治まった。".to_owned(),
        care: "バイタル測定、服薬確認、塩分と水分の相談、足浴。".to_owned(),
        situation: "長女夫婦と同居。日中は一人で過ごす時間がある。".to_owned(),
        ..NursingReport::default()
    };
    let report = day.post(17 * 60 + 30, nurse, patient, Body::from(Box::new(report)));
    day.acknowledge(18 * 60 + 2, doctor, report, "報告書を確認しました。");
}

/// An order for an important drug in an emergency, so that its paper may follow; acknowledged by those who carry it out.
fn morphine(day: &mut Day) {
    let (patient, doctor) = (patient(6), person("yamada"));
    let order = Order::new(
        OrderType::Opioid,
        "痛みの増強に対し、定時の鎮痛薬を本日夕方分から処方箋のとおり増量します。眠気と便通を観察してください。"
            .to_owned(),
    );
    let order = Order { emergency: true, ..order };
    let order = day.post(13 * 60 + 45, doctor, patient, Body::from(Box::new(order)));
    day.acknowledge(13 * 60 + 51, person("ogawa"), order, "処方箋を受け取りました。17時までにお届けします。");
    day.acknowledge(13 * 60 + 57, person("sato"), order, "承知しました。夕方の訪問で説明と観察を行います。");
    let text = "お届けし、飲み方をご家族に説明しました。残りの数も一緒に確認しています。";
    day.note(16 * 60 + 48, person("ogawa"), patient, text);
}

fn dentist(day: &mut Day) {
    let (patient, dentist) = (patient(1), person("morishita"));
    let order = Order::new(
        OrderType::Routine,
        "下の入れ歯の縁を調整しました。三日間は夜間に外し、痛むところがないか口腔ケアのときに見てください。".to_owned(),
    );
    let order = day.post(14 * 60 + 40, dentist, patient, Body::from(Box::new(order)));
    day.acknowledge(14 * 60 + 55, person("fujii"), order, "承知しました。木曜の訪問で確認します。");
}

/// The hospital asks how the patient is after discharge.
fn after_hospital(day: &mut Day) {
    let (patient, worker) = (patient(7), person("hayashi"));
    let text = "退院から二週間になりますが、その後のご様子はいかがでしょうか。外来は予定どおり来月です。";
    let asked = day.message(9 * 60 + 50, worker, patient, &[Role::Nurse, Role::CareManager], text);
    day.acknowledge(
        10 * 60 + 20,
        person("sato"),
        asked,
        "転倒なく過ごされています。内服の時間を守ると動きがよいです。",
    );
    let doctor = person("nakajima");
    let answer = Message {
        text: "ご報告ありがとうございます。外来までに薬の効き方の日内変動を記録いただけると助かります。".to_owned(),
        to_roles: vec![Role::Nurse],
        ..Message::default()
    };
    day.post(11 * 60 + 30, doctor, patient, Body::Message(answer));
}
