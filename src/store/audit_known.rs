//! What is known of an audit record beside what it seals: how far a read went, on which device it was, why an announcement,
//! a case or a message of a group was changed, how somebody stood in the directory before. Called by `audit_search.rs`, for what it found.

use uuid::Uuid;

use crate::codec::{self, Audited};
use crate::domain::account::{AccountDeed, Tried};
use crate::domain::act::{Act, Deed};
use crate::domain::announcement::AnnouncementDeed;
use crate::domain::case::{CaseDeed, CaseStep};
use crate::domain::group::{GroupDeed, GroupStep};
use crate::domain::ids::{DeviceId, PatientId, Seq, SignInId};
use crate::domain::reading::{Read, ReadEnded};
use crate::domain::time::Timestamp;

use super::audit::Row;
use super::engine::run;
use super::{AuditFound, AuditRecord, StoreError, Tx};

/// The device that something was done on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceSeen {
    /// What it calls itself, where the record names a sign-in.
    pub calls_itself: Option<String>,
    /// The registered device, and the name that it was registered under; no name: it does not open.
    pub registered: Option<(DeviceId, Option<String>)>,
}

/// From when to when a patient's record was there to be taken out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    began_at: Timestamp,
    destroyed_at: Option<Timestamp>,
}

impl Span {
    pub(super) fn holds(self, at: Timestamp) -> bool {
        self.began_at <= at && self.destroyed_at.is_none_or(|destroyed_at| at < destroyed_at)
    }
}

/// What does not open is not known; everything else that goes wrong is told.
fn if_it_opens<T>(found: Result<Option<T>, StoreError>) -> Result<Option<T>, StoreError> {
    match found {
        Err(StoreError::Inconsistent { .. }) => Ok(None),
        found => found,
    }
}

impl Tx {
    pub(super) async fn complete_audit(
        &mut self,
        record: AuditRecord,
        audited: Option<Audited>,
    ) -> Result<AuditFound, StoreError> {
        let Some(known) = &audited else {
            return Ok(AuditFound {
                record,
                audited,
                accepted: None,
                reading: None,
                device: DeviceSeen::default(),
                said: None,
                before: None,
            });
        };
        let reading = match known {
            Audited::Read(read) if read.through.is_none() => self.find_reading(&record, read).await?,
            _ => None,
        };
        let device = self.find_device_seen(known).await?;
        let (mut said, mut before) = (None, None);
        if let Audited::Act(Act { deed, .. }) = known {
            match deed {
                Deed::Announcement(deed) => said = self.find_why_announced(deed).await?,
                Deed::Case(deed) => said = self.find_why_of_case(deed).await?,
                Deed::Group(deed) => said = self.find_why_of_message(deed).await?,
                Deed::PersonKept { person, is_new: false, .. } => {
                    before = self.find_kept_before(person.0, record.seq).await?;
                }
                Deed::OrganisationKept { organisation, is_new: false, .. } => {
                    before = self.find_kept_before(organisation.0, record.seq).await?;
                }
                _ => {}
            }
        }
        Ok(AuditFound { record, audited, accepted: None, reading, device, said, before })
    }

    /// Where a read that went on ended, as the log says: the table of grants would say what somebody wrote there.
    async fn find_reading(
        &mut self,
        record: &AuditRecord,
        read: &Read,
    ) -> Result<Option<(Option<Seq>, Option<Timestamp>)>, StoreError> {
        let Some(timeline) = record.timeline else { return Ok(None) };
        let began = i64::try_from(record.seq).unwrap_or(i64::MAX);
        let end = self.find_read_end(timeline, read, began).await?;
        Ok(end.map(|(through, at)| (Some(through), Some(at))))
    }

    /// Of what is done under a sign-in, the device of that; of an act, the registered one that it was done on.
    async fn find_device_seen(&mut self, audited: &Audited) -> Result<DeviceSeen, StoreError> {
        match audited {
            Audited::Read(Read { sign_in, .. }) | Audited::ReadEnded(ReadEnded { sign_in, .. }) => {
                self.find_device_of(*sign_in).await
            }
            Audited::Refusal(refusal) => self.find_device_at(refusal.sign_in, refusal.device).await,
            Audited::WrittenFor(written) => self.find_device_at(written.sign_in, written.device).await,
            Audited::Act(Act { by, deed }) => {
                let done_on = by.device();
                match deed {
                    Deed::SignInIssued { device, device_name, .. } => {
                        self.device_named(device_name, device.or(done_on)).await
                    }
                    // Where it is not known by which sign-in somebody ended this one, it is taken to be the same.
                    Deed::SignInEnded { sign_in, .. } => {
                        self.find_device_at(by.sign_in().or(Some(*sign_in)), done_on).await
                    }
                    Deed::Account(AccountDeed::SignInRefused { from: Tried { device, device_name, .. }, .. }) => {
                        self.device_named(device_name, *device).await
                    }
                    _ => self.find_device_at(by.sign_in(), done_on).await,
                }
            }
        }
    }

