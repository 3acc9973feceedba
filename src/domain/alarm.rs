//! Alarm limits of one patient, set by the doctor, and which values of a reading lie outside them.
//!
//! There are no default limits: where the doctor set none, nothing alarms.

use super::decimal::Decimal;
use super::text::{Invalid, Text};
use super::vital::{Vital, VitalSign};

/// The limits of one vital sign, in its canonical unit; at least one side is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlarmLimit {
    pub sign: VitalSign,
    pub low: Option<Decimal>,
    pub high: Option<Decimal>,
}

/// The body of an alarm-limits entry: replaces all limits set before; empty takes them away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmLimits {
    pub limits: Vec<AlarmLimit>,
    pub text: String,
}

impl AlarmLimits {
    /// Refuses limits without a side, upside down, or given twice for a sign.
    ///
    /// # Errors
    /// The first complaint, naming the field.
    pub fn check(&self) -> Result<(), Invalid> {
        for (at, limit) in self.limits.iter().enumerate() {
            let complaint = match (limit.low, limit.high) {
                (None, None) => Some(Text::fixed("下限か上限が必要です", "a low or a high limit is expected")),
                (Some(low), Some(high)) if low >= high => Some(Text::new(
                    format!("下限 {low} が上限 {high} 以上です"),
                    format!("low {low} is not below high {high}"),
                )),
                _ if self.limits[..at].iter().any(|earlier| earlier.sign == limit.sign) => Some(Text::new(
                    format!("{}が二つあります", limit.sign.ja()),
                    format!("{} is given twice", limit.sign.en()),
                )),
                _ => None,
            };
            if let Some(message) = complaint {
                return Err(Invalid::new(format!("limits[{at}]"), "bad_limit", message));
            }
        }
        Ok(())
    }
}

/// One value of a reading that lies outside the patient's limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alarm {
    pub sign: VitalSign,
    pub value: Decimal,
    /// The limit crossed.
    pub limit: Decimal,
    /// Whether the value is below (true) or above (false) the limit.
    pub below: bool,
}

/// The alarms a reading raises under these limits.
#[must_use]
pub fn alarms(reading: &Vital, limits: &[AlarmLimit]) -> Vec<Alarm> {
    let crossed = |limit: &AlarmLimit| {
        let value = reading.value(limit.sign)?;
        let alarm = |limit_value, below| Alarm { sign: limit.sign, value, limit: limit_value, below };
        match (limit.low, limit.high) {
            (Some(low), _) if value < low => Some(alarm(low, true)),
            (_, Some(high)) if value > high => Some(alarm(high, false)),
            _ => None,
        }
    };
    limits.iter().filter_map(crossed).collect()
}
