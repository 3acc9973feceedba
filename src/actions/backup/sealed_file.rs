//! The file of a backup: a head that names the region's key, carries the data key wrapped by it and the file's own key
//! wrapped by that; then frames, the last of them marked. Read from one end to the other, never in the middle.
//!
//! So the region's key of then opens it where there is no database, and the data key whichever key wraps that today.

use std::fs::{File, Permissions};
use std::io::{self, BufReader, BufWriter, Read, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use prost::Message as _;
use tempfile::NamedTempFile;

use crate::domain::text::Text;
use crate::limits::{BACKUP_FRAME_BYTES, BACKUP_RECORD_BYTES_MAX};
use crate::store::KeptDataKey;
use crate::store::dump::{BackupKey, DumpRecord, DumpSink, End, Held, Manifest, Sum, TableSum, What};
use crate::vault::{
    ArchiveKey, DataKey, FRAME_OVERHEAD_BYTES, Frames, RegionKey, WRAPPED_ARCHIVE_KEY_BYTES, WRAPPED_DATA_KEY_BYTES,
};

const MAGIC: &[u8; 16] = b"renkei-backup/2\n";
/// Of before there were data keys: without one in the head, the region's key was it.
const MAGIC_1: &[u8; 16] = b"renkei-backup/1\n";
/// Of the fingerprint, in hexadecimal.
const REGION_BYTES: usize = 16;
const NAMED_BYTES: usize = MAGIC.len() + REGION_BYTES;
/// Set in the length of the last frame.
const LAST: u32 = 1 << 31;
/// A file that is not whole yet.
pub(super) const DRAFT: (&str, &str) = (".renkei-backup-", ".part");

/// Why a file is no backup that can be used.
#[derive(Debug, thiserror::Error)]
pub enum BadBackup {
    #[error("cannot read it: {0}")]
    Io(#[from] io::Error),
    #[error("it is no backup of renkei")]
    NotABackup,
    #[error("it needs the region key {found}; the key given is {given}")]
    OtherKey { found: String, given: String },
    /// The data key, which is the same as long as the region lives, does not open it.
    #[error("it is another region's (its region key was {found})")]
    OtherRegion { found: String },
    /// Changed, cut, or put together of several.
    #[error("it is damaged at byte {at}: {what}")]
    Damaged { at: u64, what: &'static str },
    /// It opens, and does not hold what it says.
    #[error("it does not hold what it says: {}", what.en)]
    Untrue { what: Text },
}

impl BadBackup {
    const fn untrue(ja: &'static str, en: &'static str) -> Self {
        Self::Untrue { what: Text::fixed(ja, en) }
    }

    fn lacking(lacks: &[String]) -> Self {
        let (ja, en) = ("復元に要る表か列がありません", "tables or columns are missing that a restore needs");
        Self::Untrue { what: Text::new(format!("{ja}: {}", lacks.join("、")), format!("{en}: {}", lacks.join(", "))) }
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> Text {
        let ja = match self {
            Self::Io(error) => format!("読めません: {error}"),
            Self::NotABackup => "renkei のバックアップではありません".to_owned(),
            Self::OtherKey { found, given } => {
                format!("地域の鍵 {found} が必要です（指定された鍵は {given}）")
            }
            Self::OtherRegion { found } => format!("別の地域のものです（地域の鍵は {found}）"),
            Self::Damaged { at, .. } => {
                format!("{at} バイト目で壊れています（変更・切断・別のファイルとの混合）")
            }
            Self::Untrue { what } => format!("中身が記載と一致しません: {}", what.ja),
        };
        Text::new(ja, self.to_string())
    }
}

/// Writes a backup.
pub(super) struct Writer {
    file: BufWriter<NamedTempFile>,
    frames: Frames,
    pending: Vec<u8>,
}

impl Writer {
    /// Into a draft in this folder. `kept`: the data key as the database keeps it.
    pub(super) fn create(folder: &Path, data: &DataKey, kept: &KeptDataKey) -> io::Result<Self> {
        let draft = tempfile::Builder::new()
            .prefix(DRAFT.0)
            .suffix(DRAFT.1)
            .permissions(Permissions::from_mode(0o600))
            .tempfile_in(folder)?;
        let key = ArchiveKey::random();
        let mut head = Vec::with_capacity(NAMED_BYTES + WRAPPED_DATA_KEY_BYTES + WRAPPED_ARCHIVE_KEY_BYTES);
        head.extend_from_slice(MAGIC);
        head.extend_from_slice(kept.region_key.as_bytes());
        head.extend_from_slice(&kept.wrapped);
        head.extend_from_slice(&key.wrap(data));
        let mut file = BufWriter::new(draft);
        file.write_all(&head)?;
        Ok(Self { file, frames: key.frames(&head), pending: Vec::new() })
    }

    /// Ends the file and makes it durable; it is a draft still.
    pub(super) fn finish(mut self) -> io::Result<NamedTempFile> {
        let rest = std::mem::take(&mut self.pending);
        self.write_frame(rest, true)?;
        let draft = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        draft.as_file().sync_all()?;
        Ok(draft)
    }

    fn write_frame(&mut self, mut frame: Vec<u8>, is_last: bool) -> io::Result<()> {
        self.frames.seal(&mut frame, is_last);
        let length = u32::try_from(frame.len()).map_err(io::Error::other)? | if is_last { LAST } else { 0 };
        self.file.write_all(&length.to_be_bytes())?;
        self.file.write_all(&frame)
    }
}

impl DumpSink for Writer {
    fn put(&mut self, record: &DumpRecord) -> io::Result<()> {
        let bytes = record.encode_to_vec();
        let length = u32::try_from(bytes.len()).map_err(io::Error::other)?;
        self.pending.extend_from_slice(&length.to_be_bytes());
        self.pending.extend_from_slice(&bytes);
        while self.pending.len() >= BACKUP_FRAME_BYTES {
            let rest = self.pending.split_off(BACKUP_FRAME_BYTES);
            let frame = std::mem::replace(&mut self.pending, rest);
            self.write_frame(frame, false)?;
        }
        Ok(())
    }
}

/// By what a backup is opened.
#[derive(Clone, Copy, Debug)]
pub enum OpenBy<'k> {
    /// The region's key that wrapped the data key when the backup was made.
    Region(&'k RegionKey),
    /// The data key of the open database.
    Data(&'k DataKey),
}

/// Reads a backup, record by record.
pub(super) struct Reader<R> {
    file: R,
    /// `None`: it was opened by the data key.
    key: Option<BackupKey>,
    frames: Frames,
    /// What was opened and not yet read.
    opened: Vec<u8>,
    at: usize,
    /// Bytes of the file that were read.
    bytes: u64,
    is_over: bool,
}

impl Reader<BufReader<File>> {
    pub(super) fn open(path: &Path, by: OpenBy<'_>) -> Result<Self, BadBackup> {
        Self::of(BufReader::new(File::open(path)?), by)
    }
}

impl<R: Read> Reader<R> {
    fn of(mut file: R, by: OpenBy<'_>) -> Result<Self, BadBackup> {
        let mut head = vec![0; NAMED_BYTES];
        read_head(&mut file, &mut head)?;
        let found = String::from_utf8_lossy(&head[MAGIC.len()..]).into_owned();
        let has_data_key = head.starts_with(MAGIC);
        if !has_data_key && !head.starts_with(MAGIC_1) {
            return Err(BadBackup::NotABackup);
        }
        let carried = if has_data_key { WRAPPED_DATA_KEY_BYTES } else { 0 };
        head.resize(NAMED_BYTES + carried + WRAPPED_ARCHIVE_KEY_BYTES, 0);
        read_head(&mut file, &mut head[NAMED_BYTES..])?;
        let (wrapped_data, wrapped) = head[NAMED_BYTES..].split_at(carried);
        let does_not_open = |_| BadBackup::Damaged { at: 0, what: "its key does not open" };
        let (key, archive) = match by {
            OpenBy::Region(region) => {
                if found != region.fingerprint() {
                    return Err(BadBackup::OtherKey { found, given: region.fingerprint() });
                }
                let (data, wrapped_data) = if has_data_key {
                    (region.unwrap_data_key(wrapped_data).map_err(does_not_open)?, wrapped_data.to_vec())
                } else {
                    region.adopt_as_data_key()
                };
                let archive = ArchiveKey::unwrap(&data, wrapped).map_err(does_not_open)?;
                (Some(BackupKey { data: Arc::new(data), wrapped: wrapped_data, region_key: found }), archive)
            }
            // What is wrong with it cannot be told from its being another's.
            OpenBy::Data(data) => {
                (None, ArchiveKey::unwrap(data, wrapped).map_err(|_| BadBackup::OtherRegion { found })?)
            }
        };
        let (frames, bytes) = (archive.frames(&head), head.len() as u64);
        Ok(Self { file, key, frames, opened: Vec::new(), at: 0, bytes, is_over: false })
    }

    /// The key of the region in it, as it is kept there.
    pub(super) fn key(&self) -> Option<&BackupKey> {
        self.key.as_ref()
    }

    /// The next record; `None` after the last, which is known to be the last.
    pub(super) fn next(&mut self) -> Result<Option<What>, BadBackup> {
        if !self.has(4)? {
            return match self.opened.len() - self.at {
                0 => self.end(),
                _ => Err(self.damaged("a record is cut")),
            };
        }
        let length = self.take(4).try_into().map(u32::from_be_bytes).expect("four bytes") as usize;
        if length > BACKUP_RECORD_BYTES_MAX {
            return Err(self.damaged("a record is too long"));
        }
        if !self.has(length)? {
            return Err(self.damaged("a record is cut"));
        }
        let bytes = self.take(length);
        let record = DumpRecord::decode(bytes)
            .map_err(|_| BadBackup::untrue("知らない種類の記録があります", "an unknown record"))?;
        let what = record.what.ok_or_else(|| BadBackup::untrue("知らない種類の記録があります", "an unknown record"))?;
        Ok(Some(what))
    }

    fn take(&mut self, length: usize) -> &[u8] {
        let from = self.at;
        self.at += length;
        &self.opened[from..self.at]
    }

    /// Whether so many bytes are there to be taken.
    fn has(&mut self, length: usize) -> Result<bool, BadBackup> {
        while self.opened.len() - self.at < length {
            if self.is_over {
                return Ok(false);
            }
            self.opened.drain(..self.at);
            self.at = 0;
            let mut frame = self.read_frame()?;
            self.opened.append(&mut frame);
        }
        Ok(true)
    }

    fn read_frame(&mut self) -> Result<Vec<u8>, BadBackup> {
        let mut length = [0; 4];
        self.read_exactly(&mut length)?;
        let length = u32::from_be_bytes(length);
        let (is_last, length) = (length & LAST != 0, (length & !LAST) as usize);
        if length > BACKUP_FRAME_BYTES + FRAME_OVERHEAD_BYTES {
            return Err(self.damaged("a frame is too long"));
        }
        let mut frame = vec![0; length];
        self.read_exactly(&mut frame)?;
        self.frames.open(&mut frame, is_last).map_err(|_| self.damaged("a frame does not open"))?;
        self.is_over = is_last;
        Ok(frame)
    }

    fn read_exactly(&mut self, bytes: &mut [u8]) -> Result<(), BadBackup> {
        self.file.read_exact(bytes).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => self.damaged("it is cut off"),
            _ => BadBackup::Io(error),
        })?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    fn end(&mut self) -> Result<Option<What>, BadBackup> {
        match self.file.read(&mut [0])? {
            0 => Ok(None),
            _ => Err(self.damaged("something follows its end")),
        }
    }

    fn damaged(&self, what: &'static str) -> BadBackup {
        BadBackup::Damaged { at: self.bytes, what }
    }
}

fn read_head(file: &mut impl Read, head: &mut [u8]) -> Result<(), BadBackup> {
    file.read_exact(head).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => BadBackup::NotABackup,
        _ => BadBackup::Io(error),
    })
}

/// Which region's key a backup needs, told by its head alone.
///
/// # Errors
/// When it is no backup.
pub fn needed_key(path: &Path) -> Result<String, BadBackup> {
    let mut head = [0; NAMED_BYTES];
    read_head(&mut File::open(path)?, &mut head)?;
    let is_backup = head.starts_with(MAGIC) || head.starts_with(MAGIC_1);
    if is_backup { Ok(String::from_utf8_lossy(&head[MAGIC.len()..]).into_owned()) } else { Err(BadBackup::NotABackup) }
}

/// A backup that was read from one end to the other and holds what it says, and what a restore needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Whole {
    pub manifest: Manifest,
    pub end: End,
    /// What is in it and a restore passes over: tables, and columns as `table.column`, that no migration made.
    pub passed_over: Vec<String>,
}

/// What a backup says of itself, by its first frame alone.
///
/// # Errors
/// When it is no backup of this region.
pub fn read_manifest(path: &Path, by: OpenBy<'_>) -> Result<Manifest, BadBackup> {
    match Reader::open(path, by)?.next()? {
        Some(What::Manifest(manifest)) => Ok(manifest),
        _ => Err(BadBackup::untrue("目録で始まっていません", "it does not begin with its manifest")),
    }
}

/// Reads all of it, and compares what it says with what it holds.
///
/// # Errors
/// When it is damaged, or does not hold what it says.
pub fn read_whole(path: &Path, by: OpenBy<'_>) -> Result<Whole, BadBackup> {
    whole_of(Reader::open(path, by)?)
}

fn whole_of<R: Read>(mut reader: Reader<R>) -> Result<Whole, BadBackup> {
    let mut tally = Tally::default();
    let mut manifest = None;
    while let Some(what) = reader.next()? {
        match what {
            What::Manifest(read) if manifest.is_none() && tally.is_empty() => manifest = Some(read),
            What::End(end) => {
                if reader.next()?.is_some() {
                    return Err(BadBackup::untrue("終わりのあとに何かあります", "something follows its end"));
                }
                let manifest = manifest.ok_or_else(no_manifest)?;
                tally.check(&end)?;
                let lacks = tally.held.lacks(manifest.schema);
                if !lacks.is_empty() {
                    return Err(BadBackup::lacking(&lacks));
                }
                let passed_over = tally.held.passed_over(manifest.schema);
                return Ok(Whole { manifest, end, passed_over });
            }
            what if manifest.is_some() => tally.add(&what),
            _ => return Err(no_manifest()),
        }
    }
    Err(BadBackup::untrue("終わりがありません", "it has no end"))
}

fn no_manifest() -> BadBackup {
    BadBackup::untrue("目録で始まっていません", "it does not begin with its manifest")
}

/// Counts and digests, of what is written or of what is read.
#[derive(Default)]
pub(super) struct Tally {
    tables: Vec<(String, Sum)>,
    held: Held,
    files: Sum,
    file_bytes: u64,
    missing: u64,
}

impl Tally {
    pub(super) fn add(&mut self, what: &What) {
        match what {
            What::Table(head) => {
                self.held.add(head);
                self.tables.push((head.name.clone(), Sum::default()));
            }
            What::Rows(piece) => {
                if let Some((_, sum)) = self.tables.last_mut() {
                    piece.rows.iter().for_each(|row| sum.add_row(row));
                }
            }
            What::File(file) => {
                self.files.add(&file.encode_to_vec());
                self.file_bytes += file.sealed.len() as u64;
            }
            What::Absent(absent) => self.missing += u64::from(absent.is_named),
            What::Manifest(_) | What::End(_) => {}
        }
    }

    /// With the sums of tables that were taken elsewhere.
    pub(super) fn end(&self, tables: Vec<TableSum>) -> End {
        let (files, file_bytes, files_sum) = (self.files.count, self.file_bytes, self.files.bytes());
        End { tables, files, file_bytes, files_sum, missing: self.missing }
    }

    fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.files.count == 0
    }

    fn check(&self, end: &End) -> Result<(), BadBackup> {
        let tables = self.tables.iter().map(|(name, sum)| sum.of_table(name)).collect();
        if self.end(tables) == *end {
            return Ok(());
        }
        Err(BadBackup::untrue("件数かダイジェストが違います", "counts or digests differ"))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::store::dump::FileRecord;

    fn file(number: u8, bytes: usize) -> What {
        What::File(FileRecord { timeline: vec![number; 16], name: vec![number; 32], sealed: vec![number; bytes] })
    }

    /// Of a region, as it keeps them.
    pub(in super::super) struct Keys {
        pub region: RegionKey,
        pub data: DataKey,
        pub kept: KeptDataKey,
    }

    impl Keys {
        pub fn new() -> Self {
            let region = RegionKey::ephemeral();
            let (data, wrapped) = region.make_data_key();
            let kept = KeptDataKey { wrapped, region_key: region.fingerprint(), rotated: None, adopted: false };
            Self { region, data, kept }
        }
    }

    /// A backup of so many frames and a bit, as bytes.
    fn written(keys: &Keys, made_at_us: i64, frames: u8) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = Writer::create(folder.path(), &keys.data, &keys.kept).unwrap();
        let mut tally = Tally::default();
        writer.put(&What::Manifest(Manifest { made_at_us, ..Manifest::default() }).into()).unwrap();
        for number in 0..frames {
            let file = file(number, BACKUP_FRAME_BYTES);
            tally.add(&file);
            writer.put(&file.into()).unwrap();
        }
        writer.put(&What::End(tally.end(Vec::new())).into()).unwrap();
        std::fs::read(writer.finish().unwrap().path()).unwrap()
    }

    fn read(keys: &Keys, bytes: &[u8]) -> Result<Whole, BadBackup> {
        whole_of(Reader::of(bytes, OpenBy::Region(&keys.region))?)
    }

    const HEAD_BYTES: usize = NAMED_BYTES + WRAPPED_DATA_KEY_BYTES + WRAPPED_ARCHIVE_KEY_BYTES;

    /// Where each frame begins and ends, with its length in front.
    fn frames(bytes: &[u8]) -> Vec<std::ops::Range<usize>> {
        let (mut at, mut found) = (HEAD_BYTES, Vec::new());
        while at < bytes.len() {
            let length = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) & !LAST;
            let end = at + 4 + length as usize;
            found.push(at..end);
            at = end;
        }
        found
    }

    #[test]
    fn a_backup_is_read_as_it_was_written_and_by_its_own_region_alone() {
        let (region, elsewhere) = (Keys::new(), Keys::new());
        let bytes = written(&region, 7, 3);
        let whole = read(&region, &bytes).unwrap();
        assert_eq!((whole.manifest.made_at_us, whole.end.files), (7, 3));
        assert!(matches!(read(&elsewhere, &bytes), Err(BadBackup::OtherKey { .. })));
        assert!(matches!(
            read(&region, b"renkei-backup/3 of a later day, whose head is as long as one of ours"),
            Err(BadBackup::NotABackup)
        ));
        assert!(matches!(read(&region, b""), Err(BadBackup::NotABackup)));
        let word = vec![2_u8; 64];
        assert!(!bytes.windows(64).any(|window| window == word), "nothing of it is in the clear");
    }

    #[test]
    fn the_data_key_opens_what_was_made_before_the_regions_key_was_changed_and_the_new_key_says_what_it_needs() {
        let (before, key) = (Keys::new(), RegionKey::ephemeral());
        let bytes = written(&before, 7, 1);
        let by_data = |data: &DataKey| whole_of(Reader::of(bytes.as_slice(), OpenBy::Data(data))?);
        assert_eq!(by_data(&before.data).unwrap().manifest.made_at_us, 7);
        assert!(matches!(by_data(&Keys::new().data), Err(BadBackup::OtherRegion { .. })));
        let after = Keys { region: key, ..Keys::new() };
        let told = read(&after, &bytes).unwrap_err().text();
        let needed = before.region.fingerprint();
        assert!(told.en.contains(&format!("needs the region key {needed}")) && told.ja.contains(&needed), "{told:?}");
    }

    #[test]
    fn a_backup_of_before_there_were_data_keys_opens_by_the_key_of_then_and_by_what_became_of_it() {
        let (region, elsewhere) = (RegionKey::ephemeral(), Keys::new());
        let (data, wrapped) = region.adopt_as_data_key();
        let keys = Keys { kept: KeptDataKey { wrapped, ..elsewhere.kept.clone() }, data, region };
        let archive = ArchiveKey::random();
        let head = [MAGIC_1.as_slice(), keys.region.fingerprint().as_bytes(), &archive.wrap(&keys.data)].concat();
        let mut frames = archive.frames(&head);
        let records = [What::Manifest(Manifest::default()), What::End(Tally::default().end(Vec::new()))];
        let mut frame: Vec<u8> = Vec::new();
        for record in records.map(DumpRecord::from).map(|record| record.encode_to_vec()) {
            frame.extend_from_slice(&u32::try_from(record.len()).unwrap().to_be_bytes());
            frame.extend_from_slice(&record);
        }
        frames.seal(&mut frame, true);
        let length = u32::try_from(frame.len()).unwrap() | LAST;
        let bytes = [head.as_slice(), &length.to_be_bytes(), &frame].concat();
        assert!(read(&keys, &bytes).is_ok());
        assert!(whole_of(Reader::of(bytes.as_slice(), OpenBy::Data(&keys.data)).unwrap()).is_ok());
        assert!(matches!(read(&elsewhere, &bytes), Err(BadBackup::OtherKey { .. })));
        let opened = Reader::of(bytes.as_slice(), OpenBy::Region(&keys.region)).unwrap();
        let carried = opened.key().unwrap();
        assert!(keys.region.unwrap_data_key(&carried.wrapped).unwrap().fingerprint() == keys.data.fingerprint());
    }

    #[test]
    fn every_cut_is_found_also_one_between_two_frames() {
        let region = Keys::new();
        let bytes = written(&region, 7, 3);
        let frames = frames(&bytes);
        assert_eq!(frames.len(), 4);
        let cuts = (0..200).chain((0..bytes.len()).step_by(70_001)).chain(bytes.len() - 50..bytes.len());
        for cut in cuts.chain(frames.iter().map(|frame| frame.start)) {
            assert!(read(&region, &bytes[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn every_changed_byte_is_found() {
        let region = Keys::new();
        let bytes = written(&region, 7, 1);
        let places = (0..300).chain((0..bytes.len()).step_by(9_973)).chain(bytes.len() - 50..bytes.len());
        for at in places {
            let mut changed = bytes.clone();
            changed[at] ^= 0x40;
            assert!(read(&region, &changed).is_err(), "byte {at}");
        }
    }

    #[test]
    fn frames_left_out_repeated_swapped_or_of_another_backup_are_found() {
        let region = Keys::new();
        let (bytes, other) = (written(&region, 7, 3), written(&region, 8, 3));
        let (own, foreign) = (frames(&bytes), frames(&other));
        let joined = |parts: &[&[u8]]| [&[&bytes[..HEAD_BYTES]], parts].concat().concat();
        let frame = |at: usize| &bytes[own[at].clone()];
        assert!(read(&region, &joined(&[frame(0), frame(1), frame(2), frame(3)])).is_ok());
        for parts in [
            vec![frame(0), frame(2), frame(3)],
            vec![frame(0), frame(1), frame(1), frame(2), frame(3)],
            vec![frame(1), frame(0), frame(2), frame(3)],
            vec![frame(0), &other[foreign[1].clone()], frame(2), frame(3)],
            vec![frame(0), frame(1), frame(2), frame(3), frame(3)],
            vec![frame(3)],
        ] {
            assert!(read(&region, &joined(&parts)).is_err());
        }
        // The head of one with the frames of another.
        let exchanged = [&other[..HEAD_BYTES], &bytes[HEAD_BYTES..]].concat();
        assert!(read(&region, &exchanged).is_err());
    }

    #[test]
    fn what_does_not_hold_what_it_says_is_no_backup() {
        let region = Keys::new();
        let write = |records: Vec<What>| {
            let folder = tempfile::tempdir().unwrap();
            let mut writer = Writer::create(folder.path(), &region.data, &region.kept).unwrap();
            records.into_iter().for_each(|record| writer.put(&record.into()).unwrap());
            std::fs::read(writer.finish().unwrap().path()).unwrap()
        };
        let (manifest, end) = (What::Manifest(Manifest::default()), What::End(Tally::default().end(Vec::new())));
        assert!(read(&region, &write(vec![manifest.clone(), end.clone()])).is_ok());
        for records in [
            vec![],
            vec![manifest.clone()],
            vec![end.clone()],
            vec![manifest.clone(), file(1, 9), end.clone()],
            vec![file(1, 9), manifest.clone(), end.clone()],
            vec![manifest.clone(), end.clone(), end],
        ] {
            assert!(matches!(read(&region, &write(records)), Err(BadBackup::Untrue { .. })));
        }
    }
}
