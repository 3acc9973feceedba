//! Proves the store against itself: chains, gapless seqs, heads, seals, projections and snapshots. Called
//! by `renkei store check`. It reads one timeline at a moment, so a hub may go on writing meanwhile.
//!
//! What it cannot find: a timeline cut off at its end together with its head. `verify`, by signed checkpoints, does.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::domain::duties::{Duty, Standing};
use crate::domain::duty::DutyId;
use crate::domain::ids::{Seq, Subject, TimelineId};
use crate::domain::list::closed_list;
use crate::domain::plain::written_out;
use crate::domain::state::PatientState;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::limits::{CHECK_FAULTS_MAX, FOLD_PAGE_ENTRIES};
use crate::vault::PatientKey;
use crate::vault::chain::{self, GENESIS, Link};

use super::check_audits;
use super::check_files::{self, Named};
use super::check_queue;
use super::check_reading;
use super::check_rulebooks;
use super::engine::Engine;
use super::foreign;
use super::projection::Projected;
use super::record::seq_into;
use super::timeline::RawHead;
use super::{Journal, SealedEntry, SealedSnapshot, Shelf, StoreError, Tx, connect};

closed_list! {
    /// What is wrong somewhere.
    FaultKind {
        File = "file", "データベースファイルの破損", "the database file is damaged";
        Gap = "gap", "連番の欠落・重複", "a seq is missing or out of order";
        Chain = "chain", "ハッシュ連鎖の不一致", "the hash chain is broken";
        Time = "time", "記録時刻の逆行", "recorded time goes back";
        Unreadable = "unreadable", "復号できない記録", "a record does not open";
        Head = "head", "先頭位置の不一致", "the head does not match the entries";
        Key = "key", "廃棄の記録がないのに失われた鍵", "a key is gone though its record was not destroyed";
        Orphan = "orphan", "タイムラインのない記録", "entries of no timeline";
        Projection = "projection", "射影の不一致", "a projection differs from the timeline";
        Reading = "reading", "閲覧の控えと監査記録の不一致", "what a reader was given differs from the audit log";
        Queue = "queue", "紐付け待ちの投稿と監査記録の不一致", "a post that waits for a link is not as it is on record";
        Attachment = "attachment", "添付ファイルの欠落・破損", "an attached file is missing or damaged";
        Row = "row", "地域の鍵を使わずに書かれた行", "a row that gives power was not written with the region's key";
        Rulebook = "rulebook", "ルールのファイルの変更・欠落", "files of a rulebook were changed or are gone";
        Schema = "schema", "移行が作っていない、行に働くもの", "no migration made it, and it acts on rows";
        Snapshot = "snapshot", "スナップショットの不一致", "a snapshot differs from the fold";
    }
}

/// One fault and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    pub place: Text,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} / {}", self.place.en, self.kind.ja(), self.kind.en())
    }
}

/// What a check went through and found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub timelines: u64,
    pub entries: u64,
    pub audits: u64,
    /// Files that entries name, each once.
    pub files: u64,
    /// Timelines whose key was destroyed: only their chain was checked.
    pub destroyed: u64,
    /// In the order found, at most `CHECK_FAULTS_MAX`.
    pub faults: Vec<Fault>,
    /// All faults, also those not listed.
    pub fault_count: u64,
    /// Those of them that are snapshots: of no use, and nothing is lost with them.
    pub snapshot_count: u64,
    /// Tables, and columns as `table.column`, that no migration made. They are nobody's here, and no fault.
    pub passed_over: Vec<String>,
    /// What the entries gone through name.
    pub(super) named: Vec<Named>,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.fault_count == 0
    }

    /// Whether everything is there that was kept: a snapshot is made again from the entries.
    #[must_use]
    pub const fn loses_nothing(&self) -> bool {
        self.fault_count == self.snapshot_count
    }

    pub(super) fn fault(&mut self, kind: FaultKind, place: Text) {
        self.fault_count += 1;
        self.snapshot_count += u64::from(kind == FaultKind::Snapshot);
        if self.faults.len() < CHECK_FAULTS_MAX {
            // Some of it stands in the database, where anybody may have written it.
            let place = Text::new(written_out(&place.ja), written_out(&place.en));
            self.faults.push(Fault { kind, place });
        }
    }
}

