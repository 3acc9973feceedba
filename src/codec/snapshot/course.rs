//! The course that rules look back at ↔ the snapshot's messages.

use std::sync::Arc;

use super::super::field::{code, code_text, each, id_text, kept_id};
use super::super::mapped::Mapped;
use super::super::proto::store::v1 as stored;
use super::office::{times, times_message};
use crate::domain::body::{Allergies, CallTo, DeviceSetting};
use crate::domain::ids::{OrganisationId, Seq};
use crate::domain::kind::Kind;
use crate::domain::standing::Standing;
use crate::domain::state::{Course, Meetings, Pair, Record, Writer};
use crate::domain::text::Invalid;
use crate::domain::time::Timestamp;

pub(super) fn course_message(course: &Course) -> stored::Course {
    let flag = |value: &bool| value.to_string();
    stored::Course {
        records: course.records.iter().map(records_message).collect(),
        stays: said_message(&course.stays, |stay| code_text(*stay)),
        stays_dropped: dropped(&course.stays),
        devices: course.devices.iter().map(device_message).collect(),
        allergies: course.allergies.kept().iter().map(allergies_message).collect(),
        allergies_dropped: dropped(&course.allergies),
        one_doctor_wished: said_message(&course.one_doctor_wished, flag),
        one_doctor_wished_dropped: dropped(&course.one_doctor_wished),
        keeps_acp_private: said_message(&course.keeps_acp_private, flag),
        keeps_acp_private_dropped: dropped(&course.keeps_acp_private),
        closed: said_message(&course.closed, flag),
        closed_dropped: dropped(&course.closed),
        pairs: course.meetings.pairs.iter().map(pair_message).collect(),
        since: course.since.iter().map(since_message).collect(),
        reached: course.answered.iter().map(reached_message).collect(),
    }
}

pub(super) fn course(kept: stored::Course) -> Result<Course, Invalid> {
    let flag = |what: &str| Ok(what == "true");
    Ok(Course {
        records: each("records", kept.records, records)?.into_iter().collect(),
        stays: said(&kept.stays, kept.stays_dropped, |what| code("what", what))?,
        devices: each("devices", kept.devices, device)?.into_iter().collect(),
        allergies: Standing::of(each("allergies", kept.allergies, allergies)?, seq(kept.allergies_dropped)),
        one_doctor_wished: said(&kept.one_doctor_wished, kept.one_doctor_wished_dropped, flag)?,
        keeps_acp_private: said(&kept.keeps_acp_private, kept.keeps_acp_private_dropped, flag)?,
        closed: said(&kept.closed, kept.closed_dropped, flag)?,
        meetings: Meetings { pairs: each("pairs", kept.pairs, pair)?.into_iter().collect() },
        since: each("since", kept.since, since)?.into_iter().collect(),
        answered: each("reached", kept.reached, reached)?.into_iter().collect(),
    })
}

fn since_message((kind, at): (&Kind, &Timestamp)) -> stored::FirstOfKind {
    stored::FirstOfKind { kind: code_text(*kind), recorded_at_us: at.as_micros() }
}

fn since(kept: stored::FirstOfKind) -> Result<(Kind, Timestamp), Invalid> {
    Ok((code("kind", &kept.kind)?, Timestamp(kept.recorded_at_us)))
}

fn pair_message(((one, other), met): (&Pair, &Standing<Seq, Timestamp>)) -> stored::PairMet {
    stored::PairMet { one: id_text(one.0), other: id_text(other.0), met: Some(times_message(met)) }
}

fn pair(kept: stored::PairMet) -> Result<(Pair, Standing<Seq, Timestamp>), Invalid> {
    let pair = (kept_id("one", &kept.one, OrganisationId)?, kept_id("other", &kept.other, OrganisationId)?);
    Ok((pair, times(kept.met)))
}

type Answered = ((OrganisationId, CallTo), Standing<Seq, Timestamp>);

fn reached_message(((by, to), at): (&(OrganisationId, CallTo), &Standing<Seq, Timestamp>)) -> stored::Reached {
    stored::Reached { organisation: id_text(by.0), to: code_text(*to), at: Some(times_message(at)) }
}

