//! Matching a sheet with the hub: everything is decided before anything is written.
//!
//! Either all rows are right and all go in, or none; with `keep_going` the right ones go in. A row goes in whole, in
//! one commit. Rows of several patients are several commits: a hub that stops half way, or others who post meanwhile,
//! leave whole rows written and the rest not, and the next run writes the rest.

use std::collections::HashMap;

use jiff::civil::Date;

use super::draft::{Draft, Options, Plan};
use super::outcome::Outcome;
use super::report::{Complaint, Place, Report};
use super::sheet::{Read, Sheet};
use super::target::{ImportTarget, KnownPatient, TargetError, Verdict};
use crate::domain::entry::Intent;
use crate::domain::patient::Identifier;
use crate::domain::text::{Invalid, Text};
use crate::limits;

/// How a sheet is applied.
#[derive(Clone, Debug)]
pub struct How {
    pub options: Options,
    /// Decide only.
    pub dry_run: bool,
    /// Write the good rows although others are wrong.
    pub keep_going: bool,
    /// The date in the region.
    pub today: Date,
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub stage: Stage,
    pub done: usize,
    pub total: usize,
}

/// The part of an import that is running.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Matching,
    Deciding,
    Writing,
}

/// An import that stopped half way, with what was known by then.
#[derive(Debug, thiserror::Error)]
#[error("stopped after {} entries were written; run again to go on", .report.written)]
pub struct Stopped {
    pub report: Box<Report>,
    #[source]
    pub error: TargetError,
}

/// Applies a sheet.
///
/// # Errors
/// When the target cannot answer; entries already written are counted, and a repeat does not write them again.
pub async fn apply<D: Draft, T: ImportTarget>(
    sheet: Sheet<D>,
    target: &T,
    how: &How,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Report, Stopped> {
    let mut run = Run::start(&sheet, how);
    match run.through(&sheet, target, progress).await {
        Ok(()) => Ok(run.into_report()),
        Err(error) => Err(Stopped { report: Box::new(run.into_report()), error }),
    }
}

/// A row on its way: its intents until they are decided, its outcome after.
struct Way {
    line: usize,
    intents: Vec<Intent>,
    outcome: Option<Outcome>,
}

struct Run<'a> {
    how: &'a How,
    patient_place: Option<Place>,
    ways: Vec<Way>,
    report: Report,
}

impl<'a> Run<'a> {
    fn start<D>(sheet: &Sheet<D>, how: &'a How) -> Self {
        let mut report = Report {
            rows: sheet.rows.len(),
            notes: sheet.notes.clone(),
            skipped: sheet.skipped.clone(),
            dry_run: how.dry_run,
            ..Report::default()
        };
        let way = |row: &super::sheet::SheetRow<D>| {
            let outcome = match &row.read {
                Read::Draft(_) => None,
                Read::Passed(outcome) => Some(*outcome),
                Read::Wrong(complaints) => {
                    report.complaints.extend(complaints.iter().cloned());
                    let implausible = complaints.iter().all(|complaint| complaint.invalid.code == "implausible");
                    Some(if implausible { Outcome::Implausible } else { Outcome::Invalid })
                }
            };
            Way { line: row.line, intents: Vec::new(), outcome }
        };
        let ways = sheet.rows.iter().map(way).collect();
        Self { how, patient_place: sheet.patient_place.clone(), ways, report }
    }

