//! The typed body of each kind of entry. What each must hold is checked in `check.rs`.

use jiff::civil::Date;

use super::alarm::AlarmLimits;
use super::decimal::Decimal;
use super::ids::{EntryId, OrganisationId};
use super::kind::Kind;
use super::list::closed_list;
use super::patient::Registration;
use super::role::Role;
use super::team::{ConsentChange, HostChange, TeamLink, TeamUnlink};
use super::time::Timestamp;
use super::vital::Vital;

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    Registration(Registration),
    Consent(ConsentChange),
    TeamLink(TeamLink),
    TeamUnlink(TeamUnlink),
    HostChange(HostChange),
    Vital(Vital),
    Note(Note),
    Visit(Visit),
    StatusChange(StatusChange),
    InfectionNotice(InfectionNotice),
    Message(Message),
    Order(Order),
    StandingOrder(StandingOrder),
    NursingInstruction(NursingInstruction),
    NursingReport(NursingReport),
    DeviceChange(DeviceChange),
    LabRequest(LabRequest),
    LabResult(LabResult),
    AcpNote(AcpNote),
    JointVisit(JointVisit),
    Conference(Conference),
    AlarmLimits(AlarmLimits),
    Acknowledgement(Acknowledgement),
    Correction(Correction),
    Retraction(Retraction),
}

impl Body {
    /// The kind this body belongs to.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Registration(_) => Kind::Registration,
            Self::Consent(_) => Kind::Consent,
            Self::TeamLink(_) => Kind::TeamLink,
            Self::TeamUnlink(_) => Kind::TeamUnlink,
            Self::HostChange(_) => Kind::HostChange,
            Self::Vital(_) => Kind::Vital,
            Self::Note(_) => Kind::Note,
            Self::Visit(_) => Kind::Visit,
            Self::StatusChange(_) => Kind::StatusChange,
            Self::InfectionNotice(_) => Kind::InfectionNotice,
            Self::Message(_) => Kind::Message,
            Self::Order(_) => Kind::Order,
            Self::StandingOrder(_) => Kind::StandingOrder,
            Self::NursingInstruction(_) => Kind::NursingInstruction,
            Self::NursingReport(_) => Kind::NursingReport,
            Self::DeviceChange(_) => Kind::DeviceChange,
            Self::LabRequest(_) => Kind::LabRequest,
            Self::LabResult(_) => Kind::LabResult,
            Self::AcpNote(_) => Kind::AcpNote,
            Self::JointVisit(_) => Kind::JointVisit,
            Self::Conference(_) => Kind::Conference,
            Self::AlarmLimits(_) => Kind::AlarmLimits,
            Self::Acknowledgement(_) => Kind::Acknowledgement,
            Self::Correction(_) => Kind::Correction,
            Self::Retraction(_) => Kind::Retraction,
        }
    }

    /// The body a correction puts in its target's place.
    #[must_use]
    pub const fn corrected(&self) -> Option<&Self> {
        match self {
            Self::Correction(Correction { body, .. }) => Some(&**body),
            _ => None,
        }
    }

    /// The entry this body points back at, if it is about another.
    #[must_use]
    pub const fn target(&self) -> Option<EntryId> {
        match self {
            Self::Acknowledgement(Acknowledgement { target, .. })
            | Self::Correction(Correction { target, .. })
            | Self::Retraction(Retraction { target, .. }) => Some(*target),
            _ => None,
        }
    }
}

/// Free text about the patient: an observation, a daily-life record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub text: String,
}

/// Something said to the team, or to some roles of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub text: String,
    /// Roles asked to read it first; empty: the whole team.
    pub to_roles: Vec<Role>,
}

/// A visit that took place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    pub text: String,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

/// A change of condition somebody noticed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusChange {
    pub text: String,
    pub noticed_at: Option<Timestamp>,
    /// Whether the doctor needs to know.
    pub tell_doctor: bool,
}

closed_list! {
    /// Which infection a notice is about.
    Infection {
        Covid = "covid", "新型コロナ", "COVID-19";
        Other = "other", "その他の感染症", "another infection";
    }
}

/// A notice that the patient has, or was near, an infection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InfectionNotice {
    pub infection: Infection,
    pub text: String,
    pub since: Option<Date>,
}

closed_list! {
    /// What an order is about.
    OrderType {
        Drip = "drip", "点滴", "drip";
        Opioid = "opioid", "オピオイド", "opioid";
        ImportantDrug = "important_drug", "その他の重要な与薬", "another important drug";
        Routine = "routine", "通常の指示", "routine order";
    }
}

/// A doctor's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub order_type: OrderType,
    pub text: String,
    pub emergency: bool,
}

/// Treatment agreed in advance for an emergency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingOrder {
    /// When it applies, e.g. 発熱 38 ℃以上.
    pub condition: String,
    pub instruction: String,
}

/// 訪問看護指示書: the doctor's instruction to the nursing station, in force for at most six months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NursingInstruction {
    pub from: Date,
    pub until: Date,
    pub diagnosis: String,
    pub condition: String,
    pub instruction: String,
}

/// 訪問看護報告書: the station's report to the doctor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NursingReport {
    pub from: Date,
    pub until: Date,
    pub course: String,
    pub care: String,
    pub situation: String,
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
    pub before: String,
    pub after: String,
}

/// A request to pass on test results (FHIR `ServiceRequest`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabRequest {
    pub text: String,
}

/// One tested quantity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabItem {
    pub name: String,
    /// LOINC or JLAC code, if known.
    pub code: String,
    pub value: Option<Decimal>,
    pub text: String,
    pub unit: String,
    /// The laboratory's own reference range, as printed.
    pub range: String,
}

/// Test results passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabResult {
    /// The request this answers.
    pub request: Option<EntryId>,
    pub sampled_on: Option<Date>,
    pub items: Vec<LabItem>,
    pub text: String,
}

/// What the patient wishes for the time ahead (人生会議).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcpNote {
    pub text: String,
}

/// A visit made together by people of several organisations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JointVisit {
    pub text: String,
    pub organisations: Vec<OrganisationId>,
}

/// A service conference (サービス担当者会議).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conference {
    pub text: String,
    pub held_at: Option<Timestamp>,
    pub organisations: Vec<OrganisationId>,
}

/// "I have seen this and take note of it."
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    pub target: EntryId,
    pub text: String,
}

/// What the target should have said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    pub target: EntryId,
    pub body: Box<Body>,
    pub reason: String,
}

closed_list! {
    /// Why an entry is taken back.
    RetractionReason {
        Mistake = "mistake", "誤記", "entered by mistake";
        /// Written on the wrong patient: hidden from that team at once.
        WrongPatient = "wrong_patient", "患者の取り違え", "wrong patient";
    }
}

/// The author takes the target back; it stays on the timeline, struck through or hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retraction {
    pub target: EntryId,
    pub reason: RetractionReason,
    pub text: String,
}
