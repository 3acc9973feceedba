//! The files of the region's key and of the key that signs checkpoints: one line of text, readable by its owner only; and
//! other secrets' files, which are held to the same. Text, so that it survives editors, password stores, pipes and being printed for the safe; labelled, so that a wrong
//! file is named.

use std::fs::{File, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::{Zeroize as _, Zeroizing};

use super::derive::{KEY_BYTES, Secret};
use crate::domain::text::Text;
use crate::limits::KEY_FILE_BYTES_MAX;

/// Which key a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOf {
    Region,
    Checkpoints,
}

impl KeyOf {
    const fn label(self) -> &'static str {
        match self {
            Self::Region => "renkei-region-key-v1:",
            Self::Checkpoints => "renkei-checkpoint-key-v1:",
        }
    }

    const fn words(self) -> Text {
        match self {
            Self::Region => Text::fixed("地域の鍵", "region key"),
            Self::Checkpoints => Text::fixed("チェックポイントの署名鍵", "checkpoint key"),
        }
    }
}

const OWNER_ONLY: u32 = 0o600;
/// Any right of the group or of others.
const LOOSE_BITS: u32 = 0o077;

/// Why a text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    #[error("it is not a {}: it must start with `{}`", of.words().en, of.label())]
    Foreign { of: KeyOf },
    #[error(
        "the key is damaged: expected {KEY_BYTES} bytes as base64url after `{}`{}",
        of.label(),
        found_bytes.map(|found| format!(", found {found}")).unwrap_or_default()
    )]
    Damaged { of: KeyOf, found_bytes: Option<usize> },
}

impl NotAKey {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        let ja = match self {
            Self::Foreign { of } => {
                format!("{}ではありません（`{}` で始まるはずです）", of.words().ja, of.label())
            }
            Self::Damaged { of, .. } => {
                format!("鍵が壊れています（`{}` の後に {KEY_BYTES} バイトの base64url が必要です）", of.label())
            }
        };
        Text::new(ja, self.to_string())
    }
}

#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("{} exists already; a {} is never overwritten", path.display(), of.words().en)]
    Exists { of: KeyOf, path: PathBuf },
    #[error(
        "there is no {} at {}; {}", of.words().en, path.display(),
        match of {
            KeyOf::Region => "put the copy that was kept back there (chmod 600); for a new region `renkei init` makes one",
            KeyOf::Checkpoints => "put the copy that was kept back there (chmod 600); without one, `renkei audit new-key` replaces it",
        }
    )]
    Missing { of: KeyOf, path: PathBuf },
    #[error(
        "{} may be read by others (mode {mode:04o}); run: chmod 600 {}",
        path.display(), path.display()
    )]
    LoosePermissions { path: PathBuf, mode: u32 },
    #[error("{}: {why}", path.display())]
    NotAKey { path: PathBuf, why: NotAKey },
    #[error("{} is too large: a secret has at most {bytes_max} bytes", path.display())]
    TooLarge { path: PathBuf, bytes_max: u64 },
    #[error("cannot {doing} {}: {source}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
}

impl KeyFileError {
    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        let ja = match self {
            Self::Exists { of, path } => {
                format!("{} はすでにあります。{}は上書きしません", path.display(), of.words().ja)
            }
            Self::Missing { of: of @ KeyOf::Region, path } => format!(
                "{} に{}がありません。この地域の鍵の写しをそこに戻し、chmod 600 にしてください。新しい地域を始めるときだけ、`renkei init` で作れます",
                path.display(),
                of.words().ja
            ),
            Self::Missing { of, path } => {
                let (path, name) = (path.display(), of.words().ja);
                format!(
                    "{path} に{name}がありません。写しをそこに戻し、chmod 600 にしてください。写しがなければ `renkei audit new-key` で替えます"
                )
            }
            Self::LoosePermissions { path, mode } => {
                let path = path.display();
                format!("{path} を他の利用者も読めます（{mode:04o}）。実行してください: chmod 600 {path}")
            }
            Self::NotAKey { path, why } => format!("{}: {}", path.display(), why.text().ja),
            Self::TooLarge { path, bytes_max } => {
                format!("{} は大きすぎます（秘密は {bytes_max} バイトまでです）", path.display())
            }
            // The cause is told behind it, in its own words.
            Self::Io { path, .. } => format!("{} を読み書きできません", path.display()),
        };
        Text::new(ja, self.to_string())
    }

    /// A stable name for scripts and for translations.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Exists { .. } => "key_file_exists",
            Self::Missing { .. } => "key_file_missing",
            Self::LoosePermissions { .. } => "key_file_loose_permissions",
            Self::NotAKey { why: NotAKey::Foreign { .. }, .. } => "key_file_foreign",
            Self::NotAKey { why: NotAKey::Damaged { .. }, .. } => "key_file_damaged",
            Self::TooLarge { .. } => "key_file_too_large",
            Self::Io { .. } => "key_file_io",
        }
    }
}

