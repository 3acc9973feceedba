//! From the rows of a table to drafts of vital entries.
//!
//! A value is never guessed: what cannot be read is a complaint, what is odd is a note, what has no place is counted.

use std::collections::HashSet;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::cell::{self, Quantity, SiteCell};
use super::columns::{Columns, Mapped};
use super::moment::{self, Moment, Precision};
use super::name_id::Name;
use super::outcome::{Note, Outcome};
use super::report::{FileFault, Notes};
use super::sheet::{Drafts, Earlier, Read, RowFindings, Sheet};
use super::table::{Row, Table};
use crate::domain::decimal::Decimal;
use crate::domain::patient::Identifier;
use crate::domain::text::{Invalid, Text};
use crate::domain::time::Timestamp;
use crate::domain::unit::Unit;
use crate::domain::vital::{BodySite, Measurement, Vital, VitalSign};

pub use super::vital_fields::VitalField;

/// How a file of readings is read.
#[derive(Clone, Debug)]
pub struct VitalSettings {
    /// Whose numbering the patient column follows (a URI).
    pub system: String,
    /// What makes row ids unique: the same row of the same source is imported once.
    pub source: String,
    pub zone: TimeZone,
    /// The date in that zone: nothing was measured later.
    pub today: Date,
    pub mapped: Vec<Mapped>,
    pub units: Vec<(VitalSign, Unit)>,
}

/// A reading ready to be matched with its patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VitalDraft {
    pub name: Name,
    pub patient: Identifier,
    pub at: Timestamp,
    /// In the zone of the import.
    pub date: Date,
    pub vital: Vital,
}

/// Reads every row of a table.
///
/// # Errors
/// When the columns as such cannot be used; what is wrong with a row stands in its place of the sheet.
pub fn read_vitals(table: &Table, settings: &VitalSettings) -> Result<Sheet<VitalDraft>, FileFault> {
    let columns = Columns::find(table, &settings.mapped)?;
    require_columns(table, &columns)?;
    let mut reader = Reader {
        table,
        columns: &columns,
        settings,
        notes: Notes::default(),
        drafts: Drafts::default(),
        moments: HashSet::new(),
    };
    let sheet = Sheet::of(table, &columns, VitalField::Patient, |row| reader.read(row));
    Ok(Sheet { notes: reader.notes, ..sheet })
}

fn require_columns(table: &Table, columns: &Columns<VitalField>) -> Result<(), FileFault> {
    let has = |field| columns.of(field).is_some();
    if !has(VitalField::Patient) {
        return Err(columns.missing(
            table,
            Text::fixed("患者番号の列（patient）が必要です", "a column for the patient's number (patient) is needed"),
        ));
    }
    if !has(VitalField::Moment) && !has(VitalField::Date) {
        return Err(columns.missing(
            table,
            Text::fixed(
                "測定日時の列（moment、または date と time）が必要です",
                "a column for the moment (moment, or date and time) is needed",
            ),
        ));
    }
    let measured = VitalSign::ALL.iter().any(|sign| has(VitalField::Sign(*sign)));
    if !measured && !has(VitalField::BloodPressure) {
        return Err(columns
            .missing(table, Text::fixed("測定値の列が一つもありません", "there is no column for a measured value")));
    }
    Ok(())
}

struct Reader<'a> {
    table: &'a Table,
    columns: &'a Columns<VitalField>,
    settings: &'a VitalSettings,
    notes: Notes,
    drafts: Drafts<Name, VitalDraft>,
    moments: HashSet<(Identifier, Timestamp)>,
}

type Findings<'a> = RowFindings<'a, VitalField>;

impl<'a> Reader<'a> {
    fn read(&mut self, row: &'a Row) -> Read<VitalDraft> {
        let mut found = match RowFindings::begin(self.table, row, self.columns) {
            Ok(found) => found,
            Err(read) => return read,
        };
        let patient_column = self.columns.of(VitalField::Patient);
        let number = cell::identifier_value(found.required(patient_column, "patient"));
        let patient = Identifier { system: self.settings.system.clone(), value: number };
        let moment = self.read_moment(&mut found);
        let mut comments = Vec::new();
        let measurements = self.read_measurements(&mut found, &mut comments);
        if measurements.is_empty() && found.complaints.is_empty() {
            return Read::Passed(Outcome::NoMeasurement);
        }
        let vital = self.compose(&mut found, measurements, moment.as_ref(), comments);
        let draft = moment.filter(|_| found.complaints.is_empty()).map(|moment| {
            let name = self.name_of(&found, &patient, &moment, &vital);
            VitalDraft { name, patient, at: moment.at, date: moment.date, vital }
        });
        self.finish(found, draft, row.line)
    }

