//! A region's own rulebook as a folder of files, and keeping the files of every rulebook that decides: a ruling can
//! be explained for as long as its book is kept. `open` calls both.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::complaint::Complaint;
use crate::domain::text::Text;
use crate::domain::time::Timestamp;
use crate::limits::{RULEBOOK_FILE_BYTES_MAX, RULEBOOK_FILES_MAX};
use crate::rulebook::{Rulebook, RulebookFiles, SourceFile};
use crate::store::{Journal, RulebookFile, StoreError, fingerprint_of};
use crate::vault::digest;

/// The file of the words; every other `.toml` of the folder is a set of rules.
const VOCABULARY: &str = "vocabulary.toml";

/// The rulebook in a folder.
///
/// # Errors
/// When the folder cannot be read or has no vocabulary; all mistakes of its files.
pub fn load(folder: &Path) -> anyhow::Result<Rulebook> {
    let mut texts = texts(folder)?;
    let vocabulary = folder.join(VOCABULARY).display().to_string();
    let Some(at) = texts.iter().position(|(name, _)| *name == vocabulary) else {
        return Err(Complaint::new(Text::new(
            format!("{vocabulary} がありません。同梱のルールブックの写しから始めてください"),
            format!("there is no {vocabulary}; start from copies of the rulebook that ships"),
        ))
        .into());
    };
    let (name, text) = texts.remove(at);
    let vocabulary = SourceFile { name: &name, text: &text };
    let sets = texts.iter().map(|(name, text)| SourceFile { name, text }).collect();
    Ok(Rulebook::load(&RulebookFiles { vocabulary, sets }, digest)?)
}

/// The files of a folder that may belong to a rulebook, with their paths.
///
/// # Errors
/// When one cannot be read, or they are too many or too large.
pub fn texts(folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    toml_files(folder)?.iter().map(|path| Ok((path.display().to_string(), read(path)?))).collect()
}

/// In the order of their names, so that the same files always make the same book.
fn toml_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let list = || -> std::io::Result<Vec<PathBuf>> {
        let paths = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
        let mut paths = paths.collect::<Result<Vec<_>, _>>()?;
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        paths.sort();
        Ok(paths)
    };
    let paths = list().map_err(Complaint::because(unreadable(folder)))?;
    if paths.len() > RULEBOOK_FILES_MAX {
        return Err(Complaint::new(Text::new(
            format!("{} のファイルは {RULEBOOK_FILES_MAX} 個までです", folder.display()),
            format!("{} holds more than {RULEBOOK_FILES_MAX} files", folder.display()),
        ))
        .into());
    }
    Ok(paths)
}

