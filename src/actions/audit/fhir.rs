//! An audit record as a FHIR R4 `AuditEvent`; a read of a patient's record as IHE BALP's `PatientRead` asks for it: the
//! device as destination, the hub as source, the person as recipient, the patient, and which of their entries.

use serde_json::{Value, json};

use super::event::{Event, ReadSeen, Who};
use crate::domain::audit::AuditKind;
use crate::domain::directory::Directory;
use crate::domain::reading::ReadWhy;
use crate::domain::role::Role;

const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const PATIENT_READ: &str = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead";
/// From HL7's extensions pack: the agent acts on behalf of another.
const ON_BEHALF_OF: &str = "http://hl7.org/fhir/StructureDefinition/auditevent-OnBehalfOf";
const ROLES: &str = "urn:renkei:role";
const JP_ROLES: &str = "http://jpfhir.jp/fhir/core/CodeSystem/JP_PractitionerRole_CS";

/// The resource.
pub(super) fn audit_event(event: &Event, directory: &Directory, region: &str) -> Value {
    let is_patient_read = event.kind == Some(AuditKind::Read) && event.patient.is_some();
    let mut resource = json!({
        "resourceType": "AuditEvent",
        "id": id(event, region),
        "type": kind(event.kind),
        "subtype": [subtype(event.kind)],
        "action": action(event.kind),
        "recorded": event.at.to_rfc3339(),
        "outcome": if event.failed { "4" } else { "0" },
        "outcomeDesc": event.words().en,
        "agent": agents(event, directory),
        "source": {
            "site": region,
            "observer": { "display": format!("renkei {region}") },
            "type": [{ "system": "http://terminology.hl7.org/CodeSystem/security-source-type", "code": "4" }],
        },
    });
    if is_patient_read {
        resource["meta"] = json!({ "profile": [PATIENT_READ] });
    }
    let purposes = purposes(event);
    if !purposes.is_empty() {
        resource["purposeOfEvent"] = Value::Array(purposes);
    }
    let entities = entities(event);
    if !entities.is_empty() {
        resource["entity"] = Value::Array(entities);
    }
    resource
}

/// By its place in the log; what was accepted has none there.
fn id(event: &Event, region: &str) -> String {
    match event.about.filter(|_| event.kind == Some(AuditKind::Accepted)) {
        Some(entry) => entry.to_string(),
        None => format!("{region}-{}", event.seq),
    }
}

fn kind(kind: Option<AuditKind>) -> Value {
    let dcm = |code: &str, display: &str| json!({ "system": DCM, "code": code, "display": display });
    match kind {
        Some(AuditKind::SignInBegan | AuditKind::SignInEnded) => dcm("110114", "User Authentication"),
        Some(AuditKind::Audit) => dcm("110101", "Audit Log Used"),
        Some(AuditKind::Account) => dcm("110113", "Security Alert"),
        _ => json!({
            "system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest",
            "display": "Restful Operation",
        }),
    }
}

fn subtype(kind: Option<AuditKind>) -> Value {
    let rest = |code: &str| json!({ "system": "http://hl7.org/fhir/restful-interaction", "code": code });
    match kind {
        Some(AuditKind::Read | AuditKind::ReadEnded) => rest("read"),
        Some(AuditKind::EmergencySearch) => rest("search"),
        Some(AuditKind::SignInBegan) => json!({ "system": DCM, "code": "110122", "display": "Login" }),
        Some(AuditKind::SignInEnded) => json!({ "system": DCM, "code": "110123", "display": "Logout" }),
        other => json!({ "system": "urn:renkei:audit", "code": other.map_or("destroyed", |kind| kind.code()) }),
    }
}

const fn action(kind: Option<AuditKind>) -> &'static str {
    match kind {
        Some(AuditKind::Read | AuditKind::ReadEnded | AuditKind::Audit) => "R",
        Some(
            AuditKind::Accepted | AuditKind::Refused | AuditKind::Queued | AuditKind::Dismissed | AuditKind::WrittenFor,
        ) => "C",
        Some(
            AuditKind::Account
            | AuditKind::Directory
            | AuditKind::Rulebook
            | AuditKind::Announcement
            | AuditKind::Training
            | AuditKind::Case
            | AuditKind::Group,
        ) => "U",
        _ => "E",
    }
}

/// What a read rests on as a code; why somebody did what they had to give a reason for, in their words.
fn purposes(event: &Event) -> Vec<Value> {
    let coded = event.read.as_ref().and_then(|read| purpose(read.why)).map(|why| json!({ "coding": [why] }));
    let said = event.reason.as_ref().map(|reason| json!({ "text": reason }));
    coded.into_iter().chain(said).collect()
}

fn purpose(why: ReadWhy) -> Option<Value> {
    let (code, display) = match why {
        ReadWhy::Care | ReadWhy::Former => ("TREAT", "treatment"),
        ReadWhy::Emergency => ("ETREAT", "emergency treatment"),
        ReadWhy::Secretariat => ("HOPERAT", "healthcare operations"),
        ReadWhy::Office | ReadWhy::Rules => return None,
    };
    Some(json!({ "system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": code, "display": display }))
}

