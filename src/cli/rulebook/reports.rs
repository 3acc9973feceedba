//! What the reading commands say of a sound rulebook, in both languages.

use std::process::ExitCode;

use jiff::civil::Date;

use crate::cli::{Complaint, Terminal};
use crate::domain::text::{Text, counted};
use crate::rulebook::agreement::Agreement;
use crate::rulebook::diff::{diff as changes, in_words, unversioned};
use crate::rulebook::{Rulebook, Ruleset, Status};

/// What a command prints. Notes and findings refuse nothing: only mistakes of the files do, and those come first.
#[derive(Debug)]
pub(super) struct Report(Text);

impl Report {
    pub fn text(told: Text) -> Self {
        Self(told)
    }

    /// The same in either language.
    pub fn page(page: String) -> Self {
        Self::text(Text::new(page.clone(), page))
    }

    pub fn print(&self, terminal: Terminal) -> ExitCode {
        print!("{}", terminal.language.pick(&self.0));
        ExitCode::SUCCESS
    }
}

/// Lines in both languages.
#[derive(Debug, Default)]
struct Lines {
    ja: String,
    en: String,
}

impl Lines {
    fn add(&mut self, ja: &str, en: &str) {
        self.ja += &format!("{ja}\n");
        self.en += &format!("{en}\n");
    }

    fn text(self) -> Text {
        Text::new(self.ja, self.en)
    }
}

/// A sound book's notes. Figures that stand in and reviews that are due are told, and refuse nothing.
pub(super) fn check(book: &Rulebook, today: Date) -> Report {
    let notes = book.notes(today);
    let mut lines = Lines::default();
    for note in &notes {
        let line = |said: &str| format!("{}: {said} [{}]", note.at, note.code);
        lines.add(&line(&note.text.ja), &line(&note.text.en));
    }
    let (sets, rules, fingerprint) = (book.sets().len(), book.rules().count(), book.fingerprint());
    lines.add(
        &format!("誤りはありません：ルール集 {sets}、ルール {rules}、照合番号 {fingerprint}"),
        &format!("No mistakes: {}, {}, fingerprint {fingerprint}", counted(sets, "set"), counted(rules, "rule")),
    );
    let placeholders = notes.iter().filter(|note| note.code == "placeholder").count();
    if placeholders > 0 {
        lines.add(
            &format!("仮置きの数字が {placeholders} 個残っています。地域で決めてください"),
            &format!("{} left that the region is still to set", counted(placeholders, "placeholder")),
        );
    }
    if book.sets().iter().all(|set| set.status == Status::Seed) {
        lines.add("すべてひな形で、まだだれも合意していません", "All of it is a seed: nobody has agreed on any of it");
    }
    Report::text(lines.text())
}

pub(super) fn analyse(book: &Rulebook) -> anyhow::Result<Report> {
    let findings = book.analyse().map_err(Complaint::new)?;
    let mut lines = Lines::default();
    for finding in &findings {
        let at = finding.at.as_ref().map_or_else(String::new, |at| format!("{at}: "));
        let line = |said: &str| format!("{at}{said} [{}]", finding.code);
        lines.add(&line(&finding.text.ja), &line(&finding.text.en));
    }
    match findings.len() {
        0 => lines.add("おかしなところはありません", "Nothing odd was found"),
        1 => lines.add("おかしなところが 1 件あります", "1 oddity found"),
        count => lines.add(&format!("おかしなところが {count} 件あります"), &format!("{count} oddities found")),
    }
    Ok(Report::text(lines.text()))
}

/// One page with the sheets of these sets; of all of them where none is named.
pub(super) fn sheets(book: &Rulebook, wanted: &[String]) -> anyhow::Result<String> {
    for name in wanted {
        if !book.sets().iter().any(|set| set.id == *name) {
            let ids: Vec<&str> = book.sets().iter().map(|set| set.id.as_str()).collect();
            let ids = ids.join(", ");
            return Err(Complaint::new(Text::new(
                format!("ルール集「{name}」はありません。次のいずれか：{ids}"),
                format!("there is no set '{name}'; one of: {ids}"),
            ))
            .into());
        }
    }
    let is_wanted = |set: &&Ruleset| wanted.is_empty() || wanted.contains(&set.id);
    let sets: Vec<&Ruleset> = book.sets().iter().filter(is_wanted).collect();
    Ok(book.agreement_sheets(&sets, Agreement::of_file))
}

pub(super) fn diff(old: &Rulebook, new: &Rulebook) -> Report {
    let told = in_words(&changes(old, new));
    let (mut ja, mut en) = (told.ja.into_owned(), told.en.into_owned());
    for set in unversioned(old, new) {
        ja += &format!("ルール集 {} は中身が変わったのに、版が {} のままです\n", set.id, set.version);
        en += &format!("the set {} changed, but its version is still {}\n", set.id, set.version);
    }
    Report::text(Text::new(ja, en))
}