fn read(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(Complaint::because(unreadable(path)))?;
    let read = file.take(RULEBOOK_FILE_BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(Complaint::because(unreadable(path)))?;
    if bytes.len() as u64 > RULEBOOK_FILE_BYTES_MAX {
        return Err(Complaint::new(Text::new(
            format!("{} が {RULEBOOK_FILE_BYTES_MAX} バイトを超えています", path.display()),
            format!("{} is longer than {RULEBOOK_FILE_BYTES_MAX} bytes", path.display()),
        ))
        .into());
    }
    // What is lost in a file of another encoding is a mistake that the loader tells at its place.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn unreadable(path: &Path) -> Text {
    Text::new(
        format!("ルールブックの {} を読めません", path.display()),
        format!("cannot read {} of the rulebook", path.display()),
    )
}

/// Keeps the files of the book in force under its fingerprint. Keeping them again changes nothing.
///
/// # Errors
/// When the store fails.
pub async fn keep(journal: &Journal, book: &Rulebook, now: Timestamp) -> Result<(), StoreError> {
    let fingerprint = book.fingerprint().as_bytes().to_vec();
    let sources = book.sources();
    let file = |(name, text): &(String, String)| RulebookFile {
        path: Path::new(name).file_name().map_or_else(|| name.clone(), |name| name.to_string_lossy().into_owned()),
        content: text.clone(),
    };
    let files: Vec<RulebookFile> = std::iter::once(&sources.vocabulary).chain(&sources.sets).map(file).collect();
    let kept = fingerprint.clone();
    let kept = journal.read(move |tx| Box::pin(async move { tx.find_rulebook(&kept).await })).await?;
    if fingerprint_of(&kept).as_bytes() == fingerprint {
        return Ok(());
    }
    if !kept.is_empty() {
        tracing::error!(fingerprint = book.fingerprint(), "the kept files of the rulebook were changed: put right");
    }
    journal.write(move |tx| Box::pin(async move { tx.insert_rulebook(&fingerprint, &files, now).await })).await
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::rulebook::shipped;
    use crate::vault::RegionKey;

    const NOON: Timestamp = Timestamp::from_secs(1_775_003_400);

    fn copy_of_the_shipped() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in std::iter::once(shipped::VOCABULARY).chain(shipped::SETS) {
            let name = Path::new(file.name).file_name().unwrap();
            fs::write(folder.path().join(name), file.text).unwrap();
        }
        folder
    }

    #[test]
    fn a_copy_of_the_shipped_files_is_the_same_book_and_a_changed_one_another() {
        let folder = copy_of_the_shipped();
        fs::write(folder.path().join("README.md"), "not a rule").unwrap();
        let shipped_book = shipped::load(digest).unwrap();
        assert_eq!(load(folder.path()).unwrap().fingerprint(), shipped_book.fingerprint());

        let sharing = shipped::SHARING.text.replace("1.1.0", "1.1.1");
        fs::write(folder.path().join("sharing.toml"), sharing).unwrap();
        let changed = load(folder.path()).unwrap();
        assert_ne!(changed.fingerprint(), shipped_book.fingerprint());
        assert!(changed.rules().any(|(_, set, _)| *set.version == *"1.1.1"));
    }

    #[test]
    fn a_mistake_is_named_with_the_file_the_operator_wrote_and_a_missing_vocabulary_too() {
        let folder = copy_of_the_shipped();
        let sharing = shipped::SHARING.text.replace("\"permit\"", "\"permitt\"");
        fs::write(folder.path().join("sharing.toml"), sharing).unwrap();
        let error = load(folder.path()).unwrap_err().to_string();
        assert!(error.contains(&format!("{}:", folder.path().join("sharing.toml").display())), "{error}");

        // 共有, as Shift_JIS has it.
        let in_shift_jis = [b"# \x8b\xa4\x97L\n".as_slice(), shipped::SHARING.text.as_bytes()].concat();
        fs::write(folder.path().join("sharing.toml"), in_shift_jis).unwrap();
        let error = load(folder.path()).unwrap_err().to_string();
        let place = format!("{}:1:3: UTF-8", folder.path().join("sharing.toml").display());
        assert!(error.starts_with(&place) && error.contains("save the file as UTF-8"), "{error}");
        assert_eq!(error.lines().count(), 1, "the garbled words are no mistakes of their own: {error}");

        fs::remove_file(folder.path().join(VOCABULARY)).unwrap();
        let error = load(folder.path()).unwrap_err().to_string();
        assert!(error.contains("there is no") && error.contains(VOCABULARY), "{error}");
        assert!(load(&folder.path().join("nowhere")).is_err());
    }

    #[tokio::test]
    async fn a_book_that_decided_can_be_read_again_from_the_store() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/journal.db", folder.path().display());
        let journal = Journal::open(&url, &RegionKey::ephemeral()).await.unwrap();
        let book = shipped::load(digest).unwrap();
        keep(&journal, &book, NOON).await.unwrap();
        keep(&journal, &book, NOON).await.unwrap();
        // As many files, and not as they were.
        let change = "update rulebook set content = content || ' '";
        let changed: Result<u64, StoreError> =
            journal.write(move |tx| Box::pin(async move { tx.execute_raw(change).await })).await;
        assert!(changed.unwrap() > 1);
        keep(&journal, &book, NOON).await.unwrap();

        let fingerprint = book.fingerprint().as_bytes().to_vec();
        let kept = journal.read(move |tx| Box::pin(async move { tx.find_rulebook(&fingerprint).await })).await;
        let kept: Vec<RulebookFile> = kept.map_err(|error: StoreError| error).unwrap();
        let again = tempfile::tempdir().unwrap();
        kept.iter().for_each(|file| fs::write(again.path().join(&file.path), &file.content).unwrap());
        assert_eq!(load(again.path()).unwrap().fingerprint(), book.fingerprint());
    }
}
