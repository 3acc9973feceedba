//! The table role × kind, for people (roles as numbered columns) and for spreadsheets (one line a cell).

use crate::domain::text::Text;
use crate::rulebook::{Coverage, Rulebook};

/// Columns that a label of a kind takes, in half-width characters.
const LABEL_COLUMNS: usize = 30;

/// Kinds down, roles across: 見 may see (自: of its own office only), 書 may post, and how many gates, duties and nudges speak of such a post.
pub(super) fn table(book: &Rulebook, cells: &[Coverage]) -> Text {
    Text::new(in_language(book, cells, true), in_language(book, cells, false))
}

fn in_language(book: &Rulebook, cells: &[Coverage], is_japanese: bool) -> String {
    let words = book.vocabulary();
    let pick = |text: &Text| if is_japanese { text.ja.to_string() } else { text.en.to_string() };
    let (see, see_own, post) = if is_japanese { ("見", "自", "書") } else { ("v", "o", "p") };
    let mut told = if is_japanese {
        "見＝見られることがある、自＝自分の所属の記録だけ見られることがある、書＝書けることがある、数＝投稿に付く関門・約束・助言\n".to_owned()
    } else {
        "v: may see in some case; o: only what the own office wrote; p: may post in some case; number: gates, duties and nudges about such a post\n"
            .to_owned()
    };
    let roles: Vec<u8> = (0..).take(words.roles.len()).collect();
    for role in &roles {
        let label = words.roles.entry(*role).map(|entry| pick(&entry.label)).unwrap_or_default();
        told += &format!("{:>3} {label}\n", role + 1);
    }
    told += &" ".repeat(LABEL_COLUMNS);
    roles.iter().for_each(|role| told += &format!("{:>7}", role + 1));
    told.push('\n');
    for kind in crate::domain::kind::Kind::ALL {
        let label = words.kinds.entry(kind.index() as u8).map(|entry| pick(&entry.label)).unwrap_or_default();
        told += &padded(&label, LABEL_COLUMNS);
        for cell in cells.iter().filter(|cell| cell.kind == *kind) {
            let mut shown = String::new();
            shown += match (cell.may_view, cell.views_own_only) {
                (true, true) => see_own,
                (true, false) => see,
                (false, _) => "",
            };
            shown += if cell.may_post { post } else { "" };
            shown += &if cell.rules > 0 && cell.may_post { cell.rules.to_string() } else { String::new() };
            let shown = if shown.is_empty() { "-".to_owned() } else { shown };
            told += &" ".repeat(7_usize.saturating_sub(columns(&shown)));
            told += &shown;
        }
        told.push('\n');
    }
    told
}

/// One line for each role and kind, in codes.
pub(super) fn csv(book: &Rulebook, cells: &[Coverage]) -> Text {
    let mut lines = "role,kind,may_view,views_own_only,may_post,rules\n".to_owned();
    for cell in cells {
        let role = book.vocabulary().roles.entry(cell.role).map_or("", |entry| entry.code.as_str());
        let Coverage { kind, may_view, views_own_only, may_post, rules, .. } = cell;
        lines += &format!("{role},{},{may_view},{views_own_only},{may_post},{rules}\n", kind.code());
    }
    Text::new(lines.clone(), lines)
}

fn padded(label: &str, wanted: usize) -> String {
    format!("{label}{}", " ".repeat(wanted.saturating_sub(columns(label))))
}

/// A Japanese character is as wide as two of ASCII.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}
