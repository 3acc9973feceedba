//! Bodies about medical devices: what changed, and the settings seen.

use jiff::civil::Date;

use super::check::{Check, attachments, each, has_happened, required, text, texts};
use crate::domain::attachment::Attachment;
use crate::domain::decimal::Decimal;
use crate::domain::list::closed_list;
use crate::domain::rate::Rate;
use crate::domain::search::plain;
use crate::domain::text::{Invalid, Text};

/// One setting of a device: 酸素流量（安静時）, 2, L/分.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceSetting {
    pub name: String,
    pub value: String,
    pub unit: String,
}

impl DeviceSetting {
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        required("name", &self.name)?;
        required("value", &self.value)?;
        text("unit", &self.unit)
    }

    /// Whether the value is the same, however it is written: width, spaces, ends of decimals and the spelling of the unit
    /// do not count, and what one of them leaves out of the unit is the other's. `None`: the numbers are the same, in two
    /// units of which one is not known here.
    #[must_use]
    pub fn reads_like(&self, other: &Self) -> Option<bool> {
        let ((value, unit), (other_value, other_unit)) = (self.reading(), other.reading());
        if unit.starts_with(&*other_unit) || other_unit.starts_with(&*unit) {
            return Some(value == other_value);
        }
        match (value, other_value, Rate::read(&unit), Rate::read(&other_unit)) {
            (Ok(value), Ok(other_value), Some(unit), Some(other)) => Some(unit.is_same(value, other, other_value)),
            (value, other_value, _, _) => (value != other_value).then_some(false),
        }
    }

    /// The value and its unit, which people write into either field.
    fn reading(&self) -> (Result<Decimal, String>, String) {
        let written = plain(&self.value).replace(',', "") + &plain(&self.unit);
        let end = written.find(|c: char| !matches!(c, '0'..='9' | '.' | '-' | '+')).unwrap_or(written.len());
        match written[..end].parse() {
            Ok(number) => (Ok(number), written[end..].to_owned()),
            Err(_) => (Err(written), String::new()),
        }
    }
}

/// A device with the settings it was found at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceState {
    pub device: String,
    pub settings: Vec<DeviceSetting>,
}

impl DeviceState {
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        required("device", &self.device)?;
        each("settings", &self.settings, DeviceSetting::check)
    }
}

closed_list! {
    /// What happened to a device.
    DeviceChangeType {
        Introduced = "introduced", "導入", "introduced";
        Setting = "setting", "設定変更", "setting changed";
        Removed = "removed", "終了", "removed";
    }
}

/// A medical device brought in, set differently or taken away (FHIR `DeviceUseStatement`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceChange {
    pub device: String,
    pub change: DeviceChangeType,
    /// The settings until now.
    pub before: Vec<DeviceSetting>,
    /// The settings from now on.
    pub after: Vec<DeviceSetting>,
    pub reason: String,
    pub emergency: bool,
    /// When it was or will be done.
    pub on: Option<Date>,
    /// Days on which the team was or will be in contact about it.
    pub contact_dates: Vec<Date>,
    pub attachments: Vec<Attachment>,
}

impl Check for DeviceChange {
    fn check(&self, today: Date) -> Result<(), Invalid> {
        required("device", &self.device)?;
        each("before", &self.before, DeviceSetting::check)?;
        each("after", &self.after, DeviceSetting::check)?;
        if self.change == DeviceChangeType::Setting && self.after.is_empty() {
            let message = Text::fixed(
                "設定変更では、変更後の設定（項目と値）を一つ以上書いてください",
                "a change of setting needs at least one setting with its value after the change",
            );
            return Err(Invalid::new("after", "required", message));
        }
        texts([("reason", &self.reason)])?;
        each("contact_dates", &self.contact_dates, |on| has_happened("", Some(*on), today))?;
        attachments(&self.attachments)
    }
}