    fn finish(&mut self, mut found: Findings<'a>, draft: Option<VitalDraft>, line: usize) -> Read<VitalDraft> {
        let Some(draft) = draft else { return found.finish(None, &mut self.notes) };
        let earlier = self.drafts.remember(draft.name.clone(), line, &draft);
        if let Earlier::Otherwise(earlier) = earlier {
            let message = Text::new(
                format!("行{earlier}と同じ行IDですが内容が違います"),
                format!("the same row id as in line {earlier}, with other content"),
            );
            found.complain(self.columns.of(VitalField::RowId), Invalid::new("row_id", "duplicate", message));
            return found.finish(None, &mut self.notes);
        }
        if matches!(earlier, Earlier::TheSame) {
            return Read::Passed(Outcome::Repeated);
        }
        if !self.moments.insert((draft.patient.clone(), draft.at)) {
            found.note(Note::SameMoment);
        }
        found.finish(Some(draft), &mut self.notes)
    }

    fn read_moment(&self, found: &mut Findings<'a>) -> Option<Moment> {
        let zone = &self.settings.zone;
        let moment = if let Some(column) = self.columns.of(VitalField::Moment) {
            let cell = found.required(Some(column), "moment");
            (!cell.is_empty()).then(|| found.read(column, "moment", moment::parse_moment(cell, zone)))??
        } else {
            self.read_date_and_time(found)?
        };
        let column = self.columns.of(VitalField::Moment).or(self.columns.of(VitalField::Date));
        if moment.date > self.settings.today {
            let message = Text::new(
                format!("測定日 {} が未来です（今日は {}）", moment.date, self.settings.today),
                format!("measured on {}, which is after today, {}", moment.date, self.settings.today),
            );
            found.complain(column, Invalid::new("moment", "in_future", message));
        }
        match moment.precision {
            Precision::Day => found.note(Note::DateOnly),
            Precision::Exact => found.note(Note::OwnOffset),
            Precision::Local => {}
        }
        self.read_until(found, &moment);
        self.hear_witnesses(found, zone);
        Some(moment)
    }

    fn read_date_and_time(&self, found: &mut Findings<'a>) -> Option<Moment> {
        let column = self.columns.of(VitalField::Date)?;
        let cell = found.required(Some(column), "date");
        let date = (!cell.is_empty()).then(|| found.read(column, "date", moment::parse_date(cell)))??;
        let time = match self.columns.of(VitalField::Time) {
            Some(column) if !found.cell(Some(column)).is_empty() => {
                Some(found.read(column, "time", moment::parse_time(found.cell(Some(column))))?)
            }
            _ => None,
        };
        moment::moment_of(date, time, &self.settings.zone)
    }

    /// The end of a period has no place in a reading, but one before its start says that the row is wrong.
    fn read_until(&self, found: &mut Findings<'a>, start: &Moment) {
        let Some(column) = self.columns.of(VitalField::Until) else { return };
        let cell = found.cell(Some(column));
        if cell.is_empty() {
            return;
        }
        let Some(end) = found.read(column, "until", moment::parse_moment(cell, &self.settings.zone)) else { return };
        let by_date = end.precision == Precision::Day || start.precision == Precision::Day;
        let (before, after) = if by_date {
            (end.date < start.date, end.date > start.date)
        } else {
            (end.at < start.at, end.at > start.at)
        };
        if before {
            let message = Text::fixed("終わりが始まりより前です", "the end is before the start");
            found.complain(Some(column), Invalid::new("until", "out_of_order", message));
        } else if after {
            found.note_on(Note::PeriodEnd, column);
        }
    }

    fn hear_witnesses(&self, found: &mut Findings<'a>, zone: &TimeZone) {
        for (field, column, witness) in self.columns.witnesses() {
            let (said, heard) = (found.cell(Some(column)), found.cell(Some(witness)));
            let same = match field {
                VitalField::Moment => moment::parse_moment(said, zone) == moment::parse_moment(heard, zone),
                VitalField::Sign(_) => cell::parse_quantity(said) == cell::parse_quantity(heard),
                _ => said == heard,
            };
            if !same && !heard.is_empty() {
                found.note_on(Note::ColumnsDisagree, witness);
            }
        }
    }

    fn read_measurements(&self, found: &mut Findings<'a>, comments: &mut Vec<String>) -> Vec<Measurement> {
        let mut measurements = Vec::new();
        if let Some(column) = self.columns.of(VitalField::BloodPressure) {
            let pressures = cell::parse_pressures(found.cell(Some(column)));
            if let Some((systolic, diastolic)) = found.read(column, "blood_pressure", pressures) {
                measurements.extend(self.measure(found, column, VitalSign::SystolicPressure, systolic, comments));
                measurements.extend(self.measure(found, column, VitalSign::DiastolicPressure, diastolic, comments));
            }
        }
        for sign in VitalSign::ALL.iter().copied() {
            let Some(column) = self.columns.of(VitalField::Sign(sign)) else { continue };
            let quantity = cell::parse_quantity(found.cell(Some(column)));
            if let Some(quantity) = found.read(column, sign.code(), quantity) {
                measurements.extend(self.measure(found, column, sign, quantity, comments));
            }
        }
        measurements
    }

