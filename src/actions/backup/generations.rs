//! Which backups are there, and which of them are kept: all of the last day that has one, and the newest of each of the last
//! days, weeks and months that have one. Days are Japan's.
//!
//! INVARIANT: the newest backup that reads as whole is never removed, whatever was asked for; nor is the one just made.
//! One whose moment is still to come was made while the clock was ahead: it counts for nothing, and stays.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use jiff::tz::{Offset, TimeZone};

use super::sealed_file::{BadBackup, DRAFT, OpenBy, read_manifest, read_whole};
use crate::domain::time::Timestamp;
use crate::store::dump::Manifest;
use crate::vault::DataKey;

const PREFIX: &str = "renkei-";
const SUFFIX: &str = ".backup";
const JAPAN: Offset = Offset::constant(9);

/// How many generations are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    pub daily: usize,
    pub weekly: usize,
    pub monthly: usize,
}

/// A backup of this region.
#[derive(Clone, Debug, PartialEq)]
pub struct Generation {
    pub path: PathBuf,
    pub bytes: u64,
    pub manifest: Manifest,
}

impl Generation {
    /// Whether it says that it was made later than now.
    #[must_use]
    pub fn is_ahead(&self, now: Timestamp) -> bool {
        self.manifest.made_at() > now
    }

    /// Whether its name says when it was made. One that does not was put in another's place.
    #[must_use]
    pub fn is_named_truly(&self) -> bool {
        is_named_truly(&self.path, &self.manifest)
    }
}

/// See [`Generation::is_named_truly`].
#[must_use]
pub fn is_named_truly(path: &Path, manifest: &Manifest) -> bool {
    path.file_name().is_some_and(|name| name == name_of(manifest).as_str())
}

/// What lies in a folder of backups.
#[derive(Debug, Default)]
pub struct Listing {
    /// The newest first, by what they say themselves.
    pub generations: Vec<Generation>,
    /// Files with the name of a backup that cannot be used with this key.
    pub others: Vec<(PathBuf, BadBackup)>,
}

impl Listing {
    /// The newest of those whose moment has come; where there is none of them, the newest.
    #[must_use]
    pub fn newest(&self, now: Timestamp) -> Option<&Generation> {
        self.generations.iter().find(|it| !it.is_ahead(now)).or_else(|| self.generations.first())
    }
}

/// What became of the generations that were there.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Thinned {
    pub removed: Vec<PathBuf>,
    /// Of a moment that is still to come. They were left.
    pub ahead: Vec<PathBuf>,
}

/// The file of the backup with this manifest.
pub(super) fn name_of(manifest: &Manifest) -> String {
    name_at(manifest.made_at())
}

/// The file of the backup of this moment. One second has one.
pub(super) fn name_at(made_at: Timestamp) -> String {
    let made_at = made_at.to_jiff().unwrap_or_default();
    format!("{PREFIX}{}{SUFFIX}", made_at.strftime("%Y%m%dT%H%M%SZ"))
}

/// Files with the name of a backup.
///
/// # Errors
/// When the folder cannot be read.
pub fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(SUFFIX)) {
            files.push(entry.path());
        }
    }
    Ok(files)
}

/// The backups in a folder, by their first frames.
///
/// # Errors
/// When the folder cannot be read.
pub fn list(folder: &Path, by: OpenBy<'_>) -> io::Result<Listing> {
    let mut listing = Listing::default();
    for path in files(folder)? {
        match read_manifest(&path, by) {
            Ok(manifest) => {
                listing.generations.push(Generation { bytes: fs::metadata(&path)?.len(), path, manifest });
            }
            Err(bad) => listing.others.push((path, bad)),
        }
    }
    listing.generations.sort_by_key(|generation| std::cmp::Reverse(generation.manifest.made_at_us));
    listing.others.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(listing)
}