fn reached(kept: stored::Reached) -> Result<Answered, Invalid> {
    let key = (kept_id("organisation", &kept.organisation, OrganisationId)?, code("to", &kept.to)?);
    Ok((key, times(kept.at)))
}

pub(super) fn dropped<T>(standing: &Standing<Seq, T>) -> u64 {
    standing.dropped().map_or(0, |seq| seq.0)
}

pub(super) fn seq(dropped: u64) -> Option<Seq> {
    (dropped > 0).then_some(Seq(dropped))
}

fn said_message<T>(standing: &Standing<Seq, T>, what: impl Fn(&T) -> String) -> Vec<stored::Said> {
    standing.kept().iter().map(|(seq, value)| stored::Said { seq: seq.0, what: what(value) }).collect()
}

fn said<T>(
    kept: &[stored::Said],
    dropped: u64,
    read: impl Fn(&str) -> Result<T, Invalid>,
) -> Result<Standing<Seq, T>, Invalid> {
    let kept: Result<Vec<_>, Invalid> = kept.iter().map(|said| Ok((Seq(said.seq), read(&said.what)?))).collect();
    Ok(Standing::of(kept?, seq(dropped)))
}

fn records_message((writer, standing): (&Writer, &Standing<Seq, Record>)) -> stored::Records {
    let record = |(seq, record): &(Seq, Record)| stored::Record {
        seq: seq.0,
        recorded_at_us: record.recorded_at.as_micros(),
        until: record.until.sent(),
        acknowledged: record.acknowledged,
    };
    stored::Records {
        kind: code_text(writer.kind),
        organisation: id_text(writer.organisation.0),
        role: code_text(writer.role),
        to: writer.to.sent(),
        kept: standing.kept().iter().map(record).collect(),
        dropped: dropped(standing),
    }
}

fn records(kept: stored::Records) -> Result<(Writer, Standing<Seq, Record>), Invalid> {
    let writer = Writer {
        kind: code("kind", &kept.kind)?,
        organisation: kept_id("organisation", &kept.organisation, OrganisationId)?,
        role: code("role", &kept.role)?,
        to: Mapped::read(kept.to).map_err(|invalid: Invalid| invalid.within("to"))?,
    };
    let record = |record: stored::Record| {
        let kept = Record {
            recorded_at: Timestamp(record.recorded_at_us),
            until: Mapped::read(record.until).map_err(|invalid: Invalid| invalid.within("until"))?,
            acknowledged: record.acknowledged,
        };
        Ok((Seq(record.seq), kept))
    };
    Ok((writer, Standing::of(each("kept", kept.kept, record)?, seq(kept.dropped))))
}

type Settings = Option<Arc<[DeviceSetting]>>;

fn device_message((name, standing): (&String, &Standing<Seq, Settings>)) -> stored::Device {
    let settings = |(seq, settings): &(Seq, Settings)| stored::Settings {
        seq: seq.0,
        removed: settings.is_none(),
        settings: settings.as_deref().unwrap_or_default().iter().map(Mapped::sent).collect(),
    };
    stored::Device {
        name: name.clone(),
        kept: standing.kept().iter().map(settings).collect(),
        dropped: dropped(standing),
    }
}

fn device(kept: stored::Device) -> Result<(String, Standing<Seq, Settings>), Invalid> {
    let settings = |settings: stored::Settings| {
        let read: Vec<DeviceSetting> = Mapped::read(settings.settings)?;
        Ok((Seq(settings.seq), (!settings.removed).then(|| read.into())))
    };
    Ok((kept.name, Standing::of(each("kept", kept.kept, settings)?, seq(kept.dropped))))
}

fn allergies_message((seq, allergies): &(Seq, Arc<Allergies>)) -> stored::AllergiesSaid {
    stored::AllergiesSaid { seq: seq.0, allergies: Some(allergies.sent()) }
}

fn allergies(kept: stored::AllergiesSaid) -> Result<(Seq, Arc<Allergies>), Invalid> {
    let read = Mapped::read(kept.allergies.unwrap_or_default())?;
    Ok((Seq(kept.seq), Arc::new(read)))
}