/// Checks everything; the files too, when told where they are.
///
/// # Errors
/// When the database fails; a fault found is no error.
pub async fn check(journal: &Journal, shelf: Option<&Shelf>) -> Result<Report, StoreError> {
    let mut report = Report::default();
    if let Engine::Sqlite { readers, .. } = &journal.shared.engine {
        for line in connect::sqlite::integrity_faults(readers).await? {
            // In SQLite's own words.
            report.fault(FaultKind::File, Text::new(format!("SQLite「{line}」"), line));
        }
    }
    foreign::check_foreign(journal, &mut report).await?;
    let timelines = journal.read(|tx| Box::pin(tx.list_timelines())).await?;
    for timeline in timelines {
        report.timelines += 1;
        let mut found: Report = match journal.read(move |tx| Box::pin(tx.check_timeline(timeline))).await {
            Ok(found) => found,
            // What stands there cannot even be read as an entry: the others are gone through all the same.
            Err(StoreError::Inconsistent { .. }) => {
                report.fault(FaultKind::Unreadable, whole(timeline));
                continue;
            }
            Err(error) => return Err(error),
        };
        report.entries += found.entries;
        report.destroyed += found.destroyed;
        let unlisted = found.fault_count - found.faults.len() as u64;
        let snapshots = found.snapshot_count;
        let listed = found.faults.iter().filter(|fault| fault.kind == FaultKind::Snapshot).count() as u64;
        found.faults.drain(..).for_each(|fault| report.fault(fault.kind, fault.place));
        report.fault_count += unlisted;
        report.snapshot_count += snapshots - listed;
        if let Some(shelf) = shelf {
            check_files::check_files(journal, shelf, timeline, found.named, &mut report).await?;
        }
    }
    let orphans = journal.read(|tx| Box::pin(tx.list_orphans())).await?;
    let nowhere = || Text::fixed("ID のないタイムライン", "a timeline without an id");
    orphans.into_iter().for_each(|timeline| report.fault(FaultKind::Orphan, timeline.map_or_else(nowhere, whole)));
    check_audits::check_audits(journal, &mut report).await?;
    check_reading::check_reading(journal, &mut report).await?;
    check_queue::check_queue(journal, &mut report).await?;
    check_rulebooks::check_rulebooks(journal, &mut report).await?;
    let mut forged = journal.read(|tx| Box::pin(tx.list_forged())).await?;
    forged.extend(journal.read(|tx| Box::pin(tx.list_misnamed_accounts())).await?);
    // In a row that was written by hand it is the row that is wrong.
    let mut unopened = journal.read(|tx| Box::pin(tx.list_unopened())).await?;
    match journal.read(|tx| Box::pin(tx.load_directory())).await {
        Err(StoreError::Inconsistent { place, .. }) if !unopened.contains(&place) => unopened.push(place),
        Ok(_) | Err(StoreError::Inconsistent { .. }) => {}
        Err(error) => return Err(error),
    }
    for place in unopened.into_iter().filter(|place| !forged.contains(place)) {
        report.fault(FaultKind::Unreadable, row_at(&place));
    }
    for place in forged {
        report.fault(FaultKind::Row, row_at(&place));
    }
    Ok(report)
}

/// A row by its table and id.
pub(super) fn row_at(place: &str) -> Text {
    let (table, row) = place.split_once(' ').unwrap_or((place, ""));
    let of_row = if row.is_empty() { String::new() } else { format!(" {row}") };
    Text::new(format!("表 {table} の行{of_row}"), place)
}

fn whole(timeline: TimelineId) -> Text {
    Text::new(format!("タイムライン {timeline}"), format!("timeline {timeline}"))
}

fn duties_of(timeline: TimelineId) -> Text {
    Text::new(format!("タイムライン {timeline} の約束"), format!("duties of timeline {timeline}"))
}

fn stone_of(timeline: TimelineId) -> Text {
    Text::new(format!("タイムライン {timeline} の廃棄の印"), format!("destroyed_record {timeline}"))
}

