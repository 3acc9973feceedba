//! An audit record as a line of RFC 5424: everything a machine reads as structured data, ids and codes only; no name of a
//! patient, nothing that anybody wrote. With the record's link of the chain, so that the receiver's log is a witness too.

use uuid::Uuid;

use crate::actions::audit::event::{Event, Who};
use crate::actions::checkpoints::file::in_line;
use crate::domain::checkpoint::hex;
use crate::store::KeptCheckpoint;

/// Facility 13 (log audit), informational; a refusal is a notice.
const INFORMATIONAL: u8 = 13 * 8 + 6;
const NOTICE: u8 = 13 * 8 + 5;
/// The enterprise number that RFC 5612 keeps for documentation: we have none of our own.
const SD_ID: &str = "renkei@32473";

/// The line, without an end.
pub(super) fn line(event: &Event, chain: &[u8; 32], region: &str) -> String {
    let priority = if event.failed { NOTICE } else { INFORMATIONAL };
    let kind = event.kind.map_or("destroyed", |kind| kind.code());
    let mut data = String::new();
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() {
            data.push_str(&format!(" {name}=\"{}\"", escaped(value)));
        }
    };
    add("seq", &event.seq.to_string());
    add("chain", &hex(chain));
    match event.by {
        Who::Person { person, role, organisation } => {
            add("person", &person.to_string());
            add("role", role.map_or("", |role| role.code()));
            add("organisation", &organisation.to_string());
        }
        Who::Operator => add("as", "operator"),
        Who::Hub => add("as", "hub"),
        Who::Unknown => add("as", "unknown"),
    }
    if let Some(named) = event.on_behalf_of {
        add("onBehalfOf", &named.person.to_string());
        add("onBehalfOfRole", named.position.role.code());
        add("onBehalfOfOrganisation", &named.position.organisation.to_string());
    }
    let id = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    add("signIn", &id(event.sign_in.map(|it| it.0)));
    add("registeredDevice", &id(event.registered_device.as_ref().map(|(device, _)| device.0)));
    add("patient", &id(event.patient.map(|it| it.0)));
    add("office", &id(event.office.map(|it| it.0)));
    add("found", &event.found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
    add("about", &id(event.about));
    if let Some(read) = &event.read {
        add("scope", read.scope.code());
        add("after", &read.from.to_string());
        add("through", &read.through.map(|seq| seq.to_string()).unwrap_or_default());
        add("why", read.why.code());
        add("declaration", &id(read.access.map(|it| it.0)));
        add("file", &read.file.map(|file| file.to_string()).unwrap_or_default());
    }
    add("code", &event.code);
    let at = event.at.to_rfc3339();
    // The byte order mark says that the message is UTF-8.
    format!("<{priority}>1 {at} {region} renkei - {kind} [{SD_ID}{data}] \u{feff}{}", event.said.en)
}

/// A checkpoint in the same form: what is signed stands in it word for word, in base64, with its signature.
pub(super) fn of_checkpoint(made: &KeptCheckpoint, region: &str) -> String {
    let parts = in_line(made).into_iter().map(|(name, value)| format!(" {name}=\"{}\"", escaped(&value)));
    let (data, at) = (parts.collect::<String>(), made.made_at.to_rfc3339());
    let number = made.number;
    format!(
        "<{INFORMATIONAL}>1 {at} {region} renkei - checkpoint [{SD_ID}{data}] \u{feff}checkpoint {number} of the record"
    )
}

fn escaped(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '"' | '\\' | ']' => escaped.extend(['\\', c]),
            c if c.is_control() => escaped.push('?'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::audit::AuditKind;
    use crate::domain::ids::{DeviceId, OrganisationId, PatientId, PersonId, Seq, SignInId};
    use crate::domain::reading::{ReadScope, ReadWhy};
    use crate::domain::role::Role;
    use crate::domain::text::Text;
    use crate::domain::time::Timestamp;

    #[test]
    fn a_read_is_a_line_of_ids_and_codes() {
        let id = |number: u128| Uuid::from_u128(number);
        let read = crate::actions::audit::event::ReadSeen {
            scope: ReadScope::Entries,
            file: None,
            from: Seq(3),
            through: Some(Seq(9)),
            ended_at: None,
            is_over: true,
            why: ReadWhy::Care,
            access: None,
        };
        let by = Who::Person { person: PersonId(id(1)), role: Some(Role::Nurse), organisation: OrganisationId(id(2)) };
        let event = Event {
            seq: 7,
            at: Timestamp(1_775_003_400_250_000),
            kind: Some(AuditKind::Read),
            by,
            on_behalf_of: None,
            sign_in: Some(SignInId(id(3))),
            device: Some("高橋さん宅のタブレット".to_owned()),
            registered_device: Some((DeviceId(id(5)), Some("高橋さん用".to_owned()))),
            patient: Some(PatientId(id(4))),
            office: None,
            found: Vec::new(),
            about: None,
            read: Some(read),
            code: "entries".to_owned(),
            failed: false,
            said: Text::fixed("閲覧", "read"),
            details: Some(Text::fixed("高橋さん", "Takahashi")),
            reason: Some("高橋さんの家族の求め".to_owned()),
        };
        let id = "00000000-0000-0000-0000-00000000000";
        assert_eq!(
            line(&event, &[0xab; 32], "ccc4303c1de7208b"),
            format!(
                "<110>1 2026-04-01T00:30:00.25Z ccc4303c1de7208b renkei - read [renkei@32473 seq=\"7\" chain=\"{}\" \
                 person=\"{id}1\" role=\"nurse\" organisation=\"{id}2\" signIn=\"{id}3\" \
                 registeredDevice=\"{id}5\" patient=\"{id}4\" \
                 scope=\"entries\" after=\"3\" through=\"9\" why=\"care\" code=\"entries\"] \u{feff}read",
                "ab".repeat(32)
            )
        );
        assert_eq!(escaped("a\"b]c\\d\n"), "a\\\"b\\]c\\\\d?");
    }
}
