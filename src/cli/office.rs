//! The one organisation that a command's `--organisation` means, by its id or part of its name; who means several, or none, is
//! shown which there are. Called by `client` and `cert device`. It changes nothing.

use std::fmt::Write as _;

use super::Complaint;
use crate::domain::directory::{Directory, Organisation};
use crate::domain::search::fold;
use crate::domain::text::Text;

/// So many fit a terminal.
const SHOWN_MAX: usize = 20;

/// The one active organisation that is meant.
///
/// # Errors
/// When several are, or none: which, or which there are, by their ids.
pub(super) fn meant<'a>(directory: &'a Directory, given: &str) -> Result<&'a Organisation, Complaint> {
    // Folding takes the hyphens out of an id.
    let (id, name) = (given.trim(), fold(given));
    let mut active: Vec<&Organisation> = directory.organisations.values().filter(|one| one.active).collect();
    active.sort_by(|one, other| (&one.kana, one.id).cmp(&(&other.kana, other.id)));
    let is_meant = |one: &&Organisation| {
        let names = [&one.name, &one.kana];
        id.eq_ignore_ascii_case(&one.id.to_string()) || names.iter().any(|known| fold(known).contains(&name))
    };
    let found: Vec<&Organisation> = active.iter().copied().filter(is_meant).collect();
    match found.as_slice() {
        [only] => Ok(*only),
        [] => Err(told(
            "--organisation に合う事業所がありません。登録されているもの",
            "no organisation fits --organisation; there are",
            &active,
        )),
        several => Err(told(
            "--organisation に合う事業所が複数あります。ID か、もっと長い名前を指定してください",
            "several organisations fit --organisation; give an id, or more of the name",
            several,
        )),
    }
}

fn told(ja: &str, en: &str, which: &[&Organisation]) -> Complaint {
    let mut list = String::new();
    for one in which.iter().take(SHOWN_MAX) {
        write!(list, "\n  {}  {}", one.id, one.name).expect("a String takes everything");
    }
    let left = which.len().saturating_sub(SHOWN_MAX);
    let (left_ja, left_en) = match left {
        0 => (String::new(), String::new()),
        left => (format!("\n  ほかに {left} か所"), format!("\n  and {left} more")),
    };
    Complaint::new(Text::new(format!("{ja}:{list}{left_ja}"), format!("{en}:{list}{left_en}")))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::ids::OrganisationId;
    use crate::domain::role::OrganisationType;

    fn directory(names: &[(&str, &str, bool)]) -> Directory {
        let mut directory = Directory::default();
        for (number, (name, kana, active)) in (1_u128..).zip(names) {
            let id = OrganisationId(Uuid::from_u128(number));
            let one = Organisation {
                id,
                kind: OrganisationType::Pharmacy,
                name: (*name).to_owned(),
                kana: (*kana).to_owned(),
                phone: String::new(),
                identifiers: Vec::new(),
                active: *active,
            };
            directory.organisations.insert(id, one);
        }
        directory
    }

    #[test]
    fn who_means_several_or_none_is_shown_which_and_one_that_ended_is_not_among_them() {
        let known = directory(&[
            ("みなと訪問看護", "ミナトホウモンカンゴ", true),
            ("みなと薬局", "ミナトヤッキョク", true),
            ("ひかり診療所", "ヒカリシンリョウジョ", true),
            ("みなと歯科", "ミナトシカ", false),
        ]);
        let told = |given: &str| match meant(&known, given) {
            Ok(one) => one.name.clone(),
            Err(complaint) => complaint.to_string(),
        };
        assert_eq!(told("ひかり"), "ひかり診療所");
        assert_eq!(told(&Uuid::from_u128(2).to_string()), "みなと薬局");
        let several = told("みなと");
        let ids =
            |text: &str| (1..=4).filter(|id| text.contains(&Uuid::from_u128(*id).to_string())).collect::<Vec<_>>();
        assert!(ids(&several) == [1, 2] && several.contains("みなと薬局"), "{several}");
        assert_eq!(ids(&told("だれか")), [1, 2, 3]);
        let crowd: Vec<(&str, &str, bool)> = vec![("みなと", "ミナト", true); SHOWN_MAX + 3];
        let told = meant(&directory(&crowd), "みなと").map(|_| ()).unwrap_err().to_string();
        assert!(told.contains("and 3 more"), "{told}");
    }
}