fn due_time_of(timeline: TimelineId) -> Text {
    Text::new(format!("タイムライン {timeline} の期限"), format!("due time of timeline {timeline}"))
}

pub(super) fn one_of(timeline: TimelineId, seq: Seq) -> Text {
    Text::new(format!("タイムライン {timeline} の {seq} 番"), format!("timeline {timeline} seq {seq}"))
}

/// What is carried from entry to entry of one timeline.
struct Walk {
    seq: Seq,
    chain: Link,
    recorded_at: Timestamp,
    /// The fold so far; `None` once it cannot go on.
    state: Option<PatientState>,
    /// The fold at the snapshot's seq.
    at_snapshot: Option<PatientState>,
    /// Every duty of the timeline, also those that the state no longer remembers.
    duties: BTreeMap<DutyId, Duty>,
}

impl Tx {
    async fn check_timeline(&mut self, timeline: TimelineId) -> Result<Report, StoreError> {
        let mut report = Report::default();
        let Some(head) = self.find_raw_head(timeline).await? else { return Ok(report) };
        let key = self.find_key_or_tell(timeline, &mut report).await?;
        let key = key.as_deref();
        let snapshot = match self.find_sealed_snapshot(timeline).await {
            Ok(snapshot) => snapshot,
            Err(StoreError::Inconsistent { .. }) => {
                report.fault(FaultKind::Snapshot, whole(timeline));
                None
            }
            Err(error) => return Err(error),
        };
        let mut walk = Walk {
            seq: Seq::ZERO,
            chain: GENESIS,
            recorded_at: Timestamp::MIN,
            state: key.map(|_| PatientState::empty_of(head.is_about, timeline)),
            at_snapshot: None,
            duties: BTreeMap::new(),
        };
        loop {
            let entries = self.list_sealed(timeline, walk.seq, FOLD_PAGE_ENTRIES, usize::MAX).await?;
            for sealed in &entries {
                check_entry(&mut walk, sealed, key, &mut report);
                if snapshot.as_ref().is_some_and(|snapshot| snapshot.seq == walk.seq) {
                    walk.at_snapshot.clone_from(&walk.state);
                }
            }
            if entries.len() < FOLD_PAGE_ENTRIES {
                break;
            }
        }
        check_head(&walk, &head, &mut report);
        let (Some(key), Some(state)) = (key, &walk.state) else { return Ok(report) };
        if let Some(snapshot) = snapshot {
            check_snapshot(&snapshot, &walk, key, &mut report);
        }
        self.check_projections(state, &walk.duties, key, &mut report).await?;
        // Too early costs whoever lists the records that are due a look; too late hides one. No office's page is ever due, and of
        // one that the hub began the migration says a time that nobody wrote at.
        if head.is_about == Subject::Patient && head.written_at > state.written_at {
            report.fault(FaultKind::Head, whole(timeline));
        }
        Ok(report)
    }

    async fn find_key_or_tell(
        &mut self,
        timeline: TimelineId,
        report: &mut Report,
    ) -> Result<Option<Arc<PatientKey>>, StoreError> {
        match self.find_key(timeline).await {
            Ok(key) => {
                // Of a record that is there nothing else is left.
                if self.has_stone(timeline).await? {
                    report.fault(FaultKind::Row, stone_of(timeline));
                }
                return Ok(key);
            }
            Err(StoreError::KeyDestroyed(_)) => {
                report.destroyed = 1;
                if self.find_destroyed(timeline.as_patient()).await?.is_none() {
                    report.fault(FaultKind::Key, whole(timeline));
                    if self.has_stone(timeline).await? {
                        report.fault(FaultKind::Row, stone_of(timeline));
                    }
                }
            }
            Err(StoreError::Inconsistent { place, .. }) => {
                report.fault(FaultKind::Unreadable, Text::new(format!("タイムライン {timeline} の鍵"), place));
            }
            Err(error) => return Err(error),
        }
        Ok(None)
    }