/// Removes what is not kept. `whole`: the backup that was made and read to its end now, at `now`.
pub(super) fn remove_old(
    folder: &Path,
    data: &DataKey,
    keep: Keep,
    (whole, now): (&Path, Timestamp),
) -> io::Result<Thinned> {
    // By the data key, so that those of before the region's key was changed go too.
    let by = OpenBy::Data(data);
    let listed = list(folder, by)?.generations;
    let (ahead, generations): (Vec<_>, Vec<_>) = listed.into_iter().partition(|it| it.is_ahead(now));
    let ahead = ahead.into_iter().map(|it| it.path).collect();
    let kept = kept(&generations.iter().map(|it| it.manifest.made_at()).collect::<Vec<_>>(), keep);
    let newest = generations.iter().position(|it| it.path == whole || read_whole(&it.path, by).is_ok());
    let Some(newest) = newest else { return Ok(Thinned { removed: Vec::new(), ahead }) };
    let mut removed = Vec::new();
    for (at, generation) in generations.into_iter().enumerate() {
        // One that was put in another's place is evidence, and no generation.
        let is_whole = at == newest || generation.path == whole;
        if !is_whole && !kept.contains(&at) && generation.is_named_truly() {
            fs::remove_file(&generation.path)?;
            removed.push(generation.path);
        }
    }
    File::open(folder)?.sync_all()?;
    Ok(Thinned { removed, ahead })
}

/// Removes what a backup left that was cut off. Only for whoever makes one, alone.
pub(super) fn remove_drafts(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.starts_with(DRAFT.0) && name.ends_with(DRAFT.1)) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Which of these moments, the newest first, are kept.
fn kept(moments: &[Timestamp], keep: Keep) -> BTreeSet<usize> {
    let days: Vec<jiff::civil::Date> =
        moments.iter().map(|at| at.to_jiff().unwrap_or_default().to_zoned(TimeZone::fixed(JAPAN)).date()).collect();
    let mut kept = BTreeSet::new();
    kept.extend(newest_of_each(days.iter().copied(), keep.daily));
    // Whoever makes one before they touch something does not mean that the one of this night goes.
    let of_last_day = |(at, day): (usize, &jiff::civil::Date)| (Some(day) == days.first()).then_some(at);
    kept.extend(days.iter().enumerate().filter_map(of_last_day).filter(|_| keep.daily > 0));
    let weeks = days.iter().map(|day| (day.iso_week_date().year(), day.iso_week_date().week()));
    kept.extend(newest_of_each(weeks, keep.weekly));
    kept.extend(newest_of_each(days.iter().map(|day| (day.year(), day.month())), keep.monthly));
    kept
}

