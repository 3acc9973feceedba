//! The expected answers, and what differs from them.

use std::collections::BTreeMap;

use super::world::columns;

/// What everybody is answered who asks the same.
pub struct Row {
    /// `get /api/v1/me` or `frame post`.
    pub asked: String,
    pub variant: String,
    answers: BTreeMap<&'static str, String>,
}

/// `get /api/v1/me - : else=200 family,gateway=403`.
pub fn rows() -> Vec<Row> {
    let lines = include_str!("expected.txt").lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(Row::read).collect()
}

impl Row {
    fn read(line: &str) -> Self {
        let (head, answers) = line.split_once(" : ").unwrap_or_else(|| panic!("no ` : ` in {line}"));
        let (asked, variant) = head.trim().rsplit_once(' ').unwrap_or_else(|| panic!("no variant in {line}"));
        let mut given = BTreeMap::new();
        let mut others = None;
        for part in answers.split_whitespace() {
            let (who, answer) = part.split_once('=').unwrap_or_else(|| panic!("no `=` in {line}"));
            for who in who.split(',') {
                if who == "else" {
                    others = Some(answer.to_owned());
                    continue;
                }
                let column = columns().find(|column| *column == who).unwrap_or_else(|| panic!("who is {who}?"));
                assert!(given.insert(column, answer.to_owned()).is_none(), "{who} twice in {line}");
            }
        }
        for column in columns() {
            if let (false, Some(others)) = (given.contains_key(column), &others) {
                given.insert(column, others.clone());
            }
        }
        assert_eq!(given.len(), columns().count(), "somebody is missing in {line}");
        Self { asked: asked.trim().to_owned(), variant: variant.to_owned(), answers: given }
    }

    /// The row as it should stand, if it does not.
    pub fn difference(
        row: Option<&Self>,
        asked: &str,
        variant: &str,
        answers: &BTreeMap<&'static str, String>,
    ) -> Option<String> {
        if row.is_some_and(|row| row.answers == *answers) {
            return None;
        }
        let mut by_answer: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (who, answer) in answers {
            by_answer.entry(answer).or_default().push(who);
        }
        let most = by_answer.iter().max_by_key(|(_, who)| who.len()).map(|(answer, _)| *answer)?;
        let others = by_answer.iter().filter(|(answer, _)| **answer != most);
        let others = others.map(|(answer, who)| format!(" {}={answer}", who.join(",")));
        let expected = row.map(|row| {
            let wrong = row.answers.iter().filter(|(who, answer)| answers[*who] != **answer);
            wrong.map(|(who, answer)| format!("{who}={answer}")).collect::<Vec<_>>().join(" ")
        });
        let now = format!("{asked} {variant} : else={most}{}", others.collect::<String>());
        Some(format!("{now}    # expected: {}", expected.unwrap_or_default()))
    }
}
