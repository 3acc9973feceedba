//! Bodies with the fields of the standard forms of visiting nursing: 訪問看護指示書 and 訪問看護報告書.
//! What a form leaves blank may be blank here.

use jiff::civil::Date;

use super::check::{Check, attachments, each, few, in_order, required, texts};
use super::device::DeviceState;
use super::order::Drug;
use crate::domain::attachment::Attachment;
use crate::domain::ids::{OrganisationId, PersonId};
use crate::domain::list::closed_list;
use crate::domain::text::{Invalid, Text};

closed_list! {
    /// 障害高齢者の日常生活自立度（寝たきり度）: how far somebody moves about in daily life.
    BedriddenLevel {
        J1 = "J1", "J1", "J1";
        J2 = "J2", "J2", "J2";
        A1 = "A1", "A1", "A1";
        A2 = "A2", "A2", "A2";
        B1 = "B1", "B1", "B1";
        B2 = "B2", "B2", "B2";
        C1 = "C1", "C1", "C1";
        C2 = "C2", "C2", "C2";
    }
}

closed_list! {
    /// 認知症高齢者の日常生活自立度.
    DementiaLevel {
        I = "I", "Ⅰ", "I";
        IIa = "IIa", "Ⅱa", "IIa";
        IIb = "IIb", "Ⅱb", "IIb";
        IIIa = "IIIa", "Ⅲa", "IIIa";
        IIIb = "IIIb", "Ⅲb", "IIIb";
        IV = "IV", "Ⅳ", "IV";
        M = "M", "M", "M";
    }
}

closed_list! {
    /// 要介護認定: what long-term care insurance certified.
    CareLevel {
        None = "none", "非該当", "not certified";
        Support1 = "support_1", "要支援1", "support level 1";
        Support2 = "support_2", "要支援2", "support level 2";
        Care1 = "care_1", "要介護1", "care level 1";
        Care2 = "care_2", "要介護2", "care level 2";
        Care3 = "care_3", "要介護3", "care level 3";
        Care4 = "care_4", "要介護4", "care level 4";
        Care5 = "care_5", "要介護5", "care level 5";
    }
}

closed_list! {
    /// 褥瘡の深さ: DESIGN-R D3 to D5, or NPUAP stages III and IV, as the form prints them.
    BedsoreDepth {
        D3 = "D3", "DESIGN-R D3", "DESIGN-R D3";
        D4 = "D4", "DESIGN-R D4", "DESIGN-R D4";
        D5 = "D5", "DESIGN-R D5", "DESIGN-R D5";
        Npuap3 = "NPUAP3", "NPUAP Ⅲ度", "NPUAP stage III";
        Npuap4 = "NPUAP4", "NPUAP Ⅳ度", "NPUAP stage IV";
    }
}

/// 訪問看護指示書: the doctor's instruction to the nursing station, in force for at most six months.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NursingInstruction {
    pub from: Date,
    pub until: Date,
    /// The station it is written to.
    pub to: Option<OrganisationId>,
    /// 主たる傷病名.
    pub diagnosis: String,
    /// 病状・治療状態.
    pub condition: String,
    pub drugs: Vec<Drug>,
    pub bedridden: Option<BedriddenLevel>,
    pub dementia: Option<DementiaLevel>,
    pub care_level: Option<CareLevel>,
    pub bedsore_depth: Option<BedsoreDepth>,
    /// 装着・使用医療機器等.
    pub devices: Vec<DeviceState>,
    /// 療養生活指導上の留意事項.
    pub life_guidance: String,
    pub rehabilitation: String,
    pub bedsore_care: String,
    /// Handling of the devices in use.
    pub device_care: String,
    /// Whatever else is ordered.
    pub instruction: String,
    /// What deterioration to expect, and what to do then.
    pub outlook: String,
    /// 緊急時の連絡先.
    pub emergency_contact: String,
    /// 不在時の対応.
    pub absence_cover: String,
    pub attachments: Vec<Attachment>,
}

impl NursingInstruction {
    /// What the nurse is asked to do, part by part.
    fn asked(&self) -> [&str; 5] {
        [&self.instruction, &self.life_guidance, &self.rehabilitation, &self.bedsore_care, &self.device_care]
    }