    fn measure(
        &self,
        found: &mut Findings<'a>,
        column: usize,
        sign: VitalSign,
        quantity: Quantity,
        comments: &mut Vec<String>,
    ) -> Option<Measurement> {
        let (value, own_unit): (Decimal, Option<Unit>) = match quantity {
            Quantity::Nothing => return None,
            Quantity::NotMeasured(word) => {
                found.note_on(Note::NoValueMark, column);
                comments.push(format!("{}: {word}", self.columns.place(column).header));
                return None;
            }
            Quantity::Number(value, unit) => (value, unit),
        };
        let told = self.settings.units.iter().find(|(of, _)| *of == sign).map(|(_, unit)| *unit);
        let unit = own_unit.or(told).or(self.columns.unit(column)).unwrap_or(sign.facts().unit);
        match Measurement::new(sign, value, unit) {
            Ok(measurement) => {
                if measurement.given.is_some() {
                    found.note_on(Note::Converted, column);
                }
                Some(measurement)
            }
            Err(invalid) => {
                found.complain(Some(column), invalid.within(sign.code()));
                None
            }
        }
    }

    fn compose(
        &self,
        found: &mut Findings<'a>,
        measurements: Vec<Measurement>,
        moment: Option<&Moment>,
        mut comments: Vec<String>,
    ) -> Vital {
        if moment.is_some_and(|moment| moment.precision == Precision::Day) {
            // The comment carries the precision, whatever the language of this run: a repeat must make the same entry.
            comments.push(DATE_ONLY_COMMENT.to_owned());
        }
        let mut vital = Vital { measurements, site: None, device: String::new(), comment: String::new() };
        vital.site = self.read_site(found, &vital, &mut comments);
        found.cell(self.columns.of(VitalField::Device)).clone_into(&mut vital.device);
        for column in self.columns.gathered(VitalField::Comment) {
            let said = found.cell(Some(column));
            if !said.is_empty() {
                comments.push(format!("{}: {said}", self.columns.place(column).header));
            }
        }
        vital.comment = comments.join("\n");
        self.check_together(found, &vital);
        vital
    }

    fn read_site(&self, found: &mut Findings<'a>, vital: &Vital, comments: &mut Vec<String>) -> Option<BodySite> {
        let column = self.columns.of(VitalField::Site)?;
        let said = found.cell(Some(column));
        if said.is_empty() {
            return None;
        }
        match cell::parse_site(said) {
            SiteCell::Known(site) => return Some(site),
            // Beside a pressure the shift may have reached it, so such a row is not trusted.
            SiteCell::Number if vital.value(VitalSign::SystolicPressure).is_some() => {
                let message = Text::new(
                    format!("部位が必要ですが数値「{said}」があります。血圧の列もずれている恐れがあります"),
                    format!("a site is expected, not the number `{said}`; the pressures may be shifted too"),
                );
                found.complain(Some(column), Invalid::new("site", "shifted", message));
            }
            SiteCell::Number => found.note_on(Note::Shifted, column),
            SiteCell::Other => {
                found.note_on(Note::SiteAsText, column);
                comments.push(format!("{}: {said}", self.columns.place(column).header));
            }
        }
        None
    }

    fn check_together(&self, found: &mut Findings<'a>, vital: &Vital) {
        let diastolic_column = self
            .columns
            .of(VitalField::Sign(VitalSign::DiastolicPressure))
            .or(self.columns.of(VitalField::BloodPressure));
        if !vital.measurements.is_empty()
            && let Err(invalid) = vital.check()
        {
            found.complain(diastolic_column, invalid);
        }
        let Some(diastolic) = vital.value(VitalSign::DiastolicPressure) else { return };
        if vital.value(VitalSign::SystolicPressure) == Some(diastolic) {
            found.note(Note::EqualPressures);
        }
        if vital.value(VitalSign::Pulse) == Some(diastolic) {
            found.note(Note::PulseIsDiastolic);
        }
    }

    /// The source's row id where it has one; otherwise what the row says.
    fn name_of(&self, found: &Findings<'a>, patient: &Identifier, moment: &Moment, vital: &Vital) -> Name {
        let row_id = cell::identifier_value(found.cell(self.columns.of(VitalField::RowId)));
        let source = &self.settings.source;
        if !row_id.is_empty() {
            return Name::entry("vital", source, patient, &row_id);
        }
        let value = |measurement: &Measurement| {
            let (value, unit) = measurement.given.unwrap_or((measurement.value, measurement.sign.facts().unit));
            format!("{}={value}{}", measurement.sign.code(), unit.code())
        };
        let values: Vec<String> = vital.measurements.iter().map(value).collect();
        let site = vital.site.map_or("", BodySite::code);
        let content = format!("{}|{}|{site}|{}|{}", moment.at, values.join(","), vital.device, vital.comment);
        Name::entry("vital content", source, patient, &content)
    }
}

/// Told in the entry itself, so that no reader takes midnight for the time of measuring.
pub const DATE_ONLY_COMMENT: &str = "時刻の記載なし（date only）";