/// Writes a new file whole or not at all, and makes it durable: losing this file loses the region.
pub(super) fn create(of: KeyOf, path: &Path, secret: &[u8; KEY_BYTES]) -> Result<(), KeyFileError> {
    let label = of.label();
    let io = |doing| move |source| KeyFileError::Io { doing, path: path.to_owned(), source };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut text = Zeroizing::new(String::with_capacity(label.len() + 2 * KEY_BYTES));
    text.push_str(label);
    URL_SAFE_NO_PAD.encode_string(secret, &mut text);
    text.push('\n');

    let mut draft = tempfile::Builder::new()
        .prefix(".key-")
        .permissions(Permissions::from_mode(OWNER_ONLY))
        .tempfile_in(folder)
        .map_err(io("create"))?;
    draft.write_all(text.as_bytes()).map_err(io("write"))?;
    draft.as_file().sync_all().map_err(io("write"))?;
    draft.persist_noclobber(path).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => KeyFileError::Exists { of, path: path.to_owned() },
        _ => io("create")(error.error),
    })?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io("make durable"))
}

pub(super) fn load(of: KeyOf, path: &Path) -> Result<Secret, KeyFileError> {
    let io = |doing| move |source| KeyFileError::Io { doing, path: path.to_owned(), source };
    let file = File::open(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => KeyFileError::Missing { of, path: path.to_owned() },
        _ => io("open")(source),
    })?;
    check_owner_only(&file, path)?;
    let mut content = Zeroizing::new(Vec::with_capacity(KEY_FILE_BYTES_MAX as usize));
    file.take(KEY_FILE_BYTES_MAX).read_to_end(&mut content).map_err(io("read"))?;
    parse(of, &content).map_err(|why| KeyFileError::NotAKey { path: path.to_owned(), why })
}

/// Of the opened file, not of the path, so that it cannot be exchanged in between.
fn check_owner_only(file: &File, path: &Path) -> Result<(), KeyFileError> {
    let io = |source| KeyFileError::Io { doing: "inspect", path: path.to_owned(), source };
    let mode = file.metadata().map_err(io)?.permissions().mode() & 0o7777;
    if mode & LOOSE_BITS != 0 {
        return Err(KeyFileError::LoosePermissions { path: path.to_owned(), mode });
    }
    Ok(())
}

/// A secret that somebody else chose, in a file that nobody but its owner may read.
///
/// # Errors
/// When others may read it, it is too large, or it cannot be read as text.
pub fn read_secret(path: &Path, bytes_max: u64) -> Result<Zeroizing<String>, KeyFileError> {
    let io = |source| KeyFileError::Io { doing: "read", path: path.to_owned(), source };
    let file = File::open(path).map_err(io)?;
    check_owner_only(&file, path)?;
    let mut content = Zeroizing::new(String::new());
    file.take(bytes_max + 1).read_to_string(&mut content).map_err(io)?;
    if content.len() as u64 > bytes_max {
        return Err(KeyFileError::TooLarge { path: path.to_owned(), bytes_max });
    }
    Ok(content)
}