fn agents(event: &Event, directory: &Directory) -> Vec<Value> {
    let machine = |code: &str, role: &str, display: &str| {
        json!({
            "type": { "coding": [{ "system": DCM, "code": code, "display": role }] },
            "who": { "display": display }, "requestor": false,
        })
    };
    let mut agents = vec![machine("110153", "Source Role ID", "renkei")];
    agents.extend(device(event).map(|(who, name)| {
        let mut client = machine("110152", "Destination Role ID", "");
        client["who"] = who;
        if let Some(name) = name {
            client["name"] = name.into();
        }
        client
    }));
    let (who, name, role) = match event.by {
        Who::Person { person, role, organisation } => {
            let name = directory.people.get(&person).map(|person| person.name.kanji.clone());
            let at = directory.organisations.get(&organisation).map(|found| found.name.clone());
            let at = at.unwrap_or_else(|| organisation.to_string());
            (json!({ "reference": format!("Practitioner/{person}") }), name.map(|name| format!("{name}（{at}）")), role)
        }
        Who::Operator => (json!({ "display": "operator of the hub's machine" }), None, None),
        Who::Hub => (json!({ "display": "renkei" }), None, None),
        Who::Unknown => (json!({ "display": "destroyed" }), None, None),
    };
    let recipient = json!([{
        "system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "IRCP",
        "display": "information recipient",
    }]);
    let mut user = json!({ "type": { "coding": recipient }, "who": who, "requestor": true });
    if let Some(name) = name {
        user["name"] = name.into();
    }
    if let Some(role) = role {
        user["role"] = json!([{ "coding": role_codings(role) }]);
    }
    if let Some(named) = event.on_behalf_of {
        let name = directory.people.get(&named.person).map(|person| person.name.kanji.clone());
        let mut of = json!({ "reference": format!("Practitioner/{}", named.person), "type": "Practitioner" });
        if let Some(name) = name {
            of["display"] = format!("{name}（{}）", named.position.role.ja()).into();
        }
        user["extension"] = json!([{ "url": ON_BEHALF_OF, "valueReference": of }]);
    }
    agents.push(user);
    agents
}

/// The device of the sign-in, or that the act was done on: the registered one under its name there, beside what it calls itself.
fn device(event: &Event) -> Option<(Value, Option<&str>)> {
    if event.sign_in.is_none() && event.registered_device.is_none() && event.device.is_none() {
        return None;
    }
    let calls_itself = event.device.as_deref();
    let mut who = match &event.registered_device {
        Some((id, name)) => {
            let name = name.as_deref().or(calls_itself).unwrap_or("unnamed device");
            json!({ "reference": format!("Device/{id}"), "type": "Device", "display": name })
        }
        None => json!({ "display": calls_itself.unwrap_or("unnamed device") }),
    };
    if let Some(sign_in) = event.sign_in {
        who["identifier"] = json!({ "system": "urn:renkei:sign-in", "value": sign_in.to_string() });
    }
    Some((who, calls_itself.filter(|_| event.registered_device.is_some())))
}

fn role_codings(role: Role) -> Value {
    let own = json!({ "system": ROLES, "code": role.code(), "display": role.ja() });
    match role.jp_core_code() {
        Some(code) => json!([{ "system": JP_ROLES, "code": code }, own]),
        None => json!([own]),
    }
}

fn entities(event: &Event) -> Vec<Value> {
    let coded = |system: &str, code: &str| json!({ "system": system, "code": code });
    let types = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
    let roles = "http://terminology.hl7.org/CodeSystem/object-role";
    let mut entities: Vec<Value> = event
        .patients()
        .map(|patient| {
            let what = json!({ "reference": format!("Patient/{patient}") });
            json!({ "what": what, "type": coded(types, "1"), "role": coded(roles, "1") })
        })
        .collect();
    if let Some(office) = event.office {
        let what = json!({ "reference": format!("Organization/{office}") });
        entities.push(json!({ "what": what, "type": coded(types, "3"), "role": coded(roles, "4") }));
    }
    if let Some(read) = &event.read {
        entities.push(json!({
            "what": { "display": read.scope.en() }, "type": coded(types, "2"), "role": coded(roles, "4"),
            "detail": details(read),
        }));
    }
    if let Some(sign_in) = event.ended_sign_in {
        let what = json!({ "identifier": { "system": "urn:renkei:sign-in", "value": sign_in.to_string() } });
        entities.push(json!({ "what": what, "type": coded(types, "2"), "role": coded(roles, "13") }));
    }
    if let Some(about) = event.about {
        let what = json!({ "identifier": { "system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{about}") } });
        entities.push(json!({ "what": what, "type": coded(types, "2"), "role": coded(roles, "13") }));
    }
    entities
}

fn details(read: &ReadSeen) -> Vec<Value> {
    let detail = |name: &str, value: String| json!({ "type": name, "valueString": value });
    let through = read.through.map_or_else(|| "head".to_owned(), |seq| seq.to_string());
    let mut details = vec![
        detail("scope", read.scope.code().to_owned()),
        detail("after", read.from.to_string()),
        detail("through", through),
    ];
    details.push(detail("why", read.why.code().to_owned()));
    details.extend(read.ended_at.map(|at| detail("ended", at.to_rfc3339())));
    details.extend(read.access.map(|entry| detail("declaration", entry.to_string())));
    details.extend(read.file.map(|file| detail("file", file.to_string())));
    details
}
