//! In which language the command line speaks. Each message exists in both.

use crate::domain::text::Text;

pub use crate::config::Language;

impl Language {
    /// From `--language` or `RENKEI_LANGUAGE`, else from the locale, else Japanese.
    #[must_use]
    pub fn of_terminal(asked: Option<Self>, locale: Option<&str>) -> Self {
        match (asked, locale) {
            (Some(asked), _) => asked,
            (None, Some(locale)) if locale.starts_with("en") => Self::En,
            (None, _) => Self::Ja,
        }
    }

    #[must_use]
    pub fn pick(self, text: &Text) -> &str {
        match self {
            Self::Ja => &text.ja,
            Self::En => &text.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_wins_then_the_locale_then_japanese() {
        let of = Language::of_terminal;
        assert_eq!(of(Some(Language::Ja), Some("en_GB.UTF-8")), Language::Ja);
        assert_eq!(of(None, Some("en_GB.UTF-8")), Language::En);
        assert_eq!(of(None, Some("C.UTF-8")), Language::Ja);
        assert_eq!(of(None, None), Language::Ja);
    }
}
