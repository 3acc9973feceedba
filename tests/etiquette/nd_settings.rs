//! ND-M1b: a nurse finds a device set otherwise than anybody told her.

use renkei::domain::body::{
    Body, DeviceChange, DeviceChangeType, DeviceSetting, DeviceState, NursingInstruction, Visit,
};

use super::bodies::{device, flow, instructed, instruction, oxygen, visit, visit_finding};
use super::story::Who::{Doctor, Nurse, Secretariat};
use super::story::{Story, TEAM, at, duty, meets, no_duty};

#[tokio::test]
async fn nd_m1b_a_setting_nobody_announced_is_explained_by_the_doctor() {
    let mut story = Story::begin().await;
    story.posts(Doctor, oxygen("2")).await;
    let as_announced = story.posts(Nurse, visit_finding("2")).await;
    no_duty(&as_announced, "ND-M1b");
    let otherwise = story.posts(Nurse, visit_finding("4")).await;
    let owed = duty(&otherwise, "ND-M1b");
    assert!(owed.confirmed);
    story.owed_by(&owed, &[Doctor]);
    assert_eq!(owed.due, at("04-02 09:00"));
    story.got_by(otherwise.id, &TEAM).await;
    let Body::DeviceChange(other) = device(DeviceChangeType::Introduced, "1") else { unreachable!("a device") };
    let other = Body::from(Box::new(DeviceChange { device: "吸引器".to_owned(), ..*other }));
    assert!(!meets(&story.posts(Doctor, other).await, &owed), "another device explains nothing");
    let explained = story.posts(Doctor, oxygen("4")).await;
    assert!(meets(&explained, &owed));
    no_duty(&story.posts(Nurse, visit_finding("4")).await, "ND-M1b");
    // The doctor saw it as well: nobody to ask.
    no_duty(&story.posts(Doctor, visit_finding("5")).await, "ND-M1b");
}

#[tokio::test]
async fn nd_m1b_of_two_devices_both_are_explained() {
    let mut story = Story::begin().await;
    let of = |device: &str, litres: &str| DeviceState { device: device.to_owned(), settings: flow(litres) };
    let set = |device: &str, litres: &str| {
        let Body::DeviceChange(change) = oxygen(litres) else { unreachable!("a device") };
        Body::from(Box::new(DeviceChange { device: device.to_owned(), ..*change }))
    };
    for device in ["酸素濃縮器", "携帯用ボンベ"] {
        story.posts(Doctor, set(device, "2")).await;
    }
    let devices = vec![of("酸素濃縮器", "3"), of("携帯用 ボンベ", "3")];
    let found = story.posts(Nurse, Body::from(Box::new(Visit { devices, ..visit() }))).await;
    let owed = duty(&found, "ND-M1b");
    assert!(!meets(&story.posts(Doctor, set("携帯用ボンベ", "3")).await, &owed), "the other is still unexplained");
    assert!(meets(&story.posts(Doctor, set("酸素濃縮器", "3")).await, &owed));
}

#[tokio::test]
async fn nd_m1b_does_not_cry_wolf_where_the_same_is_written_otherwise() {
    let mut story = Story::begin().await;
    story.posts(Doctor, oxygen("3")).await;
    let seen = |name: &str, value: &str, unit: &str| {
        let (name, value, unit) = (name.to_owned(), value.to_owned(), unit.to_owned());
        let devices = vec![DeviceState {
            device: "酸素濃縮器".to_owned(),
            settings: vec![DeviceSetting { name, value, unit }],
        }];
        Body::from(Box::new(Visit { devices, ..visit() }))
    };
    for (name, value, unit) in [
        ("酸素流量（安静時）", "３", "L/分"),
        ("酸素流量(安静時)", " 3.0 ", "Ｌ／分"),
        ("酸素流量（安静時）", "3L/分", ""),
        ("酸素流量（安静時）", "3", ""),
        ("酸素流量（安静時）", "3", "L/min"),
        ("酸素流量（安静時）", "3000", "mL/分"),
    ] {
        no_duty(&story.posts(Nurse, seen(name, value, unit)).await, "ND-M1b");
    }
    for (value, unit) in [("３．５", "L/分"), ("3", "mL/分"), ("切", "")] {
        assert!(
            duty(&story.posts(Nurse, seen("酸素流量（安静時）", value, unit)).await, "ND-M1b").confirmed,
            "{value}"
        );
    }
    let in_doubt = story.posts(Nurse, seen("酸素流量（安静時）", "3", "目盛")).await;
    assert!(!duty(&in_doubt, "ND-M1b").confirmed, "the same number in a unit that nobody here knows");
}

#[tokio::test]
async fn nd_m1b_of_a_device_nobody_ever_announced_it_is_asked_without_being_sure() {
    let mut story = Story::begin().await;
    let found = story.posts(Nurse, visit_finding("2")).await;
    let owed = duty(&found, "ND-M1b");
    assert!(!owed.confirmed);
    story.until("04-02 09:00").await;
    story.until("04-03 09:00").await;
    let course = [
        "04-02 09:00 overdue",
        "04-02 09:00 told the contact at the Doctor's",
        "04-03 09:00 told the member at the Secretariat's",
    ];
    assert_eq!(story.course(Secretariat, owed.id).await, course);

    // An instruction that names the device announces it as well.
    let mut announced = Story::begin().await;
    let devices = vec![renkei::domain::body::DeviceState {
        device: "酸素濃縮器".to_owned(),
        settings: super::bodies::flow("2"),
    }];
    announced.posts(Doctor, instructed(NursingInstruction { devices, ..instruction() })).await;
    no_duty(&announced.posts(Nurse, visit_finding("2")).await, "ND-M1b");
    assert!(duty(&announced.posts(Nurse, visit_finding("3")).await, "ND-M1b").confirmed);
}
