//! `renkei audit list` and `renkei audit export`: the audit log for whoever runs the hub's machine, who must say why. What
//! patients' records say is never in it; that it was looked at is.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::super::config_arguments::ConfigArguments;
use super::super::moment::moment;
use super::super::{Complaint, Terminal, open, out};
use super::{cannot, open_journal};
use crate::actions::audit::event::{Event, Who};
use crate::actions::audit::export::Export;
use crate::actions::audit::{check_reason, note_use, part, search};
use crate::clock::{Clock as _, SystemClock};
use crate::config::Config;
use crate::domain::act::By;
use crate::domain::audit::{AuditFilter, AuditKind, AuditUse};
use crate::domain::directory::Directory;
use crate::domain::ids::{OrganisationId, PatientId, PersonId};
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::limits::AUDIT_PAGE_RECORDS_MAX;
use crate::store::AuditOrder;

/// Which records, and why.
#[derive(Debug, clap::Args)]
pub(super) struct Part {
    /// 見る理由（監査記録に残ります） / Why you look; the audit log keeps it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// 患者の ID / Patient's id
    #[arg(long, value_name = "ID")]
    patient: Option<PatientId>,
    /// 人の ID（した人・された人） / Person's id: who acted, or to whom something was done
    #[arg(long, value_name = "ID")]
    person: Option<PersonId>,
    /// 事業所の ID / Organisation's id
    #[arg(long, value_name = "ID")]
    organisation: Option<OrganisationId>,
    /// 種類（read, refused, sign_in_began など） / Kind: read, refused, sign_in_began, …
    #[arg(long, value_parser = kind)]
    kind: Option<AuditKind>,
    /// この日時から / From this moment (RFC 3339)
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    from: Option<Timestamp>,
    /// この日時より前 / Before this moment (RFC 3339)
    #[arg(long, value_name = "MOMENT", value_parser = moment)]
    until: Option<Timestamp>,
    #[command(flatten)]
    pub(super) config: ConfigArguments,
}

#[derive(Debug, clap::Args)]
pub(super) struct ListArguments {
    /// 件数（新しい順） / How many, the newest first
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    limit: usize,
    #[command(flatten)]
    pub(super) part: Part,
}

#[derive(Debug, clap::Args)]
pub(super) struct ExportArguments {
    /// 形式 / Format: jsonl, csv, fhir, fhir-bundle
    #[arg(long, value_parser = format, default_value = "jsonl")]
    format: AuditUse,
    /// 標準出力の代わりに書く先 / File to write instead of the standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    pub(super) part: Part,
}

fn kind(code: &str) -> Result<AuditKind, String> {
    let codes: Vec<&str> = AuditKind::ALL.iter().map(|kind| kind.code()).collect();
    AuditKind::from_code(code).ok_or_else(|| format!("次のいずれか / one of: {}", codes.join(", ")))
}

fn format(code: &str) -> Result<AuditUse, String> {
    let formats = [AuditUse::JsonLines, AuditUse::Csv, AuditUse::FhirLines, AuditUse::FhirBundle];
    let found = formats.into_iter().find(|format| format.code() == code);
    found.ok_or_else(|| format!("次のいずれか / one of: {}", formats.map(AuditUse::code).join(", ")))
}

impl Part {
    fn filter(&self) -> Result<AuditFilter, Complaint> {
        if let Err(invalid) = check_reason(&self.reason) {
            return Err(Complaint::of_option(invalid));
        }
        let filter = AuditFilter {
            patient: self.patient,
            person: self.person,
            organisation: self.organisation,
            kind: self.kind,
            from: self.from,
            until: self.until,
        };
        filter.check().map_err(Complaint::of_option)?;
        Ok(filter)
    }
}

