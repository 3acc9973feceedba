//! Vital signs: what can be measured, its codes, its units, and what can be true of a living person.
//!
//! The bounds here catch slips of the hand ("SpO2 of 980 %"). They are recorded human extremes or hold by
//! definition, never clinical thresholds; those are a patient's own alarm limits, set by the doctor.

use super::decimal::Decimal;
use super::list::closed_list;
use super::text::{Invalid, Text};
use super::unit::Unit;

closed_list! {
    /// One quantity a vital entry can carry [Observation.code].
    VitalSign {
        SystolicPressure = "systolic", "収縮期血圧", "systolic blood pressure";
        DiastolicPressure = "diastolic", "拡張期血圧", "diastolic blood pressure";
        Pulse = "pulse", "脈拍", "pulse";
        OxygenSaturation = "spo2", "SpO2", "SpO2";
        BodyTemperature = "temperature", "体温", "body temperature";
        RespirationRate = "respiration", "呼吸数", "respiration rate";
        BodyWeight = "weight", "体重", "body weight";
        BloodGlucose = "glucose", "血糖値", "blood glucose";
        PainScale = "pain", "痛み（NRS）", "pain (0–10 scale)";
    }
}

closed_list! {
    /// Where the temperature was taken [Observation.bodySite].
    BodySite {
        Axilla = "axilla", "腋窩", "armpit";
        Mouth = "mouth", "口腔", "mouth";
        Ear = "ear", "耳", "ear";
        Rectum = "rectum", "直腸", "rectum";
        Forehead = "forehead", "額", "forehead";
        LeftArm = "left_arm", "左腕", "left arm";
        RightArm = "right_arm", "右腕", "right arm";
        LeftThigh = "left_thigh", "左大腿", "left thigh";
        RightThigh = "right_thigh", "右大腿", "right thigh";
        Wrist = "wrist", "手首", "wrist";
        Finger = "finger", "指", "finger";
    }
}

/// The codes other systems know a vital sign by, and its canonical unit.
#[derive(Clone, Copy, Debug)]
pub struct SignFacts {
    pub loinc: &'static str,
    /// Code of the MEDIS nursing-observation master, where it has one.
    pub medis: Option<&'static str>,
    pub unit: Unit,
    /// Smallest value that can be true, in the canonical unit.
    pub low: Decimal,
    /// Largest value that can be true, in the canonical unit.
    pub high: Decimal,
    /// Where the bounds come from.
    pub bounds_from: &'static str,
}

impl VitalSign {
    /// Codes (LOINC; MEDIS 看護実践用語標準マスター), canonical UCUM unit and the bounds of the possible.
    #[must_use]
    pub const fn facts(self) -> SignFacts {
        match self {
            Self::SystolicPressure => facts_of(
                "8480-6",
                Some("31001848"),
                Unit::MillimetreOfMercury,
                (0, 480),
                "highest pressure recorded (leg press, MacDougall 1985)",
            ),
            Self::DiastolicPressure => facts_of(
                "8462-4",
                Some("31001849"),
                Unit::MillimetreOfMercury,
                (0, 350),
                "highest pressure recorded (leg press, MacDougall 1985)",
            ),
            Self::Pulse => facts_of(
                "8867-4",
                Some("31001390"),
                Unit::PerMinute,
                (0, 600),
                "highest heart rate reported in man (Chhabra 2012)",
            ),
            Self::OxygenSaturation => facts_of("2708-6", Some("31000001"), Unit::Percent, (0, 100), "by definition"),
            Self::BodyTemperature => facts_of(
                "8310-5",
                Some("31001368"),
                Unit::DegreeCelsius,
                (11, 47),
                "lowest and highest survived (11.8 and 46.5 °C)",
            ),
            Self::RespirationRate => facts_of(
                "9279-1",
                Some("31001369"),
                Unit::PerMinute,
                (0, 150),
                "guard against slips; no published extreme",
            ),
            Self::BodyWeight => {
                facts_of("29463-7", None, Unit::Kilogram, (0, 640), "heaviest person recorded (635 kg)")
            }
            Self::BloodGlucose => {
                facts_of("2339-0", None, Unit::MilligramPerDecilitre, (0, 2700), "highest survived (2,656 mg/dL)")
            }
            Self::PainScale => facts_of("72514-3", None, Unit::Score, (0, 10), "by definition"),
        }
    }
}

