//! In which language the command line speaks. Each message exists in both.

use std::path::Path;

use super::ConfigArguments;
use crate::config::{Config, Language};

pub(super) fn parse(code: &str) -> Result<Language, String> {
    match code {
        "ja" => Ok(Language::Ja),
        "en" => Ok(Language::En),
        _ => Err("ja か en / ja or en".to_owned()),
    }
}

/// From `--language`, `RENKEI_LANGUAGE`, the locale; else Japanese.
pub(super) fn of_process(flag: Option<Language>, config: Option<&Path>) -> Language {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    // A wrong value is a matter for `config check`; it must not keep that from being read.
    let asked = flag.or_else(|| parse(&variable("RENKEI_LANGUAGE")?).ok());
    let asked = asked.or_else(|| Config::asked_language(&configured(config).sources().ok()?));
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable);
    choose(asked, locale.as_deref())
}

/// A configuration that cannot be read is reported by the command that needs it.
fn configured(config: Option<&Path>) -> ConfigArguments {
    config.map_or_else(ConfigArguments::default, ConfigArguments::of_file)
}

fn choose(asked: Option<Language>, locale: Option<&str>) -> Language {
    match (asked, locale) {
        (Some(asked), _) => asked,
        (None, Some(locale)) if locale.starts_with("en") => Language::En,
        (None, _) => Language::Ja,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_wins_then_the_locale_then_japanese() {
        assert_eq!(choose(Some(Language::Ja), Some("en_GB.UTF-8")), Language::Ja);
        assert_eq!(choose(None, Some("en_GB.UTF-8")), Language::En);
        assert_eq!(choose(None, Some("C.UTF-8")), Language::Ja);
        assert_eq!(choose(None, None), Language::Ja);
    }
}
