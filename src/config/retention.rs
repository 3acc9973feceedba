//! Settings of retention: how many years records are kept, by what the organisations are that wrote on them.

use super::read::Reader;
use crate::domain::retention::Retention;
use crate::domain::role::OrganisationType;
use crate::domain::text::Text;
use crate::limits::RETENTION_YEARS_MAX;

const YEARS: &str = "retention.years";
const SHORTER: &str = "retention.shorter_than_shipped";

/// Never shorter than what ships, unless the region says that it means it.
pub(super) fn retention(read: &mut Reader<'_>) -> Retention {
    let given = read.list(YEARS, &expected(), parse).unwrap_or_default();
    let may_be_shorter = read.boolean(SHORTER).unwrap_or(false);
    let mut retention = Retention::default();
    for ((of, years), place) in given {
        let shipped = Retention::shipped_years(of);
        if years < shipped && !may_be_shorter {
            read.complain(place, YEARS, too_short(of, shipped));
        }
        retention = retention.with(of, years);
    }
    retention
}

fn too_short(of: OrganisationType, shipped: u8) -> Text {
    Text::new(
        format!("{of} の法定の目安は {shipped} 年です。短くするなら shorter_than_shipped = true も必要です"),
        format!("the shipped span of {of} is {shipped} years; a shorter one needs shorter_than_shipped = true too"),
    )
}

fn expected() -> Text {
    Text::fixed(
        "`nursing_station 5` のような所属の種類と年数",
        "a type of organisation and years, such as `nursing_station 5`",
    )
}

fn parse(text: &str) -> Option<(OrganisationType, u8)> {
    let (of, years) = text.trim().split_once(' ')?;
    let years = years.trim().parse().ok().filter(|years| (1..=RETENTION_YEARS_MAX).contains(years))?;
    Some((OrganisationType::from_code(of)?, years))
}

/// What differs from what ships, as the file has it.
pub(super) fn shown(retention: &Retention) -> (Vec<String>, bool) {
    let own = OrganisationType::ALL.iter().filter(|of| retention.years(**of) != Retention::shipped_years(**of));
    let listed = own.clone().map(|of| format!("{of} {}", retention.years(*of))).collect();
    (listed, own.clone().any(|of| retention.years(*of) < Retention::shipped_years(*of)))
}
