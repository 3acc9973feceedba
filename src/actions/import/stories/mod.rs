//! Stories of imports against a target in memory: one per class of odd row, and the sample data whole.

mod applying;
mod patients;
mod sample;
mod vitals;

use jiff::tz::TimeZone;

use super::apply::{How, Progress, Stopped, apply};
use super::draft::{Draft, Options};
use super::memory::{MemoryTarget, TODAY};
use super::outcome::{Note, Outcome};
use super::patients::{PatientSettings, read_patients};
use super::report::{FileFault, Report};
use super::sheet::Sheet;
use super::table::{Table, read_table};
use super::vitals::{VitalSettings, read_vitals};
use crate::domain::patient::Identifier;
use crate::domain::state::PatientState;

const SYSTEM: &str = "urn:example:numbers";

/// An office that imports its files, one after the other, into the same hub.
struct Office {
    target: MemoryTarget,
    vitals: VitalSettings,
    patients: PatientSettings,
    how: How,
}

impl Office {
    fn new() -> Self {
        Self {
            target: MemoryTarget::default(),
            vitals: VitalSettings {
                system: SYSTEM.to_owned(),
                source: "story".to_owned(),
                zone: TimeZone::get("Asia/Tokyo").unwrap(),
                today: TODAY,
                mapped: Vec::new(),
                units: Vec::new(),
            },
            patients: PatientSettings {
                agreed_by: None,

                document: String::new(),
                system: SYSTEM.to_owned(),
                kana_from_name: false,
                today: TODAY,
                mapped: Vec::new(),
            },
            how: How {
                options: Options { source: "story".to_owned(), host: None, reasons: Vec::new() },
                dry_run: false,
                keep_going: false,
                today: TODAY,
            },
        }
    }

    /// An office whose patients 1 and 2, born in 1935, are registered.
    fn with_two_patients() -> Self {
        let office = Self::new();
        office.patients("患者番号,氏名,フリガナ,生年月日,性別\n1,山田 太郎,ヤマダ タロウ,S10.3.5,男\n2,髙橋 花子,タカハシ ハナコ,S10.3.6,女\n").imported(2);
        office
    }

    fn keeps_going(mut self) -> Self {
        self.how.keep_going = true;
        self
    }

    fn dry(mut self) -> Self {
        self.how.dry_run = true;
        self
    }

    fn maps(mut self, header: &str, field: &str) -> Self {
        self.vitals.mapped.push((header.to_owned(), field.to_owned()));
        self.patients.mapped.push((header.to_owned(), field.to_owned()));
        self
    }

    fn vitals(&self, file: &str) -> Told {
        self.apply(read_vitals(&table(file), &self.vitals).unwrap())
    }

    fn vitals_fault(&self, file: &str) -> FileFault {
        read_vitals(&table(file), &self.vitals).unwrap_err()
    }

    fn patients(&self, file: &str) -> Told {
        self.apply(read_patients(&table(file), &self.patients).unwrap())
    }

    fn patients_fault(&self, file: &str) -> FileFault {
        read_patients(&table(file), &self.patients).unwrap_err()
    }

    fn apply<D: Draft>(&self, sheet: Sheet<D>) -> Told {
        Told(self.try_apply(sheet, &mut |_| {}).unwrap())
    }

    fn try_apply<D: Draft>(
        &self,
        sheet: Sheet<D>,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Report, Stopped> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(apply(sheet, &self.target, &self.how, progress))
    }

    fn patient(&self, number: &str) -> PatientState {
        self.target.state(&Identifier { system: SYSTEM.to_owned(), value: number.to_owned() })
    }
}

fn table(file: &str) -> Table {
    read_table(file.as_bytes(), None, None).unwrap()
}

/// What an import told the office.
struct Told(Report);

impl Told {
    /// Nothing is wrong, and so many rows are new.
    #[track_caller]
    fn imported(self, rows: usize) -> Self {
        assert_eq!(self.0.complaints, []);
        self.counts(Outcome::Imported, rows)
    }

    #[track_caller]
    fn counts(self, outcome: Outcome, rows: usize) -> Self {
        assert_eq!(self.0.count(outcome), rows, "{outcome}: {:?}", self.0);
        self
    }

    #[track_caller]
    fn notes(self, note: Note, header: &str, lines: &[usize]) -> Self {
        let count = self.0.notes.0.get(&(note, header.to_owned())).cloned().unwrap_or_default();
        assert_eq!(count.first_lines, lines, "{note}: {:?}", self.0.notes);
        self
    }

    /// A complaint about this line and column, saying this.
    #[track_caller]
    fn complains(self, line: usize, header: &str, code: &str, says: &str) -> Self {
        let found = self.0.complaints.iter().any(|complaint| {
            let place = complaint.place.as_ref().map_or("", |place| place.header.as_str());
            let message = &complaint.invalid.message;
            complaint.line == line
                && place == header
                && complaint.invalid.code == code
                && (message.ja.contains(says) || message.en.contains(says))
        });
        assert!(found, "{:#?}", self.0.complaints);
        self
    }
}
