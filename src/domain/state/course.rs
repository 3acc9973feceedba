//! What rules look back at: when which role of which organisation last wrote what, and what was last said of stay,
//! devices, allergies and wishes. Part of the patient's state; asked by whoever fills the facts of a post. Judges nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::domain::body::{Allergies, Body, CallTo, DeviceChangeType, DeviceSetting, DeviceState};
use crate::domain::entry::Entry;
use crate::domain::ids::{OrganisationId, Seq};
use crate::domain::kind::Kind;
use crate::domain::list::closed_list;
use crate::domain::role::Role;
use crate::domain::search::fold;
use crate::domain::standing::Standing;
use crate::domain::time::Timestamp;
use crate::limits;

use super::meetings::Meetings;

closed_list! {
    /// Where the patient is.
    Stay {
        Home = "home", "在宅", "at home";
        Admitted = "admitted", "入院・入所中", "admitted";
        Deceased = "deceased", "死亡", "deceased";
    }
}

/// Who wrote a record, and of which kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Writer {
    pub kind: Kind,
    pub organisation: OrganisationId,
    pub role: Role,
    /// The organisation it was put to, so that a question to one does not hide an earlier one to another.
    pub to: Option<OrganisationId>,
}

/// A record as far as rules look back at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    pub recorded_at: Timestamp,
    /// The last day on which it is in force, where it says one.
    pub until: Option<Date>,
    /// The organisation it was put to ([`Writer::to`]), or anybody else's where it names none, acknowledged it.
    pub acknowledged: bool,
}

/// The settings of a device, as one entry announced them.
pub type Settings = Arc<[DeviceSetting]>;

/// See the module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// The newest few of each writer that were not taken back, [`limits::RECORDS_STANDING_MAX`].
    pub records: BTreeMap<Writer, Standing<Seq, Record>>,
    /// When a record of each kind was first written, of the kinds of which one stands: since when what it is the
    /// condition for is asked.
    pub since: BTreeMap<Kind, Timestamp>,
    pub stays: Standing<Seq, Stay>,
    /// By the name of the device; `None` where it was taken away.
    pub devices: BTreeMap<String, Standing<Seq, Option<Settings>>>,
    pub allergies: Standing<Seq, Arc<Allergies>>,
    pub one_doctor_wished: Standing<Seq, bool>,
    pub keeps_acp_private: Standing<Seq, bool>,
    pub meetings: Meetings,
    /// When calls of each organisation were answered, by whom they were for.
    pub answered: BTreeMap<(OrganisationId, CallTo), Standing<Seq, Timestamp>>,
    /// The page was closed and not opened again by a new registration.
    pub closed: Standing<Seq, bool>,
}

impl Course {
    /// Where the patient is; at home until something else is said.
    #[must_use]
    pub fn stay(&self) -> Stay {
        self.stays.newest().map_or(Stay::Home, |(_, stay)| *stay)
    }

