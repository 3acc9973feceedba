//! The arguments of `renkei import`, and the settings they make.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::actions::import::charset::Charset;
use crate::actions::import::columns::Mapped;
use crate::actions::import::patients::PatientSettings;
use crate::actions::import::table::Delimiter;
use crate::actions::import::vitals::VitalSettings;
use crate::cli::ConfigArguments;
use crate::domain::entry::WrittenReason;
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::role::Role;
use crate::domain::time::Timestamp;
use crate::domain::unit::Unit;
use crate::domain::vital::VitalSign;

/// 表（CSV・TSV）からの取り込み / import from tables (CSV, TSV)
#[derive(Clone, Debug, Subcommand)]
pub enum ImportCommand {
    /// バイタルの取り込み / import readings of vital signs
    Vitals(VitalArgs),
    /// 患者の登録 / register patients
    Patients(PatientArgs),
}

/// What both imports take.
#[derive(Clone, Debug, Args)]
pub struct ImportArgs {
    /// 取り込むファイル / the file to import
    pub file: PathBuf,
    /// 取り込みを行う事業所 / the organisation that imports
    #[arg(long, value_name = "ORG")]
    pub organisation: OrganisationId,
    /// 取り込みを行う人（省略時は事業所の連携システム） / the person who imports (otherwise the organisation's gateway)
    #[arg(long = "as", value_name = "PERSON")]
    pub person: Option<PersonId>,
    /// その人の職種（一つだけなら省略可） / that person's role (may be left out if there is only one)
    #[arg(long, requires = "person", value_parser = role)]
    pub role: Option<Role>,
    /// 患者番号の体系を表す URI（既定は事業所ごと） / URI of the patient numbering (by default one per organisation)
    #[arg(long, value_name = "URI")]
    pub system: Option<String>,
    /// 行IDの出所（既定は患者番号の体系） / what the row ids belong to (by default the patient numbering)
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// 文字コード utf-8 か ms932（既定は自動判別） / character set (detected by default)
    #[arg(long, value_parser = charset)]
    pub charset: Option<Charset>,
    /// 区切り comma か tab（既定は自動判別） / delimiter (detected by default)
    #[arg(long, value_parser = delimiter)]
    pub delimiter: Option<Delimiter>,
    /// 列と項目の対応（項目に skip で取り込まない） / which field a column holds (skip leaves it out)
    #[arg(long = "map", value_name = "COLUMN=FIELD", value_parser = mapped)]
    pub mapped: Vec<Mapped>,
    /// 時差のない日時の時間帯 / time zone of moments without an offset
    #[arg(long, value_name = "ZONE", default_value = "Asia/Tokyo", value_parser = zone)]
    pub time_zone: TimeZone,
    /// 判定のみ行い、何も書き込まない / decide only, write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// 誤りのある行を除いて取り込む / import the good rows although others are wrong
    #[arg(long)]
    pub keep_going: bool,
    /// 取り込めなかった行と理由を書き出す（既存のファイルは上書きしない） / write the wrong rows with reasons to a new file
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    #[command(flatten)]
    pub config: ConfigArguments,
}

/// `renkei import vitals`.
#[derive(Clone, Debug, Args)]
pub struct VitalArgs {
    #[command(flatten)]
    pub common: ImportArgs,
    /// 測定値の単位（UCUM か慣用の表記） / unit of a vital sign (UCUM or customary), e.g. `temperature=[degF]`
    #[arg(long = "unit", value_name = "SIGN=UNIT", value_parser = unit)]
    pub units: Vec<(VitalSign, Unit)>,
}

/// `renkei import patients`.
#[derive(Clone, Debug, Args)]
pub struct PatientArgs {
    #[command(flatten)]
    pub common: ImportArgs,
    /// フリガナがない場合に氏名をそのまま使う / where kana are missing, use the name as written
    #[arg(long, value_enum)]
    pub kana_from: Option<KanaFrom>,
    /// 新しい患者を管理する事業所として紐付ける / link new patients to this organisation as host
    #[arg(long, value_name = "ORG")]
    pub host: Option<OrganisationId>,
    /// 登録に同意した主治医 / the attending doctor who agreed to these registrations
    #[arg(long, value_name = "PERSON")]
    pub agreed_by: Option<PersonId>,
    /// 署名された申込書・同意書の保管場所 / where the signed application and consent forms are kept
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub document: String,
    /// 保留するルールに書く理由 / a reason written for a rule that would hold the registrations
    #[arg(long = "reason", value_name = "RULE=TEXT", value_parser = reason)]
    pub reasons: Vec<WrittenReason>,
}

