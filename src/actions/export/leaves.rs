//! What stands in an entry's body, in words: what codes mean, who and which entry an id is, when a moment was. Called by the
//! page for print. What is no code, id or moment was written by people, and is left as they wrote it.

use std::collections::HashMap;

use jiff::civil::Date;
use serde_json::Value;
use uuid::Uuid;

use super::fields;
use crate::config::Language;
use crate::domain::attachment::MediaType;
use crate::domain::body::{
    AllergyType, BedriddenLevel, BedsoreDepth, CallTo, CareLevel, ClosingReason, DementiaLevel, DeviceChangeType,
    Infection, MeetingState, OrderType, PhoneUse, PledgeBy, ProblemStatus, Relationship, RetractionReason, Topic,
    VisitMark,
};
use crate::domain::directory::{Actor, Directory};
use crate::domain::duty::{Capacity, CloseReason};
use crate::domain::entry::Sensitivity;
use crate::domain::ids::{EntryId, OrganisationId, PersonId, Seq};
use crate::domain::kind::Kind;
use crate::domain::patient::Sex;
use crate::domain::role::{OrganisationType, Role};
use crate::domain::team::{ConsentGiver, ConsentState};
use crate::domain::terms::{Clock, Matter, OnAdmission, OnDeath, Relation, WayOut};
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::domain::unit::Unit;
use crate::domain::vital::{BodySite, VitalSign};
use crate::domain::withheld::WithheldPurpose;

/// In which language, and by which names.
pub(super) struct Telling<'a> {
    pub language: Language,
    pub directory: &'a Directory,
    /// Places of the entries that are told of.
    pub places: HashMap<EntryId, Seq>,
}

macro_rules! in_words {
    ($list:ty, $code:expr) => {
        <$list>::from_code($code).map(|member| Text::fixed(member.ja(), member.en()))
    };
}

impl Telling<'_> {
    pub(super) fn pick<'t>(&self, ja: &'t str, en: &'t str) -> &'t str {
        match self.language {
            Language::Ja => ja,
            Language::En => en,
        }
    }

    /// The name of a field of `parent`.
    pub(super) fn field(&self, parent: &str, name: &str) -> String {
        let said = match (parent, name) {
            // What a correction says stands under the name of its kind.
            ("body", kind) => kind_of(kind).map(|kind| Text::fixed(kind.ja(), kind.en())),
            ("escalate", "after") => Some(Text::fixed("期限から", "after the due time")),
            _ => fields::find(name).cloned(),
        };
        said.map_or_else(|| name.to_owned(), |said| self.language.pick(&said).to_owned())
    }

    /// A value under its field.
    pub(super) fn leaf(&self, parent: &str, field: &str, value: &Value) -> String {
        let text = match value {
            Value::Bool(true) => return self.pick("はい", "yes").to_owned(),
            Value::Bool(false) => return self.pick("いいえ", "no").to_owned(),
            Value::String(text) => text.as_str(),
            other => return other.to_string(),
        };
        if field.ends_with("Us")
            && let Ok(micros) = text.parse()
        {
            return self.moment(Timestamp(micros));
        }
        if let Some(said) = code(parent, field, text) {
            return self.language.pick(&said).to_owned();
        }
        if let Some(date) = is_date(field).then(|| text.parse().ok()).flatten() {
            return self.date(date);
        }
        text.parse().ok().and_then(|id| self.named(id)).unwrap_or_else(|| text.to_owned())
    }

    fn named(&self, id: Uuid) -> Option<String> {
        if let Some(seq) = self.places.get(&EntryId(id)) {
            return Some(format!("{} {seq}", self.pick("記録", "entry")));
        }
        let person = self.directory.people.get(&PersonId(id)).map(|person| person.name.kanji.clone());
        person.or_else(|| Some(self.directory.organisations.get(&OrganisationId(id))?.name.clone()))
    }

    /// Somebody in the role they acted in.
    pub(super) fn actor(&self, actor: &Actor) -> String {
        if *actor == Actor::HUB {
            return self.pick("連携ハブ", "the hub").to_owned();
        }
        let person = self.named(actor.person.0).unwrap_or_else(|| actor.person.to_string());
        let office = self.named(actor.organisation.0).unwrap_or_else(|| actor.organisation.to_string());
        let role = self.pick(actor.role.ja(), actor.role.en());
        match self.language {
            Language::Ja => format!("{person}（{role}、{office}）"),
            Language::En => format!("{person} ({role}, {office})"),
        }
    }

    /// In Japan's time.
    pub(super) fn moment(&self, at: Timestamp) -> String {
        let japan = jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(9));
        let form = self.pick("%Y年%-m月%-d日 %H:%M", "%Y-%m-%d %H:%M");
        match at.to_jiff() {
            Some(at) => at.to_zoned(japan).strftime(form).to_string(),
            None => at.to_string(),
        }
    }

    pub(super) fn date(&self, date: Date) -> String {
        date.strftime(self.pick("%Y年%-m月%-d日", "%Y-%m-%d")).to_string()
    }
}

