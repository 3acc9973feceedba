//! From the rows of a table to drafts of registrations.
//!
//! A patient is recognised by the office's number alone: two people may share a name and a birthday.

use std::collections::HashSet;

use jiff::civil::Date;

use super::cell;
use super::columns::{Columns, Mapped};
use super::moment;
use super::outcome::{Note, Outcome};
use super::report::{FileFault, Notes};
use super::sheet::{Drafts, Earlier, Read, RowFindings, Sheet};
use super::table::{Row, Table};
use crate::domain::ids::PersonId;
use crate::domain::patient::{HumanName, Identifier, Registration, Sex};
use crate::domain::search;
use crate::domain::text::{Invalid, Text};

pub use super::patient_fields::PatientField;

/// How a file of patients is read.
#[derive(Clone, Debug)]
pub struct PatientSettings {
    /// Whose numbering the patient column follows (a URI).
    pub system: String,
    /// Where kana are missing, use the name as written: for names in Latin letters.
    pub kana_from_name: bool,
    /// The attending doctor who agreed to these registrations.
    pub agreed_by: Option<PersonId>,
    /// Where the signed forms are kept.
    pub document: String,
    /// The date in the region: nobody was born later.
    pub today: Date,
    pub mapped: Vec<Mapped>,
}

/// A registration ready to be matched with what the hub knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatientDraft {
    pub identifier: Identifier,
    pub registration: Registration,
}

/// Reads every row of a table.
///
/// # Errors
/// When the columns as such cannot be used; what is wrong with a row stands in its place of the sheet.
pub fn read_patients(table: &Table, settings: &PatientSettings) -> Result<Sheet<PatientDraft>, FileFault> {
    let columns = Columns::find(table, &settings.mapped)?;
    require_columns(table, &columns, settings)?;
    let mut reader = Reader {
        table,
        columns: &columns,
        settings,
        notes: Notes::default(),
        drafts: Drafts::default(),
        people: HashSet::new(),
    };
    let sheet = Sheet::of(table, &columns, PatientField::Patient, |row| reader.read(row));
    Ok(Sheet { notes: reader.notes, ..sheet })
}

fn require_columns(
    table: &Table,
    columns: &Columns<PatientField>,
    settings: &PatientSettings,
) -> Result<(), FileFault> {
    let has = |field| columns.of(field).is_some();
    let names = has(PatientField::Name) || has(PatientField::Family);
    let kana = has(PatientField::Kana) || has(PatientField::FamilyKana);
    let expected = if !has(PatientField::Patient) {
        Text::fixed("患者番号の列（patient）が必要です", "a column for the patient's number (patient) is needed")
    } else if !names {
        Text::fixed(
            "氏名の列（name、または family と given）が必要です",
            "a column for the name (name, or family and given) is needed",
        )
    } else if !has(PatientField::BirthDate) {
        Text::fixed("生年月日の列（birth_date）が必要です", "a column for the birth date (birth_date) is needed")
    } else if !kana && !settings.kana_from_name {
        Text::fixed(
            "フリガナの列（kana）が必要です。ローマ字の氏名をそのまま使うなら --kana-from name",
            "a column for the kana (kana) is needed; to use names in Latin letters as they are: --kana-from name",
        )
    } else {
        return Ok(());
    };
    Err(columns.missing(table, expected))
}

struct Reader<'a> {
    table: &'a Table,
    columns: &'a Columns<PatientField>,
    settings: &'a PatientSettings,
    notes: Notes,
    drafts: Drafts<Identifier, PatientDraft>,
    people: HashSet<(String, Date)>,
}

type Findings<'a> = RowFindings<'a, PatientField>;

impl<'a> Reader<'a> {
    fn read(&mut self, row: &'a Row) -> Read<PatientDraft> {
        let mut found = match RowFindings::begin(self.table, row, self.columns) {
            Ok(found) => found,
            Err(read) => return read,
        };
        let patient_column = self.columns.of(PatientField::Patient);
        let value = cell::identifier_value(found.required(patient_column, "patient"));
        let identifier = Identifier { system: self.settings.system.clone(), value };
        let name = self.read_name(&mut found);
        let sex = self.read_sex(&mut found);
        let birth_date = self.read_birth_date(&mut found);
        let draft = match (birth_date, sex) {
            (Some(birth_date), Some(sex)) if found.complaints.is_empty() => {
                let identifiers = vec![identifier.clone()];
                let registration = Registration {
                    name,
                    birth_date,
                    sex,
                    identifiers,
                    in_facility: false,
                    for_training: false,
                    agreed_by: self.settings.agreed_by,
                    // Whoever imports a register vouches for the papers that it is taken over from.
                    agreed_on_paper: self
                        .settings
                        .agreed_by
                        .map(|_| self.settings.document.clone())
                        .unwrap_or_default(),
                    document: self.settings.document.clone(),
                    attachments: Vec::new(),
                };
                self.checked(&mut found, identifier, registration)
            }
            _ => None,
        };
        self.finish(found, draft, row.line)
    }

