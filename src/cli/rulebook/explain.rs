//! `renkei rulebook explain`: why, for whoever runs the hub's machine and holds its key, who must say what for: the answer tells of
//! the record, so that the patient's team is told as of an export. The hub may run meanwhile.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use uuid::Uuid;

use crate::actions::explaining::{Explainer, Record};
use crate::actions::kept_rulebooks::KeptRulebooks;
use crate::actions::taken_out::{self, Whose, check_reason};
use crate::cli::config_arguments::{ConfigArguments, print_mistakes};
use crate::cli::{Complaint, EXIT_CONFIG, Terminal, open, region_key, serve};
use crate::clock::{Clock as _, SystemClock};
use crate::domain::directory::Directory;
use crate::domain::duty::DutyId;
use crate::domain::ids::{EntryId, PatientId, PersonId, Subject, TimelineId};
use crate::domain::keeping::KeepingDeed;
use crate::domain::kind::Kind;
use crate::domain::state::PatientState;
use crate::domain::text::Text;
use crate::hub::rulebooks;
use crate::store::Journal;

#[derive(Debug, clap::Args)]
#[group(id = "question")]
pub(super) struct Arguments {
    /// この記録がなぜ認められたか / Why this entry was taken
    #[arg(long, value_name = "ID", conflicts_with_all = ["refusal", "duty"])]
    entry: Option<EntryId>,
    /// この番号の監査記録の投稿がなぜ断られたか / Why the post of this audit record was refused
    #[arg(long, value_name = "SEQ", conflicts_with_all = ["duty", "person"])]
    refusal: Option<u64>,
    /// この約束がなぜあるか / Why this duty is owed
    #[arg(long, value_name = "ID", conflicts_with = "person", requires = "patient")]
    duty: Option<Uuid>,
    /// この人がなぜ見られるか、見られないか / Why this person may see, or may not
    #[arg(long, value_name = "ID")]
    person: Option<PersonId>,
    /// だれの記録のことか / Of which patient
    #[arg(long, value_name = "ID")]
    patient: Option<PatientId>,
    /// 記録の種類 / Kind of record
    #[arg(long, value_name = "KIND", default_value = "note", value_parser = kind)]
    kind: Kind,
    /// 調べる理由（監査記録に残り、患者のチームと事務局に知らされます） / What for: the audit log keeps it, and the patient's team and the
    /// secretariat are told
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    config: ConfigArguments,
}

fn kind(code: &str) -> Result<Kind, String> {
    Kind::from_code(code).ok_or_else(|| "知らない種類です / no such kind".to_owned())
}

pub(super) fn run(arguments: &Arguments, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let Some(settled) = arguments.config.settle(terminal)? else {
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    print_mistakes(&settled.notes, terminal);
    let reason = check_reason(&arguments.reason).map_err(Complaint::new)?;
    let configured = settled.config.rulebook_dir.as_deref();
    let configured = configured.map(|folder| open::load_rulebook(Some(folder))).transpose()?;
    let calendar = open::calendar_of(&settled.config.calendar);
    let key = region_key::load(&settled.config)?;
    let told = serve::runtime()?.block_on(async {
        let journal = open::open_journal(&settled.config.database.url(), &key).await?;
        let in_force = match configured {
            Some(book) => book,
            None => match rulebooks::find_in_force(&journal, SystemClock::new().now()).await? {
                Some(book) => book,
                None => open::load_rulebook(None)?,
            },
        };
        let kept = KeptRulebooks::new(journal.clone());
        let directory: Directory = journal.read(|tx| Box::pin(tx.load_directory())).await?;
        let explainer = Explainer {
            journal: &journal,
            kept: &kept,
            in_force: Arc::new(in_force),
            directory: Arc::new(directory),
            calendar: &calendar,
            now: SystemClock::new().now(),
        };
        let told = answer(&journal, &explainer, (arguments, reason)).await;
        journal.close().await;
        told
    })?;
    println!("{}", terminal.language.pick(&told));
    Ok(ExitCode::SUCCESS)
}

async fn answer(
    journal: &Journal,
    explainer: &Explainer<'_>,
    (arguments, reason): (&Arguments, &str),
) -> anyhow::Result<Text> {
    if let Some(id) = arguments.entry {
        let stored = journal.find_entry(id).await?.ok_or_else(unknown)?;
        note(journal, explainer, Some(stored.entry.timeline), reason).await?;
        if let Some(person) = arguments.person {
            let loaded = journal.load(stored.entry.timeline).await?.ok_or_else(unknown)?;
            return views(explainer, &loaded.state, (person, Record::This(&stored.entry))).await;
        }
        return Ok(explainer.entry(&stored.entry).await?.text());
    }
    if let Some(seq) = arguments.refusal {
        let before = seq.checked_sub(1).ok_or_else(unknown)?;
        let page = journal.read(move |tx| Box::pin(async move { tx.list_refused(before, 1).await })).await?;
        let post = page.posts.into_iter().find(|post| post.seq == seq).ok_or_else(unknown)?;
        note(journal, explainer, post.timeline, reason).await?;
        return Ok(explainer.refusal(&post).await?.ok_or_else(unknown)?.text());
    }
    let patient = arguments.patient.ok_or_else(|| {
        Complaint::new(Text::fixed(
            "--entry、--refusal、または --patient と --duty か --person を指定してください",
            "give --entry, --refusal, or --patient with --duty or --person",
        ))
    })?;
    let loaded = journal.load(patient.into()).await?.ok_or_else(unknown)?;
    note(journal, explainer, Some(patient.into()), reason).await?;
    if let Some(duty) = arguments.duty {
        let duty = loaded.state.duties.find(DutyId(duty)).ok_or_else(unknown)?;
        return Ok(explainer.duty(duty, true).await?.text());
    }
    let person = arguments.person.context("clap asks for one of them")?;
    views(explainer, &loaded.state, (person, Record::Ordinary(arguments.kind))).await
}

/// Puts it on record that this was asked about the timeline, before it is answered.
async fn note(
    journal: &Journal,
    explainer: &Explainer<'_>,
    timeline: Option<TimelineId>,
    reason: &str,
) -> anyhow::Result<()> {
    let is_patient = |timeline: &TimelineId| explainer.directory.subject_of(*timeline) == Subject::Patient;
    let patient = timeline.filter(is_patient).map(TimelineId::as_patient);
    let deed = KeepingDeed::LookedInto { patient, reason: reason.to_owned() };
    Ok(taken_out::note(journal, patient.map_or(Whose::Nobody, Whose::Patient), deed, explainer.now).await?)
}

async fn views(explainer: &Explainer<'_>, state: &PatientState, asked: (PersonId, Record<'_>)) -> anyhow::Result<Text> {
    let answers = explainer.view(state, asked).await?;
    // One for each position, with an empty line between them.
    let texts = answers.iter().map(|(.., explained)| explained.text());
    let all =
        texts.reduce(|all, text| Text::new(format!("{}\n\n{}", all.ja, text.ja), format!("{}\n\n{}", all.en, text.en)));
    Ok(all.ok_or_else(unknown)?)
}

fn unknown() -> Complaint {
    Complaint::new(Text::fixed("見つかりません", "there is no such thing"))
}
