//! What is wrong with a command line, in Japanese; clap says it in English itself. Called before there are arguments, so that
//! the language is found in what was typed. Help and version are clap's.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::language;
use crate::config::Language;

/// What is wrong, for whoever reads Japanese; `None`: clap is to say it.
pub(super) fn told_in_japanese(error: &clap::Error, typed: impl Iterator<Item = String>) -> Option<String> {
    if language::of_process(asked_language(typed), None) == Language::En {
        return None;
    }
    Some(format!("{}\n詳しくは --help をつけて実行してください", in_japanese(error)?))
}

fn asked_language(mut typed: impl Iterator<Item = String>) -> Option<Language> {
    while let Some(word) = typed.next() {
        let given = match word.strip_prefix("--language") {
            Some("") => typed.next(),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None => None,
        };
        if let Some(asked) = given.and_then(|code| language::parse(&code).ok()) {
            return Some(asked);
        }
    }
    None
}

fn in_japanese(error: &clap::Error) -> Option<String> {
    let value = |kind| error.get(kind).map(told).filter(|told| !told.is_empty());
    let argument = value(ContextKind::InvalidArg).unwrap_or_default();
    let given = value(ContextKind::InvalidValue).unwrap_or_default();
    Some(match error.kind() {
        ErrorKind::UnknownArgument => format!("{argument} という指定はありません"),
        ErrorKind::InvalidSubcommand => {
            format!("{} というコマンドはありません", value(ContextKind::InvalidSubcommand).unwrap_or_default())
        }
        ErrorKind::MissingRequiredArgument => format!("{argument} が必要です"),
        ErrorKind::MissingSubcommand => "コマンドが必要です".to_owned(),
        ErrorKind::ArgumentConflict => match value(ContextKind::PriorArg) {
            Some(prior) => format!("{argument} と {prior} は同時に指定できません"),
            None => format!("{argument} は、ほかの指定と同時には使えません"),
        },
        ErrorKind::InvalidValue if given.is_empty() => format!("{argument} に値が必要です"),
        ErrorKind::InvalidValue => match value(ContextKind::ValidValue) {
            Some(valid) => format!("{argument} に「{given}」は使えません。使える値: {valid}"),
            None => format!("{argument} に「{given}」は使えません"),
        },
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            format!("{argument} に「{given}」は使えません: {why}")
        }
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument} の値の数が違います")
        }
        ErrorKind::NoEquals => format!("{argument} は「=」をつけて指定してください"),
        ErrorKind::InvalidUtf8 => "UTF-8 の文字として読めない指定があります".to_owned(),
        _ => return None,
    })
}

fn told(value: &ContextValue) -> String {
    match value {
        ContextValue::String(one) => one.clone(),
        ContextValue::Strings(several) => several.join("、"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

    fn said(typed: &[&str]) -> String {
        let error = Cli::try_parse_from(std::iter::once("renkei").chain(typed.iter().copied())).unwrap_err();
        in_japanese(&error).unwrap_or_else(|| panic!("{error}"))
    }

    #[test]
    fn what_is_wrong_with_a_command_line_is_said_in_japanese_and_names_what_was_typed() {
        let (id, id_of) = ("zz", "0196d5a2-0000-7000-8000-000000000000");
        let rows: [(&[&str], &str); 9] = [
            (&["serv"], "serv というコマンドはありません"),
            (&["serve", "--colour"], "--colour という指定はありません"),
            (&["secretariat", "restore"], "--reason <REASON> が必要です"),
            (&["export", "patient", id], "ID ではありません"),
            (&["audit", "list", "--reason", "x", "--from", "きのう"], "日時ではありません"),
            (&["record", "destroy", id_of, "--name", "a", "--birth-date", "x", "--reason", "x"], "日付ではありません"),
            (&["sign-in", "--role", "cook"], "「cook」は使えません"),
            (&["sign-in", "--person"], "--person <PERSON> に値が必要です"),
            (&["secretariat", "restore", "--reason", "x", "--name", "a", "--person", "b"], "は同時に指定できません"),
        ];
        for (typed, expected) in rows {
            let said = said(typed);
            assert!(said.contains(expected), "{typed:?}: {said}");
            assert!(!said.contains("error"), "{said}");
        }
    }

    #[test]
    fn the_language_is_found_in_what_was_typed() {
        let asked = |typed: &[&str]| asked_language(typed.iter().map(|word| (*word).to_owned()));
        assert_eq!(asked(&["serv", "--language", "en"]), Some(Language::En));
        assert_eq!(asked(&["--language=ja", "serv"]), Some(Language::Ja));
        assert_eq!(asked(&["--language"]), None);
        assert_eq!(asked(&["serv"]), None);
    }
}