/// The key that a text holds.
pub(super) fn parse(of: KeyOf, content: &[u8]) -> Result<Secret, NotAKey> {
    let encoded = content.strip_prefix(of.label().as_bytes()).ok_or(NotAKey::Foreign { of })?.trim_ascii_end();
    let damaged = |found_bytes| NotAKey::Damaged { of, found_bytes };
    let mut decoded = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| damaged(None))?;
    let mut secret = Secret::default();
    let found_bytes = decoded.len();
    if found_bytes == KEY_BYTES {
        secret.copy_from_slice(&decoded);
    }
    decoded.zeroize();
    if found_bytes == KEY_BYTES { Ok(secret) } else { Err(damaged(Some(found_bytes))) }
}

#[cfg(test)]
mod tests {
    use super::super::RegionKey;
    use super::*;

    const LABEL: &str = KeyOf::Region.label();

    fn written(content: &str, mode: u32) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("region.key");
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        (folder, path)
    }

    fn refused(content: &str, mode: u32) -> String {
        let (_folder, path) = written(content, mode);
        let error = RegionKey::load_file(&path).unwrap_err();
        assert!(error.to_string().contains("region.key"), "{error}");
        error.code().to_owned()
    }

    #[test]
    fn a_created_key_is_the_owners_alone_and_loads_as_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("region.key");
        let created = RegionKey::create_file(&path).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        assert_eq!(RegionKey::load_file(&path).unwrap().fingerprint(), created.fingerprint());
        let files = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 1, "no draft is left behind");
    }

    #[test]
    fn an_existing_file_is_never_overwritten() {
        let (_folder, path) = written("precious", 0o600);
        assert_eq!(RegionKey::create_file(&path).unwrap_err().code(), "key_file_exists");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    }

    #[test]
    fn loose_permissions_are_refused_with_the_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("region.key");
        RegionKey::create_file(&path).unwrap();
        for mode in [0o640, 0o604, 0o660, 0o666, 0o610] {
            std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let error = RegionKey::load_file(&path).unwrap_err();
            assert_eq!(error.code(), "key_file_loose_permissions", "{mode:o}");
            assert!(error.to_string().contains("chmod 600"), "{error}");
        }
        std::fs::set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
        assert!(RegionKey::load_file(&path).is_ok());
    }

    #[test]
    fn another_secret_is_its_owners_alone_too_and_bounded() {
        let (_folder, path) = written("合言葉\n", 0o600);
        assert_eq!(*read_secret(&path, 10).unwrap(), "合言葉\n");
        let refused = |bytes_max| read_secret(&path, bytes_max).unwrap_err();
        assert_eq!(refused(9).code(), "key_file_too_large");
        std::fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        let loose = refused(10);
        assert!(loose.code() == "key_file_loose_permissions" && loose.text().ja.contains("chmod 600"), "{loose}");
        std::fs::remove_file(&path).unwrap();
        assert_eq!(refused(10).code(), "key_file_io");
    }

    #[test]
    fn a_file_that_holds_no_whole_key_is_named_for_what_it_is() {
        let encoded = |bytes: usize| format!("{LABEL}{}\n", URL_SAFE_NO_PAD.encode(vec![1; bytes]));
        assert_eq!(refused("", 0o600), "key_file_foreign");
        assert_eq!(refused("-----BEGIN PRIVATE KEY-----", 0o600), "key_file_foreign");
        assert_eq!(refused(LABEL, 0o600), "key_file_damaged");
        assert_eq!(refused(&encoded(31), 0o600), "key_file_damaged");
        assert_eq!(refused(&encoded(33), 0o600), "key_file_damaged");
        assert_eq!(refused(&encoded(4_000), 0o600), "key_file_damaged");
        assert_eq!(refused(&format!("{LABEL}!!!"), 0o600), "key_file_damaged");
    }

    #[test]
    fn a_missing_file_names_the_command_that_makes_one() {
        let folder = tempfile::tempdir().unwrap();
        let error = RegionKey::load_file(&folder.path().join("region.key")).unwrap_err();
        assert_eq!(error.code(), "key_file_missing");
        assert!(error.to_string().contains("renkei init"), "{error}");
    }
}