pub(super) async fn list(arguments: &ListArguments, config: &Config, terminal: Terminal) -> anyhow::Result<ExitCode> {
    let (filter, part) = (arguments.part.filter()?, &arguments.part);
    let journal = open_journal(config).await?;
    let directory: Directory = journal.read(|tx| Box::pin(tx.load_directory())).await?;
    let now = SystemClock::new().now();
    note_use(&journal, By::Operator, (AuditUse::Listed, &filter, &part.reason), now).await?;
    let zone = open::calendar_of(&config.calendar).zone;
    let (mut cursor, mut left) = (None, arguments.limit);
    while left > 0 {
        let limit = left.min(AUDIT_PAGE_RECORDS_MAX);
        let page = search(&journal, filter.clone(), AuditOrder::NewestFirst, cursor, limit).await?;
        left -= page.found.len();
        for found in page.found {
            println!("{}", line(&Event::of(found, &directory), &directory, &zone, terminal));
            if out::is_lost() {
                left = 0;
                break;
            }
        }
        cursor = page.next;
        if cursor.is_none() || left == 0 {
            break;
        }
    }
    journal.close().await;
    Ok(ExitCode::SUCCESS)
}

fn line(event: &Event, directory: &Directory, zone: &TimeZone, terminal: Terminal) -> String {
    let said = |ja, en| terminal.language.pick(&Text::fixed(ja, en)).to_owned();
    let named = |who: Who| match who {
        Who::Operator => said("運用者", "operator"),
        Who::Hub => said("連携ハブ", "hub"),
        Who::Unknown => "?".to_owned(),
        Who::Person { person, organisation, .. } => {
            let name = directory.people.get(&person).map_or_else(|| person.to_string(), |it| it.name.kanji.clone());
            let at = directory.organisations.get(&organisation).map_or("?", |it| it.name.as_str());
            format!("{name}（{at}）")
        }
    };
    let who = match event.on_behalf_of {
        Some(of) => format!("{} ← {}", named(event.by), named(of.into())),
        None => named(event.by),
    };
    let whom: Vec<String> = event.patients().map(|patient| patient.to_string()).collect();
    // What people typed must not steer a terminal.
    let plain = |text: String| -> String { text.chars().map(|c| if c.is_control() { '?' } else { c }).collect() };
    let what = terminal.language.pick(&event.words()).to_owned();
    // As a person reads it there; what is taken out as a file has the exact moment.
    let local = event.at.to_jiff().map(|at| at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %:z").to_string());
    let at = local.unwrap_or_else(|| event.at.to_string());
    let registered = event.registered_device.as_ref().map(|(id, name)| name.clone().unwrap_or_else(|| id.to_string()));
    let names: Vec<String> = registered.into_iter().chain(event.device.clone()).collect();
    let device = if names.is_empty() { String::new() } else { format!("  [{}]", names.join(" / ")) };
    let why = said("理由", "why");
    let reason = event.reason.as_ref().map(|reason| format!("  {why}: {reason}")).unwrap_or_default();
    plain(format!("{}  {at}  {who}  {what}  {}{device}{reason}", event.seq, whom.join(" ")))
}

pub(super) async fn export(arguments: &ExportArguments, config: &Config) -> anyhow::Result<ExitCode> {
    let (filter, how) = (arguments.part.filter()?, arguments.format);
    let journal = open_journal(config).await?;
    let directory: Directory = journal.read(|tx| Box::pin(tx.load_directory())).await?;
    let now = SystemClock::new().now();
    // Before it is on record that it was taken out: a file that cannot be made takes nothing.
    let mut to: Box<dyn std::io::Write + Send> = match &arguments.out {
        None => Box::new(std::io::stdout()),
        Some(path) => {
            // Who saw whom is for nobody else on this machine.
            let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
            Box::new(made.map_err(Complaint::because(cannot(("新規作成", "create"), path)))?)
        }
    };
    note_use(&journal, By::Operator, (how, &filter, &arguments.part.reason), now).await?;
    let mut export = Export::new(journal.clone(), Arc::new(directory), part::Part::of_all(filter), how);
    while let Some(piece) = export.next().await? {
        to.write_all(piece.as_bytes())?;
    }
    to.flush()?;
    journal.close().await;
    Ok(ExitCode::SUCCESS)
}