/// The first of each span, of so many spans.
fn newest_of_each<S: Ord>(spans: impl Iterator<Item = S>, count: usize) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    let mut newest = Vec::new();
    for (at, span) in spans.enumerate() {
        if newest.len() == count {
            break;
        }
        if seen.insert(span) {
            newest.push(at);
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    use super::super::sealed_file::tests::Keys;
    use super::super::sealed_file::{Tally, Writer};
    use super::*;
    use crate::limits::BACKUP_FRAME_BYTES;
    use crate::store::KeptDataKey;
    use crate::store::dump::{DumpSink as _, FileRecord, What};
    use crate::vault::RegionKey;

    /// A backup of this moment, whole.
    fn lay(folder: &Path, region: &Keys, moment: &str) -> PathBuf {
        let at: Timestamp = moment.parse().unwrap();
        let manifest = Manifest { made_at_us: at.0, ..Manifest::default() };
        let path = folder.join(name_of(&manifest));
        let mut writer = Writer::create(folder, &region.data, &region.kept).unwrap();
        writer.put(&What::Manifest(manifest).into()).unwrap();
        // More than the frame that tells of itself.
        let sealed = vec![0; BACKUP_FRAME_BYTES];
        let file = What::File(FileRecord { timeline: vec![0; 16], name: vec![0; 32], sealed });
        let mut tally = Tally::default();
        tally.add(&file);
        writer.put(&file.into()).unwrap();
        writer.put(&What::End(tally.end(Vec::new())).into()).unwrap();
        writer.finish().unwrap().persist(&path).unwrap();
        path
    }

    #[test]
    fn one_that_lacks_what_a_restore_needs_does_not_read_back_as_whole() {
        let (folder, region) = (tempfile::tempdir().unwrap(), Keys::new());
        let path = folder.path().join("lacking.backup");
        let mut writer = Writer::create(folder.path(), &region.data, &region.kept).unwrap();
        writer.put(&What::Manifest(Manifest { schema: 1, ..Manifest::default() }).into()).unwrap();
        writer.put(&What::End(Tally::default().end(Vec::new())).into()).unwrap();
        writer.finish().unwrap().persist(&path).unwrap();
        let refused = read_whole(&path, OpenBy::Data(&region.data)).unwrap_err();
        assert!(matches!(&refused, BadBackup::Untrue { what } if what.en.contains("entry")), "{refused}");
    }

    fn damage(path: &Path) {
        let bytes = fs::read(path).unwrap();
        fs::write(path, &bytes[..bytes.len() - 1]).unwrap();
    }

    /// Some time after all of these.
    const LATER: &str = "2026-05-01T00:00:00Z";

    fn removed(folder: &Path, region: &Keys, keep: Keep, whole: &Path) -> Vec<PathBuf> {
        let thinned = remove_old(folder, &region.data, keep, (whole, LATER.parse().unwrap())).unwrap();
        assert!(thinned.ahead.is_empty());
        thinned.removed
    }

    #[test]
    fn one_made_while_the_clock_was_ahead_is_left_and_costs_no_other_its_place() {
        let (folder, region) = (tempfile::tempdir().unwrap(), Keys::new());
        let folder = folder.path();
        let ahead = lay(folder, &region, "2027-05-06T00:00:00Z");
        for keep in [Keep { daily: 1, weekly: 0, monthly: 0 }, Keep { daily: 0, weekly: 0, monthly: 1 }] {
            for path in files(folder).unwrap().into_iter().filter(|path| *path != ahead) {
                fs::remove_file(path).unwrap();
            }
            let before = lay(folder, &region, "2026-04-01T00:00:00Z");
            let made = lay(folder, &region, "2026-04-02T00:00:00Z");
            let now: Timestamp = "2026-04-02T00:00:00Z".parse().unwrap();
            let thinned = remove_old(folder, &region.data, keep, (&made, now)).unwrap();
            assert_eq!(thinned, Thinned { removed: vec![before], ahead: vec![ahead.clone()] });
            assert!(made.exists() && ahead.exists(), "what was made just now is there");
            let listed = list(folder, OpenBy::Region(&region.region)).unwrap();
            assert_eq!(listed.newest(now).unwrap().path, made);
            assert_eq!(listed.newest("2028-01-01T00:00:00Z".parse().unwrap()).unwrap().path, ahead);
        }
    }

    #[test]
    fn the_newest_that_is_whole_stays_whatever_is_asked_for() {
        let (folder, region) = (tempfile::tempdir().unwrap(), Keys::new());
        let (folder, nothing) = (folder.path(), Keep { daily: 0, weekly: 0, monthly: 0 });
        let first = lay(folder, &region, "2026-04-01T00:00:00Z");
        let second = lay(folder, &region, "2026-04-02T00:00:00Z");
        let third = lay(folder, &region, "2026-04-03T00:00:00Z");
        fs::rename(lay(folder, &region, "2026-03-01T00:00:00Z"), folder.join("renkei-20260401T120000Z.backup"))
            .unwrap();
        damage(&third);
        let nowhere = Path::new("nowhere");
        let gone = removed(folder, &region, nothing, nowhere);
        // Of the newest only the end is missing; one under a false name is left for whoever looks into it.
        assert_eq!(gone, [third, first.clone()]);
        let left = list(folder, OpenBy::Region(&region.region)).unwrap();
        assert_eq!(left.generations.iter().filter(|it| it.is_named_truly()).count(), 1);
        assert_eq!(left.generations[0].path, second);

        lay(folder, &region, "2026-04-01T00:00:00Z");
        damage(&first);
        damage(&second);
        for path in fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).filter(|it| text(it).contains("T12")) {
            fs::remove_file(path).unwrap();
        }
        assert!(removed(folder, &region, nothing, nowhere).is_empty(), "none is whole");
    }

    #[test]
    fn what_is_to_be_kept_stays_and_what_is_older_goes() {
        let (folder, region) = (tempfile::tempdir().unwrap(), Keys::new());
        let [first, second, third] = ["2026-04-01T00:00:00Z", "2026-04-02T00:00:00Z", "2026-04-03T00:00:00Z"]
            .map(|moment| lay(folder.path(), &region, moment));
        let two_days = Keep { daily: 2, weekly: 0, monthly: 0 };
        assert_eq!(removed(folder.path(), &region, two_days, &third), [first]);
        assert!(second.exists() && third.exists());
    }

    #[test]
    fn generations_of_before_the_regions_key_was_changed_are_let_go_too() {
        let (folder, before) = (tempfile::tempdir().unwrap(), Keys::new());
        let first = lay(folder.path(), &before, "2026-04-01T00:00:00Z");
        let region = RegionKey::ephemeral();
        let wrapped = before.region.rewrap_data_key(&before.kept.wrapped, &region).unwrap();
        let kept = KeptDataKey { wrapped, region_key: region.fingerprint(), ..before.kept };
        let after = Keys { region, data: before.data, kept };
        let second = lay(folder.path(), &after, "2026-04-02T00:00:00Z");
        assert_eq!(
            list(folder.path(), OpenBy::Region(&after.region)).unwrap().others.len(),
            1,
            "its key alone opens one"
        );
        let nothing = Keep { daily: 0, weekly: 0, monthly: 0 };
        assert_eq!(removed(folder.path(), &after, nothing, &second), [first]);
    }

    fn text(path: &Path) -> String {
        path.display().to_string()
    }

    fn moments(texts: &[&str]) -> Vec<Timestamp> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn kept_of(texts: &[&str], daily: usize, weekly: usize, monthly: usize) -> Vec<usize> {
        kept(&moments(texts), Keep { daily, weekly, monthly }).into_iter().collect()
    }

    #[test]
    fn the_newest_of_each_day_week_and_month_is_kept_and_days_are_japans() {
        let made = [
            "2026-04-15T16:00:00Z", // 0: the 16th in Japan, a Thursday
            "2026-04-15T14:00:00Z", // 1: the 15th
            "2026-04-15T01:00:00Z", // 2: the 15th
            "2026-04-13T01:00:00Z", // 3: Monday of the same week
            "2026-04-10T01:00:00Z", // 4: the week before
            "2026-04-01T01:00:00Z", // 5
            "2026-03-31T16:00:00Z", // 6: April in Japan
            "2026-03-31T14:00:00Z", // 7: March
            "2026-02-10T01:00:00Z", // 8
        ];
        assert_eq!(kept_of(&made, 1, 0, 0), [0]);
        assert_eq!(kept_of(&made, 3, 0, 0), [0, 1, 3]);
        assert_eq!(kept_of(&made, 0, 3, 0), [0, 4, 5]);
        assert_eq!(kept_of(&made, 0, 0, 2), [0, 7]);
        assert_eq!(kept_of(&made, 2, 2, 9), [0, 1, 4, 7, 8]);
        assert_eq!(kept_of(&made, 0, 0, 0), [0_usize; 0]);
        assert_eq!(kept_of(&[], 7, 5, 12), [0_usize; 0]);
    }

    #[test]
    fn another_of_the_same_day_lets_none_of_that_day_go() {
        let day = ["2026-04-15T14:00:00Z", "2026-04-15T01:00:00Z", "2026-04-14T17:30:00Z"];
        assert_eq!(kept_of(&[&day[..], &["2026-04-14T01:00:00Z"]].concat(), 1, 0, 0), [0, 1, 2]);
        // The first of the next day thins them out.
        assert_eq!(kept_of(&[&["2026-04-15T17:30:00Z"], &day[..]].concat(), 2, 0, 0), [0, 1]);
        assert_eq!(kept_of(&day, 0, 1, 0), [0], "who keeps no days");
    }
}
