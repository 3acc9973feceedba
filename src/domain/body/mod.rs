//! The typed body of each kind of entry, by family; each family's file holds its checks too.

mod about;
mod access;
mod care;
pub(crate) mod check;
mod device;
mod lab;
mod nursing;
mod observed;
mod office;
mod order;
mod problems;
mod refers;
mod related;
mod talk;
#[cfg(test)]
mod tests;
mod when;

pub use about::{Acknowledgement, Correction, Retraction, RetractionReason};
pub use access::{Closing, ClosingReason, EmergencyAccess};
pub use care::{
    Allergies, Allergy, AllergyType, CarePlan, CareService, Leftover, MedicationList, MedicationReport, PeriodicRecord,
};
pub use device::{DeviceChange, DeviceChangeType, DeviceSetting, DeviceState};
pub use lab::{LabItem, LabRequest, LabResult};
pub use nursing::{
    BedriddenLevel, BedsoreDepth, CareLevel, DementiaLevel, NursingInstruction, NursingReport, VisitDay, VisitMark,
};
pub use observed::{
    Admission, Call, CallTo, Death, Discharge, Infection, InfectionNotice, Note, StatusChange, Topic,
    VerbalOrderReceived, Visit,
};
pub use office::{
    Activation, ContactWindow, Export, Incident, OfficeEntry, Pledge, PledgeBy, Roster, Shift, Suspension,
};
pub use order::{Drug, Order, OrderDocument, OrderType, StandingOrder};
pub use problems::{Problem, ProblemList, ProblemStatus};
pub use refers::Reference;
pub use related::{Phone, PhoneUse, RelatedPerson, RelatedPersons, Relationship};
pub use talk::{
    AcpNote, Conference, Consultation, JointVisit, MeetingState, Message, Participant, SpokenFor, StationChange,
    VisitPlan,
};
pub use when::Callee;

use jiff::civil::Date;

use super::alarm::AlarmLimits;
use super::attachment::Attachment;
use super::duty::{DutyAnswer, DutyStep};
use super::kind::Kind;
use super::patient::Registration;
use super::team::{ConsentChange, HostChange, TeamLink, TeamUnlink};
use super::text::Invalid;
use super::vital::Vital;
use check::Check;

macro_rules! bodies {
    ($($kind:ident($body:ty),)+) => {
        /// What an entry says.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Body { $($kind($body),)+ }

        impl Body {
            /// The kind this body belongs to.
            #[must_use]
            pub const fn kind(&self) -> Kind {
                match self { $(Self::$kind(_) => Kind::$kind,)+ }
            }

            /// Refuses what no rulebook could make sense of; `today` is the date in the region.
            pub(super) fn check(&self, today: Date) -> Result<(), Invalid> {
                match self { $(Self::$kind(body) => Check::check(body, today),)+ }
            }
        }

        $(impl From<$body> for Body {
            fn from(body: $body) -> Self {
                Self::$kind(body)
            }
        })+
    };
}

// Boxed is what is large and rare, so that a vital or a message is moved cheaply.
bodies! {
    Registration(Box<Registration>),
    Consent(ConsentChange),
    TeamLink(TeamLink),
    TeamUnlink(TeamUnlink),
    HostChange(HostChange),
    Vital(Vital),
    Note(Note),
    Visit(Box<Visit>),
    StatusChange(StatusChange),
    InfectionNotice(InfectionNotice),
    Call(Box<Call>),
    VerbalOrderReceived(VerbalOrderReceived),
    Admission(Box<Admission>),
    Discharge(Box<Discharge>),
    Death(Death),
    Message(Message),
    Order(Box<Order>),
    StandingOrder(StandingOrder),
    NursingInstruction(Box<NursingInstruction>),
    NursingReport(Box<NursingReport>),
    DeviceChange(Box<DeviceChange>),
    LabRequest(LabRequest),
    LabResult(Box<LabResult>),
    AcpNote(AcpNote),
    JointVisit(JointVisit),
    Conference(Box<Conference>),
    AlarmLimits(AlarmLimits),
    OrderDocument(OrderDocument),
    Consultation(Consultation),
    StationChange(Box<StationChange>),
    VisitPlan(Box<VisitPlan>),
    MedicationList(Box<MedicationList>),
    MedicationReport(Box<MedicationReport>),
    Allergies(Allergies),
    ProblemList(ProblemList),
    RelatedPersons(RelatedPersons),
    CarePlan(Box<CarePlan>),
    PeriodicRecord(PeriodicRecord),
    EmergencyAccess(EmergencyAccess),
    Closing(Closing),
    ContactWindow(Box<ContactWindow>),
    Roster(Roster),
    Pledge(Pledge),
    OfficeEntry(OfficeEntry),
    Activation(Activation),
    Export(Box<Export>),
    Incident(Box<Incident>),
    Suspension(Suspension),
    Acknowledgement(Acknowledgement),
    Correction(Correction),
    Retraction(Retraction),
    DutyStep(Box<DutyStep>),
    DutyAnswer(Box<DutyAnswer>),
}

impl Body {
    /// The files the body refers to; of a correction, those of what it says now.
    #[must_use]
    pub fn attachments(&self) -> &[Attachment] {
        match self {
            Self::Order(body) => &body.attachments,
            Self::OrderDocument(body) => &body.attachments,
            Self::Message(body) => &body.attachments,
            Self::Consultation(body) => &body.attachments,
            Self::AcpNote(body) => &body.attachments,
            Self::Conference(body) => &body.attachments,
            Self::StationChange(body) => &body.attachments,
            Self::LabResult(body) => &body.attachments,
            Self::Pledge(body) => &body.attachments,
            Self::OfficeEntry(body) => &body.attachments,
            Self::Incident(body) => &body.attachments,
            Self::Note(body) => &body.attachments,
            Self::Visit(body) => &body.attachments,
            Self::StatusChange(body) => &body.attachments,
            Self::Admission(body) => &body.attachments,
            Self::Discharge(body) => &body.attachments,
            Self::NursingInstruction(body) => &body.attachments,
            Self::NursingReport(body) => &body.attachments,
            Self::MedicationList(body) => &body.attachments,
            Self::MedicationReport(body) => &body.attachments,
            Self::CarePlan(body) => &body.attachments,
            Self::DeviceChange(body) => &body.attachments,
            Self::Registration(body) => &body.attachments,
            Self::Consent(body) => &body.attachments,
            Self::Correction(Correction { body, .. }) => body.attachments(),
            _ => &[],
        }
    }

    /// Whether its author says that it cannot wait.
    #[must_use]
    pub const fn is_pressing(&self) -> bool {
        match self {
            Self::StatusChange(body) => body.emergency || body.urgent,
            Self::Message(body) => body.urgent,
            Self::Consultation(body) => body.urgent,
            Self::VisitPlan(body) => body.urgent,
            Self::LabRequest(body) => body.urgent,
            Self::DeviceChange(body) => body.emergency,
            Self::VerbalOrderReceived(body) => body.emergency,
            Self::Order(body) => body.emergency,
            _ => false,
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
}
