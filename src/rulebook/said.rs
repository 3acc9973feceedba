//! The facts that an intent's own body states, for whoever fills the facts of a post. What the team, the history and
//! the hour add is not here; what takes a glossary to count stays unknown.

use super::event::EventFacts;
use super::facts::Known;
use crate::domain::body::{Body, Topic};
use crate::domain::entry::{Intent, Sensitivity};
use crate::domain::ids::OrganisationId;
use crate::domain::role::{OrganisationType, Role};

impl EventFacts {
    /// What this intent says. `type_of` knows the region's organisations. A correction says what it corrects to.
    #[must_use]
    pub fn said_by(intent: &Intent, type_of: impl Fn(OrganisationId) -> Option<OrganisationType>) -> Self {
        let body = match &intent.body {
            Body::Correction(correction) => &correction.body,
            body => body,
        };
        let mut facts = Self::UNKNOWN;
        facts.say_of_care(body, intent.sensitivity);
        facts.say_of_orders(body);
        facts.say_of_arrangements(body, &type_of);
        facts.say_of_administration(body);
        facts
    }

    fn say_of_care(&mut self, body: &Body, sensitivity: Sensitivity) {
        match body {
            Body::Note(note) => {
                self.tell_doctor = is(note.tell_doctor);
                self.mentions_acp = is(note.acp);
                self.shared_with_team = is(sensitivity == Sensitivity::Normal);
            }
            Body::Visit(visit) => {
                self.tell_doctor = is(visit.tell_doctor);
                self.mentions_acp = is(visit.acp);
                self.shared_with_team = is(sensitivity == Sensitivity::Normal);
                self.on_shared_sheet = is(!visit.off_shared_sheet);
            }
            Body::StatusChange(change) => {
                self.tell_doctor = is(change.tell_doctor);
                self.emergency = is(change.emergency);
                self.urgent = is(change.urgent);
                self.topic = topic(change.topic);
            }
            Body::InfectionNotice(notice) => self.contact_dates = is(!notice.contact_dates.is_empty()),
            Body::Call(call) => {
                self.call_to = Known::Is(call.to);
                self.call_reached = is(call.reached);
                self.call_written_up = is(!call.text.trim().is_empty());
            }
            Body::CarePlan(plan) => self.medical_service = is(plan.services.iter().any(|service| service.medical)),
            Body::MedicationReport(report) => {
                self.report_for_doctor = is(report.for_doctor);
                self.leftovers = is(!report.leftovers.is_empty());
            }
            _ => {}
        }
    }

    fn say_of_orders(&mut self, body: &Body) {
        match body {
            Body::Order(order) => {
                self.order_type = Known::Is(order.order_type);
                self.emergency = is(order.emergency);
                self.has_document = is(order.has_document());
                self.order_standard_form = is(order.standard_form);
                self.order_changes_drugs = is(order.changes_drugs);
            }
            Body::OrderDocument(document) => {
                self.order_type = Known::Is(document.order_type);
                self.has_document = is(!document.attachments.is_empty());
                self.order_standard_form = is(document.standard_form);
            }
            Body::VerbalOrderReceived(received) => {
                self.order_type = Known::Is(received.order_type);
                self.emergency = is(received.emergency);
                self.read_back = is(received.read_back);
            }
            Body::NursingInstruction(instruction) => {
                self.has_document = is(!instruction.attachments.is_empty());
                self.instruction_concrete = is(instruction.is_concrete());
                self.instruction_outlook = is(!instruction.outlook.trim().is_empty());
            }
            Body::DeviceChange(change) => {
                self.device_change = Known::Is(change.change);
                self.emergency = is(change.emergency);
            }
            _ => {}
        }
    }

    fn say_of_arrangements(&mut self, body: &Body, type_of: &impl Fn(OrganisationId) -> Option<OrganisationType>) {
        match body {
            Body::Message(message) => {
                self.urgent = is(message.urgent);
                self.topic = topic(message.topic);
            }
            Body::LabRequest(request) => self.urgent = is(request.urgent),
            Body::Consultation(consultation) => {
                use OrganisationType::{Clinic, DentalClinic, Hospital};
                self.urgent = is(consultation.urgent);
                self.topic = topic(consultation.topic);
                self.to_doctor = match (consultation.to_role, type_of(consultation.to)) {
                    (Some(role), _) => is(matches!(role, Role::Doctor | Role::Dentist)),
                    (None, Some(kind)) => is(matches!(kind, Clinic | Hospital | DentalClinic)),
                    (None, None) => Known::Unknown,
                };
            }
            Body::StationChange(change) => {
                self.family_request = is(change.family_request);
                self.has_document = is(!change.attachments.is_empty());
            }
            Body::VisitPlan(plan) => {
                let station = |invited: &OrganisationId| type_of(*invited) == Some(OrganisationType::NursingStation);
                self.urgent = is(plan.urgent);
                self.nurse_invited = is(plan.invited_roles.contains(&Role::Nurse) || plan.invited.iter().any(station));
            }
            Body::Conference(conference) => {
                let attends = |role| conference.attended_by(role).map_or(Known::Unknown, Known::Is);
                self.doctor_attends = attends(Role::Doctor);
                self.nurse_attends = attends(Role::Nurse);
            }
            _ => {}
        }
    }

    fn say_of_administration(&mut self, body: &Body) {
        match body {
            Body::Registration(registration) => {
                self.has_document = is(registration.has_document());
                self.doctor_agreed = is(registration.agreed_by.is_some());
            }
            Body::Consent(consent) => {
                self.consent_to = Known::Is(consent.state);
                self.has_document = is(consent.has_document());
                self.consent_names_form = is(!consent.form_version.trim().is_empty());
            }
            Body::TeamLink(link) => self.relation_confirmed = is(link.relation_confirmed),
            Body::Closing(closing) => self.closing_no_need = is(closing.confirmed),
            Body::Export(export) => {
                self.export_approved = is(export.approved_by.is_some());
                self.export_planned = is(export.planned);
            }
            _ => {}
        }
    }
}

const fn is(value: bool) -> Known<bool> {
    Known::Is(value)
}

/// Not said is something else than what the topics are for.
fn topic(said: Option<Topic>) -> Known<Topic> {
    Known::Is(said.unwrap_or(Topic::Other))
}
