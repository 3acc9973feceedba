//! Single fields: ids, dates, decimals, codes and lists, with complaints that name the field.
//!
//! A complaint starts with the field's own name; each level further out adds its own (`Invalid::within`), so
//! that the path costs nothing while all is well.

use std::borrow::Cow;

use jiff::civil::Date;
use uuid::Uuid;

use super::mapped::{Mapped, as_text};
use crate::domain::account::{AccountChange, IdentityStep, InvitationEnd, PasskeyStep, Purpose, SignInWay};
use crate::domain::act::SignInEnd;
use crate::domain::announcement::AnnouncementStep;
use crate::domain::attachment::MediaType;
use crate::domain::audit::{AuditKind, AuditUse};
use crate::domain::body::{
    AllergyType, BedriddenLevel, BedsoreDepth, CallTo, CareLevel, ClosingReason, DementiaLevel, DeviceChangeType,
    Infection, MeetingState, OrderType, PhoneUse, PledgeBy, ProblemStatus, Relationship, RetractionReason, Topic,
    VisitMark,
};
use crate::domain::case::{CaseStep, CaseTag};
use crate::domain::decimal::Decimal;
use crate::domain::device::CertificateWay;
use crate::domain::duty::{Capacity, CloseReason};
use crate::domain::entry::Sensitivity;
use crate::domain::group::GroupStep;
use crate::domain::identifying::IdentifierKind;
use crate::domain::in_words::NoticeOf;
use crate::domain::kind::Kind;
use crate::domain::lifecycle::LifeStep;
use crate::domain::patient::Sex;
use crate::domain::quarantine::QuarantineStep;
use crate::domain::reading::{ReadScope, ReadWhy};
use crate::domain::role::{OrganisationType, Role};
use crate::domain::state::{DoctorAgreement, Stay};
use crate::domain::team::{ConsentGiver, ConsentState};
use crate::domain::terms::{Clock, Matter, OnAdmission, OnDeath, Relation, WayOut};
use crate::domain::text::{Invalid, Text};
use crate::domain::training::{AttendanceState, TrainingStep};
use crate::domain::unit::Unit;
use crate::domain::vital::{BodySite, VitalSign};
use crate::domain::withheld::WithheldPurpose;

/// How much of a value given is repeated in a complaint, in characters.
const REPEATED_CHARS_MAX: usize = 40;

/// A closed list of the domain, for reading any of them in one way.
pub(crate) trait Coded: Copy + 'static {
    const MEMBERS: &'static [Self];
    fn its_code(self) -> &'static str;
}

macro_rules! coded {
    ($($list:ty),+ $(,)?) => {
        $(impl Coded for $list {
            const MEMBERS: &'static [Self] = Self::ALL;
            fn its_code(self) -> &'static str {
                self.code()
            }
        }

        as_text! { $list: |sent| code("", sent), |member: &$list| code_text(*member); })+
    };
}

coded!(
    AccountChange,
    AllergyType,
    AnnouncementStep,
    AttendanceState,
    AuditKind,
    AuditUse,
    BedriddenLevel,
    BedsoreDepth,
    BodySite,
    CallTo,
    Capacity,
    CareLevel,
    CaseStep,
    CaseTag,
    Clock,
    CloseReason,
    ClosingReason,
    ConsentGiver,
    ConsentState,
    DementiaLevel,
    DeviceChangeType,
    DoctorAgreement,
    GroupStep,
    IdentifierKind,
    Infection,
    InvitationEnd,
    PasskeyStep,
    CertificateWay,
    Kind,
    LifeStep,
    QuarantineStep,
    MediaType,
    MeetingState,
    NoticeOf,
    OnAdmission,
    OnDeath,
    OrderType,
    OrganisationType,
    PhoneUse,
    PledgeBy,
    ProblemStatus,
    Purpose,
    ReadScope,
    ReadWhy,
    Relation,
    Relationship,
    RetractionReason,
    Role,
    Sensitivity,
    Sex,
    SignInEnd,
    SignInWay,
    IdentityStep,
    Stay,
    Topic,
    Unit,
    TrainingStep,
    VisitMark,
    VitalSign,
    WayOut,
    WithheldPurpose,
    Matter,
);

/// A member of a closed list; required.
pub(crate) fn code<T: Coded>(field: &'static str, given: &str) -> Result<T, Invalid> {
    match T::MEMBERS.iter().copied().find(|member| member.its_code() == given) {
        Some(member) => Ok(member),
        None if given.is_empty() => Err(Invalid::required(field)),
        None => Err(unknown_code::<T>(field, given)),
    }
}

/// A member of a closed list, or empty.
pub(crate) fn optional_code<T: Coded>(field: &'static str, given: &str) -> Result<Option<T>, Invalid> {
    if given.is_empty() { Ok(None) } else { code(field, given).map(Some) }
}

