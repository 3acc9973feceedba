//! All SQL of the hub, and the only user of `sqlx`. Read `journal.rs` first (the handle), then
//! `batch.rs` (what one commit writes) and `commit.rs`; the other files hold one table or two each, `shelf.rs` the files
//! that lie beside the database.
//!
//! What it does not do: decide, cache states, or know the meaning of what it seals for others.
//! INVARIANT: everything said about a patient is sealed with that patient's key; what stands in the
//! clear (ids, seqs, times, team, consent, counts and moments) is listed in docs/security.md.

mod accepted;
mod accesses;
mod account;
mod advice;
mod alone;
mod announcement;
mod announcement_strays;
mod audit;
mod audit_damaged;
mod audit_end;
mod audit_known;
mod audit_search;
mod batch;
mod bell;
mod case;
mod cause;
pub mod check;
mod check_audits;
mod check_files;
mod check_logins;
mod check_queue;
mod check_reading;
mod check_rows;
mod check_rulebooks;
mod checkpoint;
mod checkpoint_known;
mod checkpoint_said;
mod checkpoint_keys;
mod client;
mod commit;
mod connect;
mod connections;
mod damaged;
mod data_key;
mod destroyed;
mod device;
mod device_enrolment;
mod directory;
pub mod dump;
mod duties;
mod ended;
mod engine;
mod enrolment_end;
mod entry;
mod error;
mod exposure;
#[cfg(test)]
pub mod fault;
mod file;
mod file_claims;
mod foreign;
mod group;
mod group_message;
mod group_receipt;
mod guarded;
mod health;
mod identity;
mod invitation;
mod invitation_end;
mod issuer;
mod journal;
mod link;
mod linking_queue;
mod meetings;
mod meta;
mod migrate;
mod newest;
mod office_page;
mod own_history;
mod passkey;
mod past;
mod projection;
mod quarantine;
mod readable;
mod reading;
mod reads_on_record;
pub mod rebuild;
mod record;
mod rows;
mod rulebook;
mod rulebook_version;
mod shape;
mod shelf;
mod sign_in;
mod signed_checkpoint;
mod snapshot;
mod statistics;
mod striking;
mod taken_out;
#[cfg(test)]
mod tests;
mod timeline;
mod training;
pub mod verify;

pub use crate::codec::{Audited, Dismissed, Refusal, WrittenFor};

pub use accepted::AcceptedPost;
pub use accesses::DeclaredAccess;
pub use announcement::Receipt;
pub use audit::AuditRecord;
pub use audit_known::DeviceSeen;
pub use audit_search::{AuditFound, AuditOrder, AuditPage};
pub use batch::{
    AuditSeal, Batch, ClearHeader, EndedReading, GrantChange, GrantId, HeadUpdate, NewTimeline, QueueState, ReadMarker,
    Resolved, SealedAudit, SealedEntry, SealedQueued, ShutOut, Subject,
};
pub use bell::{BellAwake, Held};
pub use cause::{Cause, is_damage};
pub use checkpoint_keys::{CheckpointKeyChange, CheckpointKeys, KeyStanding};
pub use client::ClientChange;
pub use connect::find_owner;
pub use data_key::KeptDataKey;
pub use device::{AuthoritySeen, DeviceLists, KeptAuthority};
pub use duties::LOOKED_WITH;
pub use engine::Tx;
pub use entry::{KnownId, Page, StoredEntry};
pub use error::{CommitError, OpenError, StoreError};
pub use exposure::{Exposure, Exposures};
pub use file::{FileName, HandedIn, KeptFile, NamedFile, UnnamedFile, open_file, seal_file};
pub use file_claims::{Claimed, Claims, is_file_of};
pub use health::Health;
pub use journal::Journal;
pub use link::Link;
pub use linking_queue::Queued;
pub use meetings::Partnership;
pub use meta::Noted;
pub use past::{RefusedPage, RefusedPost};
pub use projection::{ProjectionChange, project};
pub use quarantine::Quarantined;
pub use reading::Grant;
pub use rulebook::{RulebookFile, VOCABULARY, fingerprint_of};
pub use rulebook_version::{KeptVersions, RulebookMove};
pub use shelf::{Shelf, ShelfError};
pub use sign_in::{EndedSignIn, SignIn};
pub use signed_checkpoint::{KeptCheckpoint, SinceCheckpoint};
pub use snapshot::SealedSnapshot;
pub use statistics::{AccountUse, DayCount, ReadingCount};
pub use striking::StruckRow;
pub use taken_out::{Told, Untold};
pub use timeline::Loaded;