    async fn through<D: Draft, T: ImportTarget>(
        &mut self,
        sheet: &Sheet<D>,
        target: &T,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<(), TargetError> {
        self.plan(sheet, target, progress).await?;
        self.decide(target, progress).await?;
        let wrong = self.ways.iter().any(|way| way.outcome.is_some_and(Outcome::is_wrong));
        if wrong && !self.how.keep_going {
            self.settle_undecided(Outcome::HeldBack);
        } else if self.how.dry_run {
            self.settle_undecided(Outcome::Imported);
        } else {
            self.write(target, progress).await?;
        }
        Ok(())
    }

    async fn plan<D: Draft, T: ImportTarget>(
        &mut self,
        sheet: &Sheet<D>,
        target: &T,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<(), TargetError> {
        let mut known: HashMap<&Identifier, Option<KnownPatient>> = HashMap::new();
        let total = sheet.rows.len();
        for (at, row) in sheet.rows.iter().enumerate() {
            let Read::Draft(draft) = &row.read else { continue };
            let identifier = draft.identifier();
            if !known.contains_key(identifier) {
                known.insert(identifier, target.find_patient(identifier).await?);
            }
            let patient = known.get(identifier).and_then(Option::as_ref);
            self.take_plan(at, draft.plan(patient, &self.how.options, &|name| target.id_of(name)));
            progress(Progress { stage: Stage::Matching, done: at + 1, total });
        }
        Ok(())
    }

    fn take_plan(&mut self, at: usize, plan: Plan) {
        match plan {
            Plan::Wrong(outcome, invalid) => {
                let place = self.patient_place.clone().filter(|_| invalid.field == "patient");
                self.complain(at, outcome, place, invalid);
            }
            Plan::Post(intents, notes) => {
                let line = self.ways[at].line;
                for note in notes {
                    self.report.notes.add(line, note, "");
                }
                let checked = intents.iter().try_for_each(|intent| intent.check(self.how.today));
                if let Err(invalid) = checked {
                    self.complain(at, Outcome::Invalid, None, invalid);
                } else if intents.is_empty() {
                    self.ways[at].outcome = Some(Outcome::AlreadyThere);
                } else {
                    self.ways[at].intents = intents;
                }
            }
        }
    }

    /// Gives every open row its verdict, leaving those open that would be accepted.
    async fn decide<T: ImportTarget>(
        &mut self,
        target: &T,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<(), TargetError> {
        let total = self.ways.len();
        for batch in self.batches() {
            let intents: Vec<Intent> = batch.iter().flat_map(|&at| self.ways[at].intents.clone()).collect();
            let verdicts = target.decide(&intents).await?;
            for (&at, verdicts) in batch.iter().zip(self.per_row(&batch, &verdicts)) {
                if !(verdicts.contains(&Verdict::Accepted) && verdicts.iter().all(is_in)) {
                    self.settle(at, verdicts);
                }
            }
            progress(Progress { stage: Stage::Deciding, done: batch.last().map_or(0, |at| at + 1), total });
        }
        Ok(())
    }

    async fn write<T: ImportTarget>(
        &mut self,
        target: &T,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<(), TargetError> {
        let total = self.ways.len();
        for batch in self.batches() {
            let groups = batch.iter().map(|&at| self.ways[at].intents.clone()).collect();
            let verdicts = target.submit(groups).await?;
            self.report.written += verdicts.iter().filter(|verdict| **verdict == Verdict::Accepted).count();
            for (&at, verdicts) in batch.iter().zip(self.per_row(&batch, &verdicts)) {
                self.settle(at, verdicts);
            }
            progress(Progress { stage: Stage::Writing, done: batch.last().map_or(0, |at| at + 1), total });
            if !verdicts.iter().all(is_in) && !self.how.keep_going {
                // Something changed since deciding. What is written stays; the rest waits for the next run.
                self.settle_undecided(Outcome::HeldBack);
                break;
            }
        }
        Ok(())
    }

    /// The open rows, in batches that never part the intents of one row.
    fn batches(&self) -> Vec<Vec<usize>> {
        let mut batches: Vec<Vec<usize>> = Vec::new();
        let mut entries = 0;
        for (at, way) in self.ways.iter().enumerate().filter(|(_, way)| way.outcome.is_none()) {
            if batches.is_empty() || entries + way.intents.len() > limits::IMPORT_BATCH_ENTRIES {
                batches.push(Vec::new());
                entries = 0;
            }
            entries += way.intents.len();
            batches.last_mut().expect("one was pushed above").push(at);
        }
        batches
    }

    /// Deals verdicts out to the rows whose intents they are about.
    fn per_row<'v>(&self, batch: &[usize], verdicts: &'v [Verdict]) -> Vec<&'v [Verdict]> {
        let expected: usize = batch.iter().map(|&at| self.ways[at].intents.len()).sum();
        assert_eq!(verdicts.len(), expected, "a target gives one verdict per intent");
        let mut rest = verdicts;
        let deal = |&at: &usize| {
            let (own, others) = rest.split_at(self.ways[at].intents.len());
            rest = others;
            own
        };
        batch.iter().map(deal).collect()
    }

    fn settle(&mut self, at: usize, verdicts: &[Verdict]) {
        if verdicts.iter().all(is_in) {
            let new = verdicts.contains(&Verdict::Accepted);
            self.ways[at].outcome = Some(if new { Outcome::Imported } else { Outcome::AlreadyThere });
            return;
        }
        for verdict in verdicts {
            match verdict {
                // Told by the one that was refused.
                Verdict::Accepted | Verdict::AlreadyThere | Verdict::HeldBack => {}
                Verdict::Conflict => {
                    let message = Text::fixed(
                        "この行IDは別の内容で取り込み済みです（単位や時間帯の指定を変えたか、--source が別のファイルと同じです）",
                        "this row id was imported before with other content (other units or time zone given, or --source shared by another file)",
                    );
                    self.complain(at, Outcome::Conflict, None, Invalid::new("row_id", "conflict", message));
                }
                Verdict::Refused(reasons) => {
                    for reason in reasons {
                        let message = Text::new(
                            format!("{}（{}）", reason.message.ja, reason.rule),
                            format!("{} ({})", reason.message.en, reason.rule),
                        );
                        self.complain(at, Outcome::Refused, None, Invalid::new("", "refused", message));
                    }
                    self.ways[at].outcome = Some(Outcome::Refused);
                }
            }
        }
    }

    fn settle_undecided(&mut self, outcome: Outcome) {
        for way in self.ways.iter_mut().filter(|way| way.outcome.is_none()) {
            way.outcome = Some(outcome);
        }
    }

    fn complain(&mut self, at: usize, outcome: Outcome, place: Option<Place>, invalid: Invalid) {
        let way = &mut self.ways[at];
        way.outcome = Some(outcome);
        self.report.complaints.push(Complaint { line: way.line, place, invalid });
    }

    fn into_report(mut self) -> Report {
        // Only a run that stopped half way still has open rows.
        self.settle_undecided(Outcome::HeldBack);
        for way in &self.ways {
            let outcome = way.outcome.expect("every row was settled above");
            *self.report.outcomes.entry(outcome).or_default() += 1;
        }
        self.report.complaints.sort_by_key(|complaint| complaint.line);
        self.report
    }
}

fn is_in(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Accepted | Verdict::AlreadyThere)
}