fn unknown_code<T: Coded>(field: &'static str, given: &str) -> Invalid {
    let expected: Vec<&str> = T::MEMBERS.iter().map(|member| member.its_code()).collect();
    Invalid::unknown_code(field, &shortened(given), &expected)
}

/// A UUID wrapped by `wrap`; required. The nil UUID is nobody's id: clients send it when they forgot theirs.
pub(crate) fn id<T>(field: &'static str, given: &str, wrap: fn(Uuid) -> T) -> Result<T, Invalid> {
    match Uuid::try_parse(given) {
        Ok(id) if !id.is_nil() => Ok(wrap(id)),
        _ if given.is_empty() => Err(Invalid::required(field)),
        _ => Err(Invalid::new(
            field,
            "bad_id",
            Text::fixed(
                "UUID（例: 0196d5a2-7c00-7000-8000-000000000001）ではありません",
                "a UUID such as 0196d5a2-7c00-7000-8000-000000000001 is expected",
            ),
        )),
    }
}

/// A UUID as the fold kept it and the hub sealed it for itself: the nil one there is the hub's own, as the author of what it
/// wrote.
pub(super) fn kept_id<T>(field: &'static str, kept: &str, wrap: fn(Uuid) -> T) -> Result<T, Invalid> {
    match Uuid::try_parse(kept) {
        Ok(nil) if nil.is_nil() => Ok(wrap(nil)),
        _ => id(field, kept, wrap),
    }
}

/// A UUID, or empty.
pub(crate) fn optional_id<T>(field: &'static str, given: &str, wrap: fn(Uuid) -> T) -> Result<Option<T>, Invalid> {
    if given.is_empty() { Ok(None) } else { id(field, given, wrap).map(Some) }
}

/// UUIDs.
pub(crate) fn ids<T>(field: &'static str, given: &[String], wrap: fn(Uuid) -> T) -> Result<Vec<T>, Invalid> {
    each(field, given, |given| id("", given, wrap))
}

/// Every item of a list; a complaint names the place: `field[3].…`.
pub(crate) fn each<T, U>(
    field: &'static str,
    items: impl IntoIterator<Item = T>,
    read: impl Fn(T) -> Result<U, Invalid>,
) -> Result<Vec<U>, Invalid> {
    let items = items.into_iter();
    // Collecting into a `Result` would forget how many there are and grow step by step.
    let mut all = Vec::with_capacity(items.size_hint().0);
    for (at, item) in items.enumerate() {
        all.push(read(item).map_err(|invalid| invalid.within(format_args!("{field}[{at}]")))?);
    }
    Ok(all)
}

/// A submessage; required.
pub(crate) fn message<T, U>(
    field: &'static str,
    given: Option<T>,
    read: impl FnOnce(T) -> Result<U, Invalid>,
) -> Result<U, Invalid> {
    read(given.ok_or_else(|| Invalid::required(field))?).map_err(|invalid| invalid.within(field))
}

/// A date; required.
pub(crate) fn date(field: &'static str, given: &str) -> Result<Date, Invalid> {
    // jiff also takes a date with a time behind it, which would be dropped without a word.
    let ten_bytes = given.len() == "YYYY-MM-DD".len();
    match given.parse::<Date>() {
        Ok(date) if ten_bytes => Ok(date),
        _ if given.is_empty() => Err(Invalid::required(field)),
        _ => {
            let given = shortened(given);
            Err(Invalid::new(
                field,
                "bad_date",
                Text::new(
                    format!("「{given}」は日付ではありません（例: 2026-04-01）"),
                    format!("`{given}` is no date such as 2026-04-01"),
                ),
            ))
        }
    }
}

/// A decimal; required.
pub(crate) fn decimal(field: &'static str, given: &str) -> Result<Decimal, Invalid> {
    given.parse().map_err(|_| {
        if given.is_empty() {
            return Invalid::required(field);
        }
        let given = shortened(given);
        Invalid::new(
            field,
            "bad_decimal",
            Text::new(
                format!("「{given}」は数値ではありません（例: 36.5、小数は6桁まで）"),
                format!("`{given}` is no decimal such as 36.5 with at most six places"),
            ),
        )
    })
}

/// A field that must not be there.
pub(crate) fn unexpected(field: &'static str, message: Text) -> Invalid {
    Invalid::new(field, "unexpected", message)
}

/// A value as it may stand in a complaint.
pub(crate) fn shortened(given: &str) -> Cow<'_, str> {
    match given.char_indices().nth(REPEATED_CHARS_MAX) {
        Some((end, _)) => Cow::Owned(format!("{}…", &given[..end])),
        None => Cow::Borrowed(given),
    }
}

/// A UUID as the wire writes it.
pub(crate) fn id_text(id: Uuid) -> String {
    let mut buffer = Uuid::encode_buffer();
    id.hyphenated().encode_lower(&mut buffer).to_owned()
}

/// A code as an owned text.
pub(crate) fn code_text(member: impl Coded) -> String {
    member.its_code().to_owned()
}
