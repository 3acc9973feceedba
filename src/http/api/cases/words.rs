//! What stands in a case, in requests and answers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::case::CaseWords;
use crate::domain::text::Invalid;
use crate::http::input::each;
use crate::wire;

/// What stands in a case. A draft may lack all but its title.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "title": "退院前の顔合わせ", "happened": "機器の扱いに家族が不安だった", "done": "退院前に三職種で練習した",
    "outcome": "夜間の呼び出しが減った", "roles": ["nurse", "msw"], "tags": ["discharge"], "shows_office": false
}))]
pub struct CaseWordsShape {
    title: String,
    /// What happened.
    #[serde(default)]
    happened: String,
    /// What was done.
    #[serde(default)]
    done: String,
    /// What came of it.
    #[serde(default)]
    outcome: String,
    /// Who took part: roles, `family` among them.
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
    /// Whether readers are told of which office it comes. Its author they are never told.
    #[serde(default)]
    shows_office: bool,
}

impl From<&CaseWords> for CaseWordsShape {
    fn from(words: &CaseWords) -> Self {
        Self {
            title: words.title.clone(),
            happened: words.happened.clone(),
            done: words.done.clone(),
            outcome: words.outcome.clone(),
            roles: words.roles.iter().map(|role| role.code().to_owned()).collect(),
            tags: words.tags.iter().map(|tag| tag.code().to_owned()).collect(),
            shows_office: words.shows_office,
        }
    }
}

impl CaseWordsShape {
    pub(super) fn read(self) -> Result<CaseWords, Invalid> {
        let roles = each("roles", &self.roles, |code| wire::code("", code));
        let tags = each("tags", &self.tags, |code| wire::code("", code));
        Ok(CaseWords {
            roles: roles.map_err(|invalid| invalid.within("words"))?,
            tags: tags.map_err(|invalid| invalid.within("words"))?,
            title: self.title.trim().to_owned(),
            happened: self.happened,
            done: self.done,
            outcome: self.outcome,
            shows_office: self.shows_office,
        })
    }
}
