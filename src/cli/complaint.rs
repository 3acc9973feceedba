//! Why a command failed, in both languages. The inner layers' errors carry their own texts, the common ones of the
//! operating system are said here; what has no text is shown as it is.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};

use crate::actions::accounts::ProviderFileError;
use crate::actions::backup::{BackupError, RestoreError};
use crate::actions::export::ExportError;
use crate::actions::region_keys::RotateError;
use crate::bus::BusError;
use crate::config::Language;
use crate::domain::text::{Invalid, Text};
use crate::http::certificate::CertificateError;
use crate::http::listen::ListenError;
use crate::store::{OpenError, StoreError};
use crate::vault::KeyFileError;

use super::cert::CertError;

/// An error for people, with its cause. Not a context of `anyhow`, which hides the text it is given.
#[derive(Debug)]
pub struct Complaint {
    text: Text,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Complaint {
    #[must_use]
    pub fn new(text: Text) -> Self {
        Self { text, cause: None }
    }

    /// What is wrong with an option, which is named as it is typed.
    #[must_use]
    pub fn of_option(invalid: Invalid) -> Self {
        let Invalid { field, message, .. } = invalid;
        let option = if field.starts_with("--") { field } else { format!("--{}", field.replace('_', "-")) };
        Self::new(Text::new(format!("{option}: {}", message.ja), format!("{option}: {}", message.en)))
    }

    /// For `map_err`.
    pub fn because<E: Error + Send + Sync + 'static>(text: Text) -> impl FnOnce(E) -> Self {
        move |cause| Self { text, cause: Some(Box::new(cause)) }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text.en)
    }
}

impl Error for Complaint {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

/// The whole chain of causes, each in the reader's language if it has a text in it.
pub(super) fn told(error: &anyhow::Error, language: Language) -> String {
    let causes = error.chain().map(|cause| match text_of(cause) {
        Some(text) => language.pick(&text).to_owned(),
        None => cause.to_string(),
    });
    let mut told: Vec<String> = Vec::new();
    for cause in causes {
        // Many errors end with the text of their source.
        if !told.iter().any(|before| before.contains(&cause)) {
            told.push(cause);
        }
    }
    told.join(": ")
}

fn text_of(cause: &(dyn Error + 'static)) -> Option<Text> {
    cause
        .downcast_ref::<Complaint>()
        .map(|complaint| complaint.text.clone())
        .or_else(|| cause.downcast_ref::<KeyFileError>().map(KeyFileError::text))
        .or_else(|| cause.downcast_ref::<ProviderFileError>().map(|error| error.text.clone()))
        .or_else(|| cause.downcast_ref::<BusError>().map(BusError::text))
        .or_else(|| cause.downcast_ref::<CertificateError>().map(CertificateError::text))
        .or_else(|| cause.downcast_ref::<ListenError>().map(ListenError::text))
        .or_else(|| cause.downcast_ref::<CertError>().map(CertError::text))
        .or_else(|| cause.downcast_ref::<BackupError>().and_then(BackupError::text))
        .or_else(|| cause.downcast_ref::<RestoreError>().and_then(RestoreError::text))
        .or_else(|| cause.downcast_ref::<ExportError>().and_then(ExportError::text))
        .or_else(|| cause.downcast_ref::<RotateError>().and_then(RotateError::text))
        .or_else(|| cause.downcast_ref::<OpenError>().and_then(OpenError::text))
        .or_else(|| cause.downcast_ref::<StoreError>().and_then(StoreError::text))
        .or_else(|| cause.downcast_ref::<io::Error>().and_then(of_system))
}

/// What the operating system says in English, with its number for whoever looks it up.
pub(super) fn of_system(error: &io::Error) -> Option<Text> {
    let ja = match error.kind() {
        ErrorKind::NotFound => "そのファイルやフォルダーはありません",
        ErrorKind::PermissionDenied => "読み書きの権限がありません",
        ErrorKind::NotADirectory => "フォルダーではありません",
        ErrorKind::IsADirectory => "ファイルではなくフォルダーです",
        ErrorKind::AlreadyExists => "すでにあります",
        ErrorKind::InvalidData => "UTF-8 の文字として読めません",
        ErrorKind::AddrInUse => "そのアドレスとポートは使用中です",
        ErrorKind::AddrNotAvailable => "この機械にないアドレスです",
        ErrorKind::StorageFull => "保存先に空きがありません",
        ErrorKind::ReadOnlyFilesystem => "書き込めない保存先です",
        _ => return None,
    };
    let number = error.raw_os_error().map_or_else(String::new, |number| format!("（OS エラー {number}）"));
    Some(Text::new(format!("{ja}{number}"), error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_told_in_the_readers_language_without_repetition() {
        let missing = std::io::Error::other("disk on fire");
        let error = KeyFileError::Io { doing: "read", path: "region.key".into(), source: missing };
        let complaint = Complaint::because(Text::fixed("始められません", "cannot start"))(error);
        let error = anyhow::Error::new(complaint);
        assert_eq!(told(&error, Language::Ja), "始められません: region.key を読み書きできません: disk on fire");
        assert_eq!(told(&error, Language::En), "cannot start: cannot read region.key: disk on fire");
    }

    #[test]
    fn what_the_operating_system_says_is_japanese_too() {
        let folder = tempfile::tempdir().unwrap();
        let wrong = std::fs::read_dir(folder.path().join("rules")).unwrap_err();
        let complaint = Complaint::because(Text::fixed("rules を読めません", "cannot read rules"));
        let error = anyhow::Error::new(complaint(wrong));
        assert_eq!(
            told(&error, Language::Ja),
            "rules を読めません: そのファイルやフォルダーはありません（OS エラー 2）"
        );
        assert_eq!(told(&error, Language::En), "cannot read rules: No such file or directory (os error 2)");
        let source = io::Error::from_raw_os_error(13);
        let error = anyhow::Error::new(KeyFileError::Io { doing: "read", path: "region.key".into(), source });
        assert_eq!(
            told(&error, Language::Ja),
            "region.key を読み書きできません: 読み書きの権限がありません（OS エラー 13）"
        );
    }
}