const fn facts_of(
    loinc: &'static str,
    medis: Option<&'static str>,
    unit: Unit,
    (low, high): (i32, i32),
    bounds_from: &'static str,
) -> SignFacts {
    SignFacts { loinc, medis, unit, low: Decimal::whole(low), high: Decimal::whole(high), bounds_from }
}

/// One measured quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measurement {
    pub sign: VitalSign,
    /// In the sign's canonical unit.
    pub value: Decimal,
    /// What was given, where it differed from the canonical unit: the record is never altered.
    pub given: Option<(Decimal, Unit)>,
}

impl Measurement {
    /// Converts to the canonical unit and refuses what cannot be true, naming value and expectation.
    ///
    /// # Errors
    /// `wrong_unit` when the unit does not measure this sign, `implausible` outside the bounds of the possible.
    pub fn new(sign: VitalSign, value: Decimal, unit: Unit) -> Result<Self, Invalid> {
        let facts = sign.facts();
        let canonical = unit.convert(value, facts.unit).ok_or_else(|| wrong_unit(sign, unit))?;
        if canonical < facts.low || canonical > facts.high {
            return Err(implausible(sign, value, unit));
        }
        let given = (unit != facts.unit).then_some((value, unit));
        Ok(Self { sign, value: canonical, given })
    }
}

fn wrong_unit(sign: VitalSign, unit: Unit) -> Invalid {
    let accepted = Unit::ALL.iter().filter(|other| other.convert(Decimal::whole(1), sign.facts().unit).is_some());
    let accepted: Vec<&str> = accepted.map(|unit| unit.code()).collect();
    let accepted = accepted.join(", ");
    Invalid::new(
        "unit",
        "wrong_unit",
        Text::new(
            format!("{}の単位に「{}」は使えません。使える単位: {accepted}", sign.ja(), unit.code()),
            format!("{} is not measured in `{}`; accepted: {accepted}", sign.en(), unit.code()),
        ),
    )
}

fn implausible(sign: VitalSign, value: Decimal, unit: Unit) -> Invalid {
    let SignFacts { low, high, unit: canonical, .. } = sign.facts();
    Invalid::new(
        "value",
        "implausible",
        Text::new(
            format!("{} {value} {} はありえない値です（{low}–{high} {}）", sign.ja(), unit.ja(), canonical.ja()),
            format!("{} of {value} {}: expected {low}–{high} {}", sign.en(), unit.en(), canonical.en()),
        ),
    )
}

/// One reading (FHIR `Observation`): the quantities taken together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vital {
    pub measurements: Vec<Measurement>,
    pub site: Option<BodySite>,
    /// The meter, as its maker or its owner calls it.
    pub device: String,
    pub comment: String,
}

impl Vital {
    /// The value of `sign`, if this reading has it.
    #[must_use]
    pub fn value(&self, sign: VitalSign) -> Option<Decimal> {
        self.measurements.iter().find(|m| m.sign == sign).map(|m| m.value)
    }

    /// Refuses an empty reading, a sign given twice, and a diastolic pressure above the systolic.
    ///
    /// # Errors
    /// The first complaint, naming the field.
    pub fn check(&self) -> Result<(), Invalid> {
        if self.measurements.is_empty() {
            return Err(Invalid::required("measurements"));
        }
        for (at, measurement) in self.measurements.iter().enumerate() {
            if self.measurements[..at].iter().any(|earlier| earlier.sign == measurement.sign) {
                return Err(Invalid::new(
                    format!("measurements[{at}].sign"),
                    "duplicate",
                    Text::new(
                        format!("{}が二つあります", measurement.sign.ja()),
                        format!("{} is given twice", measurement.sign.en()),
                    ),
                ));
            }
        }
        match (self.value(VitalSign::SystolicPressure), self.value(VitalSign::DiastolicPressure)) {
            (Some(systolic), Some(diastolic)) if diastolic > systolic => Err(Invalid::new(
                "measurements",
                "implausible",
                Text::new(
                    format!("拡張期血圧 {diastolic} が収縮期血圧 {systolic} を上回っています"),
                    format!("diastolic {diastolic} is above systolic {systolic}"),
                ),
            )),
            _ => Ok(()),
        }
    }
}