    fn checked(
        &self,
        found: &mut Findings<'a>,
        identifier: Identifier,
        registration: Registration,
    ) -> Option<PatientDraft> {
        if let Err(invalid) = registration.check(self.settings.today) {
            let column = match invalid.field.as_str() {
                "birth_date" => self.columns.of(PatientField::BirthDate),
                "name.kana" => self.kana_column(),
                _ => self.columns.of(PatientField::Name).or(self.columns.of(PatientField::Family)),
            };
            found.complain(column, invalid);
            return None;
        }
        Some(PatientDraft { identifier, registration })
    }

    fn finish(&mut self, mut found: Findings<'a>, draft: Option<PatientDraft>, line: usize) -> Read<PatientDraft> {
        let Some(draft) = draft else { return found.finish(None, &mut self.notes) };
        let earlier = self.drafts.remember(draft.identifier.clone(), line, &draft);
        if let Earlier::Otherwise(earlier) = earlier {
            let message = Text::new(
                format!("行{earlier}と同じ患者番号ですが内容が違います"),
                format!("the same patient number as in line {earlier}, with other content"),
            );
            found.complain(self.columns.of(PatientField::Patient), Invalid::new("patient", "duplicate", message));
            return found.finish(None, &mut self.notes);
        }
        if matches!(earlier, Earlier::TheSame) {
            return Read::Passed(Outcome::Repeated);
        }
        let person = (search::fold(&draft.registration.name.kanji), draft.registration.birth_date);
        if !self.people.insert(person) {
            found.note(Note::PossibleDouble);
        }
        found.finish(Some(draft), &mut self.notes)
    }

    fn read_name(&self, found: &mut Findings<'a>) -> HumanName {
        let whole = |found: &Findings<'a>, field| cell::spaced_name(found.cell(self.columns.of(field)));
        let joined = |found: &Findings<'a>, one, family, given| match whole(found, one) {
            name if name.is_empty() => cell::spaced_name(&format!("{} {}", whole(found, family), whole(found, given))),
            name => name,
        };
        let kanji = joined(found, PatientField::Name, PatientField::Family, PatientField::Given);
        let mut kana = joined(found, PatientField::Kana, PatientField::FamilyKana, PatientField::GivenKana);
        let name_column = self.columns.of(PatientField::Name).or(self.columns.of(PatientField::Family));
        if kanji.is_empty() {
            found.complain(name_column, Invalid::required("name"));
        } else if kana.is_empty() && self.settings.kana_from_name {
            found.note(Note::KanaFromName);
            kana.clone_from(&kanji);
            self.check_kana(found, name_column, &kana);
        } else if kana.is_empty() {
            found.complain(self.kana_column(), Invalid::required("kana"));
        } else {
            self.check_kana(found, self.kana_column(), &kana);
        }
        HumanName { kanji, kana }
    }

    /// Kanji where kana belong: swapped columns, or a name whose reading nobody can derive.
    fn check_kana(&self, found: &mut Findings<'a>, column: Option<usize>, kana: &str) {
        let is_kanji =
            |c: char| matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' | '々');
        if kana.chars().any(is_kanji) {
            let message = Text::new(
                format!("フリガナが必要です。「{kana}」には漢字があります"),
                format!("kana are expected; `{kana}` has kanji in it"),
            );
            found.complain(column, Invalid::new("kana", "not_kana", message));
        }
    }

    fn kana_column(&self) -> Option<usize> {
        self.columns.of(PatientField::Kana).or(self.columns.of(PatientField::FamilyKana))
    }

    fn read_sex(&self, found: &mut Findings<'a>) -> Option<Sex> {
        let Some(column) = self.columns.of(PatientField::Sex) else {
            found.note(Note::SexUnknown);
            return Some(Sex::Unknown);
        };
        let sex = found.read(column, "sex", cell::parse_sex(found.cell(Some(column))))?;
        if sex == Sex::Unknown {
            found.note(Note::SexUnknown);
        }
        for (field, _, witness) in self.columns.witnesses() {
            let heard = found.cell(Some(witness));
            let same = field != PatientField::Sex || heard.is_empty() || cell::parse_sex(heard) == Ok(sex);
            if !same {
                found.note_on(Note::ColumnsDisagree, witness);
            }
        }
        Some(sex)
    }

    fn read_birth_date(&self, found: &mut Findings<'a>) -> Option<Date> {
        let column = self.columns.of(PatientField::BirthDate)?;
        let cell = found.required(Some(column), "birth_date");
        let date = (!cell.is_empty()).then(|| found.read(column, "birth_date", moment::parse_date(cell)))??;
        if let Some(year_column) = self.columns.of(PatientField::BirthYear) {
            let year = found.cell(Some(year_column));
            if !year.is_empty() && year.parse() != Ok(date.year()) {
                found.note_on(Note::ColumnsDisagree, year_column);
            }
        }
        Some(date)
    }
}