    /// Whether the page is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.newest().is_some_and(|(_, closed)| *closed)
    }

    /// The settings of a device as they were announced last; `None` where nothing was.
    #[must_use]
    pub fn settings_of(&self, device: &str) -> Option<&[DeviceSetting]> {
        let (_, settings) = self.devices.get(&name_of(device))?.newest()?;
        settings.as_deref()
    }

    /// Whether this device was last spoken of after `seq`.
    #[must_use]
    pub fn announced_after(&self, device: &str, seq: Seq) -> bool {
        let newest = self.devices.get(&name_of(device)).and_then(Standing::newest);
        newest.is_some_and(|(at, _)| *at > seq)
    }

    /// When the remembered calls of an organisation to such a one were answered.
    pub fn answered_calls(&self, by: OrganisationId, to: CallTo) -> impl Iterator<Item = Timestamp> + '_ {
        self.answered.get(&(by, to)).into_iter().flat_map(|kept| kept.kept().iter().map(|(_, at)| *at))
    }

    /// Every record that is remembered, with who wrote it.
    pub fn iter(&self) -> impl Iterator<Item = (Writer, Record)> + '_ {
        self.records.iter().flat_map(|(writer, kept)| kept.kept().iter().map(|(_, record)| (*writer, *record)))
    }

    /// The remembered records of one kind.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (Writer, Record)> + '_ {
        let nobody = OrganisationId(uuid::Uuid::nil());
        let first = Writer { kind, organisation: nobody, role: Role::ALL[0], to: None };
        let of_kind = self.records.range(first..).take_while(move |(writer, _)| writer.kind == kind);
        of_kind.flat_map(|(writer, kept)| kept.kept().iter().map(|(_, record)| (*writer, *record)))
    }

    /// Takes an entry in, or what a correction says in its target's place at `seq`.
    pub(super) fn take(&mut self, body: &Body, seq: Seq, entry: &Entry, recorded_at: Timestamp) {
        let kind = body.kind();
        if !kind.is_of_a_duty() {
            let (until, to) = extent(body);
            let writer = Writer { kind, organisation: entry.author.organisation, role: entry.author.role, to };
            let record = Record { recorded_at, until, acknowledged: false };
            let kept = self.records.entry(writer).or_default();
            make_room(kept, &record);
            kept.put(seq, record, limits::RECORDS_STANDING_MAX);
            self.meetings.take(body, seq, entry.author.organisation, recorded_at);
            self.since.entry(kind).or_insert(recorded_at);
        }
        if let Body::Call(call) = body {
            // A device's clock may run ahead of the hub's.
            let at = call.called_at.map_or(recorded_at, |at| at.min(recorded_at));
            if call.reached {
                let kept = self.answered.entry((entry.author.organisation, call.to)).or_default();
                kept.put(seq, at, limits::SAYINGS_STANDING_MAX);
            }
        }
        self.say(body, seq);
    }

    fn say(&mut self, body: &Body, seq: Seq) {
        const MAX: usize = limits::SAYINGS_STANDING_MAX;
        match body {
            Body::Admission(_) => self.stays.put(seq, Stay::Admitted, MAX),
            Body::Discharge(_) => self.stays.put(seq, Stay::Home, MAX),
            Body::Death(_) => self.stays.put(seq, Stay::Deceased, MAX),
            Body::Closing(_) => self.closed.put(seq, true, MAX),
            // A patient who is registered again is served again.
            Body::Registration(_) => self.closed.put(seq, false, MAX),
            Body::Allergies(allergies) => self.allergies.put(seq, Arc::new(allergies.clone()), MAX),
            Body::Consent(change) => self.one_doctor_wished.put(seq, change.one_doctor_wished, MAX),
            Body::AcpNote(note) => self.keeps_acp_private.put(seq, note.keep_private, MAX),
            Body::DeviceChange(change) => {
                let removed = change.change == DeviceChangeType::Removed;
                self.set_device(&change.device, seq, (!removed).then(|| change.after.clone().into()));
            }
            Body::NursingInstruction(instruction) => {
                for DeviceState { device, settings } in &instruction.devices {
                    self.set_device(device, seq, Some(settings.clone().into()));
                }
            }
            _ => {}
        }
    }

    fn set_device(&mut self, device: &str, seq: Seq, settings: Option<Settings>) {
        let name = name_of(device);
        if self.devices.len() >= limits::DEVICES_STANDING_MAX && !self.devices.contains_key(&name) {
            // The one of which was heard least lately makes room.
            let oldest = self.devices.iter().min_by_key(|(_, kept)| kept.newest().map(|(seq, _)| *seq));
            if let Some(oldest) = oldest.map(|(name, _)| name.clone()) {
                self.devices.remove(&oldest);
            }
        }
        self.devices.entry(name).or_default().put(seq, settings, limits::SAYINGS_STANDING_MAX);
    }

    /// Somebody acknowledged the record at `target`.
    pub(super) fn acknowledge(&mut self, target: Seq, by: OrganisationId) {
        for (writer, kept) in &mut self.records {
            let is_meant = writer.to.map_or(writer.organisation != by, |to| to == by);
            kept.change(target, |record| record.acknowledged |= is_meant);
        }
    }

    /// The entry at `seq` was taken back.
    pub(super) fn take_back(&mut self, seq: Seq) {
        let is_meant = |at: Seq| at == seq;
        self.records.values_mut().for_each(|kept| kept.take_back(is_meant));
        let records = &self.records;
        let stands = |kind: Kind| records.iter().any(|(writer, kept)| writer.kind == kind && !kept.kept().is_empty());
        self.since.retain(|kind, _| stands(*kind));
        self.devices.values_mut().for_each(|kept| kept.take_back(is_meant));
        self.answered.values_mut().for_each(|kept| kept.take_back(is_meant));
        self.stays.take_back(is_meant);
        self.allergies.take_back(is_meant);
        self.one_doctor_wished.take_back(is_meant);
        self.keeps_acp_private.take_back(is_meant);
        self.closed.take_back(is_meant);
        self.meetings.take_back(seq);
    }

    /// A correction says `body` in place of what stood at `seq`, recorded at `recorded_at`.
    pub(super) fn correct(&mut self, body: &Body, seq: Seq, entry: &Entry, recorded_at: Timestamp) {
        self.devices.values_mut().for_each(|kept| kept.take_back(|at| at == seq));
        self.answered.values_mut().for_each(|kept| kept.take_back(|at| at == seq));
        self.meetings.take_back(seq);
        let acknowledged =
            self.records.values().flat_map(Standing::kept).any(|(at, kept)| *at == seq && kept.acknowledged);
        self.take(body, seq, entry, recorded_at);
        self.records.values_mut().for_each(|kept| kept.change(seq, |record| record.acknowledged |= acknowledged));
    }
}

/// The oldest goes when one too many comes; but not while it is in force for longer than all others.
fn make_room(kept: &mut Standing<Seq, Record>, next: &Record) {
    let full = kept.kept().len() >= limits::RECORDS_STANDING_MAX;
    let Some(((_, oldest), later)) = kept.kept().split_first().filter(|_| full) else { return };
    let lasts_longest =
        |until: Date| later.iter().map(|(_, record)| record).chain([next]).all(|other| other.until < Some(until));
    if let (true, Some((second, _))) = (oldest.until.is_some_and(lasts_longest), later.first()) {
        let second = *second;
        kept.take_back(|seq| seq == second);
    }
}

/// Until when a record is in force, and to which organisation it was put.
fn extent(body: &Body) -> (Option<Date>, Option<OrganisationId>) {
    match body {
        Body::NursingInstruction(instruction) => (Some(instruction.until), instruction.to),
        Body::CarePlan(plan) => (plan.until, None),
        Body::Consultation(consultation) => (None, Some(consultation.to)),
        _ => (None, None),
    }
}

/// Names of devices are compared as people mix them up.
fn name_of(device: &str) -> String {
    fold(device)
}