    /// Whether it says more than one part of the form asks for, rather than a line of general words.
    #[must_use]
    pub fn is_concrete(&self) -> bool {
        self.asked().iter().filter(|part| !part.trim().is_empty()).count() >= 2
    }

    /// All that the doctor wrote freely, for counting abbreviations.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let rest = [&self.diagnosis, &self.condition, &self.outlook, &self.emergency_contact, &self.absence_cover];
        self.asked().into_iter().chain(rest.into_iter().map(String::as_str))
    }
}

impl Check for NursingInstruction {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        // On an attached form the doctor's writing need not be typed once more.
        if self.attachments.is_empty() && self.asked().iter().all(|part| part.trim().is_empty()) {
            return Err(Invalid::required("instruction"));
        }
        texts([
            ("instruction", &self.instruction),
            ("diagnosis", &self.diagnosis),
            ("condition", &self.condition),
            ("life_guidance", &self.life_guidance),
            ("rehabilitation", &self.rehabilitation),
            ("bedsore_care", &self.bedsore_care),
            ("device_care", &self.device_care),
            ("outlook", &self.outlook),
            ("emergency_contact", &self.emergency_contact),
            ("absence_cover", &self.absence_cover),
        ])?;
        each("drugs", &self.drugs, Drug::check)?;
        each("devices", &self.devices, DeviceState::check)?;
        attachments(&self.attachments)?;
        in_order("until", Some(self.from), Some(self.until))?;
        within_six_months(self.from, self.until)
    }
}

/// 訪問看護指示書 runs for at most six months (the form's own rule).
fn within_six_months(from: Date, until: Date) -> Result<(), Invalid> {
    let longest = from.saturating_add(jiff::Span::new().months(6));
    if until <= longest {
        return Ok(());
    }
    Err(Invalid::new(
        "until",
        "out_of_range",
        Text::new(format!("指示期間は6か月以内です（{longest}まで）"), format!("at most six months: until {longest}")),
    ))
}

closed_list! {
    /// How a day is marked in the visit calendar of a report.
    VisitMark {
        Visit = "visit", "訪問", "visit";
        Several = "several", "2回以上の訪問", "two or more visits";
        Long = "long", "長時間の訪問", "long visit";
        Special = "special", "特別訪問看護指示書による訪問", "visit by special instruction";
        Emergency = "emergency", "緊急訪問", "emergency visit";
    }
}

/// A day of the visit calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VisitDay {
    pub on: Date,
    pub mark: VisitMark,
}

/// 訪問看護報告書: the station's report to the doctor, usually monthly.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NursingReport {
    pub from: Date,
    pub until: Date,
    pub visits: Vec<VisitDay>,
    /// 病状の経過.
    pub course: String,
    /// 日常生活動作.
    pub adl: String,
    /// 看護の内容.
    pub care: String,
    /// 家庭での介護の状況.
    pub situation: String,
    /// 衛生材料等の使用量.
    pub supplies: String,
    /// 情報提供.
    pub information: String,
    /// 特記すべき事項.
    pub remarks: String,
    /// Who answers for it beside its author.
    pub manager: Option<PersonId>,
    pub attachments: Vec<Attachment>,
}

impl Check for NursingReport {
    fn check(&self, _: Date) -> Result<(), Invalid> {
        if self.attachments.is_empty() {
            required("course", &self.course)?;
        }
        texts([
            ("course", &self.course),
            ("adl", &self.adl),
            ("care", &self.care),
            ("situation", &self.situation),
            ("supplies", &self.supplies),
            ("information", &self.information),
            ("remarks", &self.remarks),
        ])?;
        in_order("until", Some(self.from), Some(self.until))?;
        few("visits", &self.visits)?;
        if let Some(at) = self.visits.iter().position(|day| day.on < self.from || self.until < day.on) {
            return Err(Invalid::new(
                format!("visits[{at}].on"),
                "out_of_range",
                Text::new(
                    format!("訪問日は{}から{}までです（{}）", self.from, self.until, self.visits[at].on),
                    format!("a day from {} to {} is expected, not {}", self.from, self.until, self.visits[at].on),
                ),
            ));
        }
        attachments(&self.attachments)
    }
}