    /// The device of a sign-in, unless something was done on another one than it counts on.
    async fn find_device_at(
        &mut self,
        sign_in: Option<SignInId>,
        done_on: Option<DeviceId>,
    ) -> Result<DeviceSeen, StoreError> {
        let Some(sign_in) = sign_in else { return self.device_named("", done_on).await };
        let seen = self.find_device_of(sign_in).await?;
        let is_there = done_on.is_none() || seen.registered.as_ref().map(|(id, _)| *id) == done_on;
        if is_there { Ok(seen) } else { self.device_named("", done_on).await }
    }

    pub(super) async fn device_named(
        &mut self,
        calls_itself: &str,
        id: Option<DeviceId>,
    ) -> Result<DeviceSeen, StoreError> {
        let registered = match id {
            Some(id) => Some((id, if_it_opens(self.find_device(id).await)?.map(|device| device.name))),
            None => None,
        };
        Ok(DeviceSeen { calls_itself: (!calls_itself.is_empty()).then(|| calls_itself.to_owned()), registered })
    }

    /// The device of a sign-in: what it calls itself, and the registered one that the sign-in counts on. The one place that
    /// says so.
    async fn find_device_of(&mut self, sign_in: SignInId) -> Result<DeviceSeen, StoreError> {
        const SQL: &str = "select device, registered_device from sign_in where id = $1";
        let row: Option<(String, Option<Vec<u8>>)> = run!(self, connection => {
            sqlx::query_as(SQL).bind(sign_in.0.as_bytes().as_slice()).fetch_optional(connection).await?
        });
        let Some((calls_itself, registered)) = row else { return Ok(DeviceSeen::default()) };
        let registered = registered.as_deref().map(|id| super::record::uuid_from("sign_in.registered_device", id));
        let registered = registered.and_then(|id| self.readable(id)).map(DeviceId);
        self.device_named(&calls_itself, registered).await
    }

    /// Why this version was made, which stands with it; nothing, of the first.
    async fn find_why_announced(&mut self, deed: &AnnouncementDeed) -> Result<Option<String>, StoreError> {
        let found = if_it_opens(self.find_announcement(deed.announcement).await)?;
        let version = found.and_then(|found| found.versions.into_iter().find(|it| it.number == deed.number));
        Ok(version.map(|version| version.reason).filter(|reason| !reason.is_empty()))
    }

    /// Why a case was returned or withdrawn, which stands with the version that came of it, as long as that is kept.
    async fn find_why_of_case(&mut self, deed: &CaseDeed) -> Result<Option<String>, StoreError> {
        if !matches!(deed.step, CaseStep::Returned | CaseStep::Withdrawn) {
            return Ok(None);
        }
        let found = if_it_opens(self.find_case(deed.case).await)?;
        let version = found.and_then(|found| found.versions.into_iter().find(|it| it.number == deed.number));
        Ok(version.map(|version| version.remark).filter(|remark| !remark.is_empty()))
    }

    /// Why a message was taken out of its group, by whoever looks after it.
    async fn find_why_of_message(&mut self, deed: &GroupDeed) -> Result<Option<String>, StoreError> {
        if deed.step != GroupStep::Withdrawn {
            return Ok(None);
        }
        let found = self.list_group_messages(deed.group, deed.number.saturating_add(1), 1).await;
        let found = if_it_opens(found.map(|mut found| found.pop()))?.filter(|message| message.number == deed.number);
        Ok(found.and_then(|message| message.withdrawn).map(|why| why.reason).filter(|reason| !reason.is_empty()))
    }

    /// What the directory said of a person or an organisation until this record.
    async fn find_kept_before(&mut self, about: Uuid, seq: u64) -> Result<Option<Deed>, StoreError> {
        const SQL: &str = "select seq, recorded_at, timeline, sealed, chain, kind, person, organisation, about
            from audit where about = $1 and kind = 'directory' and seq < $2 order by seq desc limit 1";
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        let rows: Vec<Row> = run!(self, connection => {
            sqlx::query_as(SQL).bind(about.as_bytes().as_slice()).bind(seq).fetch_all(connection).await?
        });
        let opened = if_it_opens(self.open_audits(rows).await.map(|mut records| records.pop()))?;
        let audited = opened.and_then(|record| codec::decode_audited(record.record.as_deref()?).ok());
        Ok(if let Some(Audited::Act(act)) = audited { Some(act.deed) } else { None })
    }

    /// When a copy of the whole region held this patient's record. `None`: never, as of a patient for training, who is left
    /// out of it.
    pub(super) async fn find_span_in_region(&mut self, patient: PatientId) -> Result<Option<Span>, StoreError> {
        const SQL: &str = "select (select min(recorded_at) from entry where timeline = $1),
            (select for_training from patient where timeline = $1)";
        let row: (Option<i64>, Option<i64>) = run!(self, connection => {
            sqlx::query_as(SQL).bind(patient.0.as_bytes().as_slice()).fetch_one(connection).await?
        });
        let (began_at, for_training) = row;
        // A stone that was written by hand hides no copy.
        let destroyed_at = self.find_destroyed(patient).await?.map(|stone| stone.destroyed_at);
        let began_at = began_at.filter(|_| for_training != Some(1)).map(Timestamp);
        Ok(began_at.map(|began_at| Span { began_at, destroyed_at }))
    }
}