/// Where missing kana come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KanaFrom {
    Name,
}

/// For whom the target is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActingAs {
    /// A person in a position; the role may be left out if the person has only one there.
    Person { person: PersonId, role: Option<Role>, organisation: OrganisationId },
    /// The connected system of an organisation.
    Gateway { organisation: OrganisationId },
}

impl ImportCommand {
    /// What both imports take.
    #[must_use]
    pub const fn args(&self) -> &ImportArgs {
        match self {
            Self::Vitals(VitalArgs { common, .. }) | Self::Patients(PatientArgs { common, .. }) => common,
        }
    }
}

impl ImportArgs {
    /// Who imports.
    #[must_use]
    pub const fn acting_as(&self) -> ActingAs {
        let organisation = self.organisation;
        match self.person {
            Some(person) => ActingAs::Person { person, role: self.role, organisation },
            None => ActingAs::Gateway { organisation },
        }
    }

    /// The numbering that the patient column follows.
    #[must_use]
    pub fn system(&self) -> String {
        self.system.clone().unwrap_or_else(|| format!("urn:renkei:patient-number:{}", self.organisation))
    }

    /// What the row ids belong to.
    #[must_use]
    pub fn source(&self) -> String {
        self.source.clone().unwrap_or_else(|| self.system())
    }

    /// The date where the file comes from.
    #[must_use]
    pub fn today(&self, now: Timestamp) -> Date {
        now.to_jiff().map_or(Date::MAX, |now| now.to_zoned(self.time_zone.clone()).date())
    }
}

impl VitalArgs {
    pub(super) fn settings(&self, today: Date) -> VitalSettings {
        VitalSettings {
            system: self.common.system(),
            source: self.common.source(),
            zone: self.common.time_zone.clone(),
            today,
            mapped: self.common.mapped.clone(),
            units: self.units.clone(),
        }
    }
}

impl PatientArgs {
    pub(super) fn settings(&self, today: Date) -> PatientSettings {
        PatientSettings {
            system: self.common.system(),
            kana_from_name: self.kana_from == Some(KanaFrom::Name),
            agreed_by: self.agreed_by,
            document: self.document.clone(),
            today,
            mapped: self.common.mapped.clone(),
        }
    }
}

fn one_of(codes: &[&str]) -> String {
    format!("次のいずれか / one of: {}", codes.join(", "))
}

fn role(text: &str) -> Result<Role, String> {
    Role::from_code(text).ok_or_else(|| one_of(&Role::ALL.iter().map(|role| role.code()).collect::<Vec<_>>()))
}

fn charset(text: &str) -> Result<Charset, String> {
    Charset::from_customary(text).ok_or_else(|| one_of(&["utf-8", "ms932", "shift_jis"]))
}

fn delimiter(text: &str) -> Result<Delimiter, String> {
    Delimiter::from_code(text).ok_or_else(|| one_of(&["comma", "tab"]))
}

fn zone(text: &str) -> Result<TimeZone, String> {
    TimeZone::get(text)
        .map_err(|_| "時間帯の名前（例 Asia/Tokyo） / the name of a time zone, such as Asia/Tokyo".to_owned())
}

/// A header may hold `=` itself; a field code never does.
fn reason(text: &str) -> Result<WrittenReason, String> {
    let (rule, text) = text.split_once('=').ok_or("ルール=理由 / RULE=TEXT")?;
    Ok(WrittenReason { rule: rule.trim().to_owned(), text: text.trim().to_owned() })
}

fn mapped(text: &str) -> Result<Mapped, String> {
    let (column, field) = text.rsplit_once('=').ok_or("列=項目 / COLUMN=FIELD")?;
    Ok((column.trim().to_owned(), field.trim().to_owned()))
}

fn unit(text: &str) -> Result<(VitalSign, Unit), String> {
    let (sign, unit) = text.split_once('=').ok_or("項目=単位 / SIGN=UNIT")?;
    let sign = VitalSign::from_code(sign.trim())
        .ok_or_else(|| one_of(&VitalSign::ALL.iter().map(|sign| sign.code()).collect::<Vec<_>>()))?;
    let unit = Unit::from_customary(unit).filter(|_| !unit.trim().is_empty());
    let unit = unit.ok_or_else(|| one_of(&Unit::ALL.iter().map(|unit| unit.code()).collect::<Vec<_>>()))?;
    Ok((sign, unit))
}