    async fn check_projections(
        &mut self,
        state: &PatientState,
        duties: &BTreeMap<DutyId, Duty>,
        key: &PatientKey,
        report: &mut Report,
    ) -> Result<(), StoreError> {
        let timeline = state.timeline;
        match self.find_projected(timeline, key).await {
            Ok(projected) if projected == Projected::of(state) => {}
            Ok(_) | Err(StoreError::Inconsistent { .. }) => {
                report.fault(FaultKind::Projection, whole(timeline));
            }
            Err(error) => return Err(error),
        }
        match self.list_kept_duties(timeline, key).await {
            Ok(kept) if kept.iter().map(|(open, duty)| (*open, duty)).eq(expected(duties)) => {}
            Ok(_) | Err(StoreError::Inconsistent { .. }) => {
                report.fault(FaultKind::Projection, duties_of(timeline));
            }
            Err(error) => return Err(error),
        }
        // Whatever the rules say, the clock must look no later than the first duty falls due.
        let due = duties.values().filter(|duty| duty.runs() && awaits_its_due_time(duty)).map(|duty| duty.due).min();
        let looks_at = self.find_due(timeline).await?;
        let is_late = due.is_some_and(|due| looks_at.is_none_or(|at| at > due));
        // Standing duties are looked at where none is open, too: only the row says when.
        if is_late || self.misses_its_due_time(timeline).await? {
            report.fault(FaultKind::Projection, due_time_of(timeline));
        }
        Ok(())
    }
}

/// What the projection must hold of duties: whether each is open, and the duty.
fn expected(duties: &BTreeMap<DutyId, Duty>) -> impl Iterator<Item = (bool, &Duty)> {
    duties.values().map(|duty| (duty.is_open(), duty))
}

fn awaits_its_due_time(duty: &Duty) -> bool {
    matches!(duty.standing(), Standing::Open | Standing::Snoozed)
}

fn check_entry(walk: &mut Walk, sealed: &SealedEntry, key: Option<&PatientKey>, report: &mut Report) {
    let header = &sealed.header;
    report.entries += 1;
    if header.seq != walk.seq.next() {
        report.fault(FaultKind::Gap, one_of(header.timeline, header.seq));
        walk.state = None;
    }
    if chain::link(&walk.chain, &header.to_bytes(), &sealed.sealed) != sealed.chain {
        report.fault(FaultKind::Chain, one_of(header.timeline, header.seq));
    }
    if header.recorded_at < walk.recorded_at {
        report.fault(FaultKind::Time, one_of(header.timeline, header.seq));
    }
    if let Some(key) = key {
        match sealed.open(key) {
            Ok(stored) => {
                Named::gather(&mut report.named, &stored.entry);
                if let Some(state) = &mut walk.state {
                    state.apply(&stored.entry);
                    let touched = state.duties.touched_by(&stored.entry);
                    walk.duties.extend(touched.into_iter().map(|duty| (duty.opened.id, duty.clone())));
                }
            }
            Err(_) => {
                report.fault(FaultKind::Unreadable, one_of(header.timeline, header.seq));
                walk.state = None;
            }
        }
    }
    walk.seq = header.seq;
    // What is stored, so that one altered entry is reported once and not as the fault of all that follow.
    walk.chain = sealed.chain;
    walk.recorded_at = header.recorded_at;
}

fn check_head(walk: &Walk, head: &RawHead, report: &mut Report) {
    let times_agree = walk.seq == Seq::ZERO || walk.recorded_at == head.recorded_at;
    if seq_into(walk.seq) != head.seq || walk.chain != head.chain || !times_agree || head.subject != Some(head.is_about)
    {
        report.fault(FaultKind::Head, one_of(head.timeline, Seq(u64::try_from(head.seq).unwrap_or(0))));
    }
}

fn check_snapshot(snapshot: &SealedSnapshot, walk: &Walk, key: &PatientKey, report: &mut Report) {
    let is_as_folded = match snapshot.open(key) {
        // Of another fold version: never used.
        Ok(None) => true,
        Ok(Some(state)) => walk.at_snapshot.as_ref() == Some(&state),
        Err(_) => false,
    };
    if !is_as_folded {
        report.fault(FaultKind::Snapshot, one_of(snapshot.timeline, snapshot.seq));
    }
}