fn is_date(field: &str) -> bool {
    let dates = ["since", "on", "from", "until", "asOf", "birthDate", "contactDates"];
    dates.contains(&field) || field.ends_with("On") || field.ends_with("Until")
}

/// The kind whose body stands under this name in JSON.
pub(super) fn kind_of(name: &str) -> Option<Kind> {
    let mut code = String::with_capacity(name.len() + 2);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            code.push('_');
        }
        code.push(c.to_ascii_lowercase());
    }
    Kind::from_code(&code)
}

/// What a code means; `None` where no code is expected, or this is none.
fn code(parent: &str, field: &str, text: &str) -> Option<Text> {
    match field {
        "sign" => in_words!(VitalSign, text),
        "unit" => in_words!(Unit, text),
        "site" => in_words!(BodySite, text),
        "sex" => in_words!(Sex, text),
        "role" | "roles" | "toRole" | "toRoles" | "invitedRoles" => in_words!(Role, text),
        "absent" | "by" if parent == "spokenFor" => in_words!(Role, text),
        "by" if parent == "pledge" => in_words!(PledgeBy, text),
        "state" if parent == "consent" => in_words!(ConsentState, text),
        "state" => in_words!(MeetingState, text),
        "reason" if parent == "retraction" => in_words!(RetractionReason, text),
        "reason" if parent == "closing" => in_words!(ClosingReason, text),
        "to" if parent == "call" => in_words!(CallTo, text),
        "history" => match text {
            "all" => Some(Text::fixed("すべて閲覧できる", "all of them")),
            "from" => Some(Text::fixed("ある日時から閲覧できる", "from a moment on")),
            "nothing" => Some(Text::fixed("閲覧できない", "none of them")),
            _ => None,
        },
        "givenBy" => in_words!(ConsentGiver, text),
        "withheld" => in_words!(WithheldPurpose, text),
        "topic" => in_words!(Topic, text),
        "infection" => in_words!(Infection, text),
        "orderType" => in_words!(OrderType, text),
        "bedridden" => in_words!(BedriddenLevel, text),
        "dementia" => in_words!(DementiaLevel, text),
        "careLevel" => in_words!(CareLevel, text),
        "bedsoreDepth" => in_words!(BedsoreDepth, text),
        "mark" => in_words!(VisitMark, text),
        "change" => in_words!(DeviceChangeType, text),
        "allergyType" => in_words!(AllergyType, text),
        "status" => in_words!(ProblemStatus, text),
        "relationship" => in_words!(Relationship, text),
        "used" => in_words!(PhoneUse, text),
        "mediaType" => in_words!(MediaType, text),
        "organisationType" => in_words!(OrganisationType, text),
        "sensitivity" => in_words!(Sensitivity, text),
        "kinds" => in_words!(Kind, text),
        "capacity" => in_words!(Capacity, text),
        "clock" => in_words!(Clock, text),
        "closed" => in_words!(CloseReason, text),
        "waysOut" => in_words!(WayOut, text),
        "same" => in_words!(Matter, text),
        "of" => in_words!(Relation, text),
        "onAdmission" => in_words!(OnAdmission, text),
        "onDeath" => in_words!(OnDeath, text),
        _ => None,
    }
}
