//! `renkei backup` and `renkei restore` as an operator meets them on a bad day: killed half way, changed, cut, exchanged, into
//! a region that is there, with a history that somebody wrote into.

use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::support::process::{Killable, Running, printed, run, text};
use crate::support::scratch;

/// Texts that make a region take a while: one of a megabyte each.
const BALLAST: u32 = 48;
/// A process that was never met half way after this many tries is too quick for this test.
const TRIES: usize = 30;

struct Region {
    folder: TempDir,
}

impl Region {
    fn new() -> Self {
        let folder = scratch::folder("region");
        printed(&["init", "--dir", text(folder.path())]);
        Self { folder }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    async fn with_ballast() -> Self {
        let region = Self::new();
        for number in 0..BALLAST {
            let sql = "insert into meta (name, value) values ('ballast ' || $1, hex(randomblob(500000)))";
            write(&region.data(), sql, Some(number)).await;
        }
        region
    }

    fn back_up(&self) -> PathBuf {
        printed(&["backup", "--data", text(&self.data())]);
        self.backups().pop().expect("there is one now")
    }

    /// What lies there under the name of a backup, the oldest first.
    fn backups(&self) -> Vec<PathBuf> {
        let mut found = lying_in(&self.data().join("backups"), ".backup");
        found.sort();
        found
    }

    /// A folder with this region's keys and no database.
    fn elsewhere(&self) -> TempDir {
        let folder = scratch::folder("elsewhere");
        for key in ["region.key", "checkpoint.key"] {
            fs::copy(self.data().join(key), folder.path().join(key)).unwrap();
        }
        folder
    }
}

fn lying_in(folder: &Path, end: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).filter(|path| text(path).ends_with(end)).collect()
}

async fn write(data: &Path, sql: &'static str, number: Option<u32>) {
    let url = format!("sqlite://{}", data.join("renkei.db").display());
    let mut database = SqliteConnection::connect(&url).await.expect("the database opens");
    let mut query = sqlx::query(sql);
    if let Some(number) = number {
        query = query.bind(number);
    }
    let touched = query.execute(&mut database).await.expect("it can be written").rows_affected();
    assert!(touched > 0, "{sql}");
    database.close().await.expect("it closes");
}

/// Exit code and all that was said.
/// As whoever keeps the database in order does.
async fn arrange(data: &Path, sql: &'static str) {
    let url = format!("sqlite://{}", data.join("renkei.db").display());
    let mut database = SqliteConnection::connect(&url).await.expect("the database opens");
    sqlx::query(sql).execute(&mut database).await.expect("it is done");
    database.close().await.expect("it closes");
}

fn said(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(&[&["--language", "en"], arguments].concat());
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code(), format!("{out}{err}"))
}

#[test]
fn a_second_backup_of_the_same_day_leaves_the_first() {
    let region = Region::new();
    let first = region.back_up();
    // Their names hold the second: whoever is quicker waits for the next, and nothing is lost.
    let second = region.back_up();
    let third = region.back_up();
    assert_eq!(region.backups(), [first, second, third]);
}

#[tokio::test]
async fn a_backup_that_is_killed_half_way_is_no_backup_and_the_next_clears_it_away() {
    let region = Region::with_ballast().await;
    let folder = region.data().join("backups");
    let mut was_met = false;
    for _ in 0..TRIES {
        let mut backup = Killable::start(&["backup", "--data", text(&region.data())]);
        backup.kill_when(|| lying_in(&folder, ".part").iter().any(|draft| size(draft) > 4 << 20));
        if lying_in(&folder, ".part").is_empty() {
            // It was too quick: then it is one, and whole.
            region.backups().iter().for_each(|whole| fs::remove_file(whole).unwrap());
            continue;
        }
        assert_eq!(region.backups(), Vec::<PathBuf>::new(), "half a backup has no name");
        was_met = true;
        break;
    }
    assert!(was_met, "never half way");
    let (code, list) = said(&["backup", "list", "--data", text(&region.data())]);
    assert!(code == Some(0) && list.contains("there is no backup"), "{list}");
    region.back_up();
    assert_eq!(lying_in(&folder, ".part"), Vec::<PathBuf>::new());
    let (code, whole) = said(&["backup", "verify", "--rehearse", "--data", text(&region.data())]);
    assert!(code == Some(0) && whole.contains("It is whole") && whole.contains("every seal hold"), "{whole}");
}

#[tokio::test]
async fn a_restore_that_is_killed_half_way_leaves_what_nobody_serves_until_it_is_done_again() {
    let region = Region::with_ballast().await;
    let file = region.back_up();
    let mut half = None;
    for _ in 0..TRIES {
        let folder = region.elsewhere();
        let wal = folder.path().join("renkei.db-wal");
        let mut restore = Killable::start(&["restore", text(&file), "--data", text(folder.path())]);
        if restore.kill_when(|| size(&wal) > 8 << 20) {
            half = Some(folder);
            break;
        }
    }
    let folder = half.expect("it is met half way");
    let data = text(folder.path());
    for command in [&["serve", "--listen", "127.0.0.1:0", "--data", data][..], &["sign-in", "--data", data]] {
        let (code, why) = said(command);
        assert!(code == Some(1) && why.contains("is not whole; run `renkei restore` again"), "{command:?}: {why}");
    }
    let (code, done) = said(&["restore", text(&file), "--data", data]);
    assert!(code == Some(0) && done.contains("To start: renkei serve"), "{done}");
    let hub = Running::start(&["serve", "--listen", "127.0.0.1:0", "--data", data]);
    let (code, taken) = said(&["restore", text(&file), "--data", data]);
    assert!(code == Some(1) && taken.contains("stop it first"), "{taken}");
    assert!(hub.stop().success());
    let (code, there) = said(&["restore", text(&file), "--data", data]);
    assert!(code == Some(1) && there.contains("not empty"), "{there}");
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).map_or(0, |found| found.len())
}

#[test]
fn a_backup_that_was_changed_cut_or_exchanged_is_named_and_nothing_is_restored_from_it() {
    let region = Region::new();
    let (data, folder) = (region.data(), region.elsewhere());
    let first = folder.path().join("first.backup");
    fs::copy(region.back_up(), &first).unwrap();
    // Two of one second would have one name: the next waits for another.
    region.back_up();
    let [_, second] = &region.backups()[..] else { panic!("those of the day stay") };
    let refuses = |file: &Path, why: &str, verdict: i32| {
        let (code, told) = said(&["backup", "verify", text(file), "--data", text(&data)]);
        assert!(code == Some(verdict) && told.contains(why), "{told}");
        let (code, told) = said(&["restore", text(file), "--data", text(folder.path())]);
        assert!(code == Some(1) && told.contains(why) && told.matches(text(file)).count() == 1, "{told}");
        let output = run(&["--language", "ja", "restore", text(file), "--data", text(folder.path())]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(text(file)) && !told.contains(why), "once, in the reader's language: {told}");
        assert!(!folder.path().join("renkei.db").exists(), "the database is not begun with");
    };
    let copy = folder.path().join("copy.backup");
    for at in [5, 20, 60, 120, size(second) / 2, size(second) - 3] {
        fs::copy(second, &copy).unwrap();
        let file = fs::File::options().read(true).write(true).open(&copy).unwrap();
        let mut byte = [0];
        file.read_exact_at(&mut byte, at).unwrap();
        file.write_all_at(&[byte[0] ^ 1], at).unwrap();
        // Early in it stands the name of the key that it needs; which of the two is wrong only that key tells.
        let (why, verdict) = if at == 20 { ("it needs the region key", 1) } else { ("it is", 3) };
        refuses(&copy, why, verdict);
    }
    for keep in [10, 100, size(second) / 2, size(second) - 1] {
        fs::copy(second, &copy).unwrap();
        fs::File::options().write(true).open(&copy).unwrap().set_len(keep).unwrap();
        refuses(&copy, "it is", 3);
    }
    let mut joined = fs::read(&first).unwrap();
    joined.extend(fs::read(second).unwrap());
    fs::write(&copy, joined).unwrap();
    refuses(&copy, "something follows its end", 3);

    // An old one under the name of a new one is whole, and not what it is called.
    fs::copy(&first, second).unwrap();
    let (code, told) = said(&["backup", "verify", text(second), "--data", text(&data)]);
    assert!(code == Some(3) && told.contains("put in another's place"), "{told}");
    assert!(said(&["backup", "list", "--data", text(&data)]).1.contains("put in another's place"));

    let stranger = scratch::folder("stranger");
    printed(&["init", "--dir", text(stranger.path())]);
    let (code, told) = said(&["backup", "verify", text(&first), "--data", text(&stranger.path().join("data"))]);
    assert!(code == Some(1) && told.contains("it needs the region key") && told.contains("another key"), "{told}");
}

#[tokio::test]
async fn tables_and_columns_of_others_are_in_no_backup_and_it_comes_back() {
    let region = Region::new();
    let data = region.data();
    arrange(&data, "create table dba_note (x real)").await;
    arrange(&data, "alter table entry add column note text").await;
    let names = "dba_note, entry.note";
    let (code, made) = said(&["backup", "--data", text(&data)]);
    assert!(code == Some(0) && made.contains("found whole") && made.contains(names), "{made}");
    let file = region.backups().pop().expect("it is there");
    let (code, whole) = said(&["backup", "verify", "--rehearse", text(&file), "--data", text(&data)]);
    assert!(code == Some(0) && whole.contains("every seal") && !whole.contains("dba_note"), "{whole}");
    let (code, checked) = said(&["store", "check", "--data", text(&data)]);
    assert!(code == Some(0) && checked.contains(names) && checked.contains("Nothing is wrong"), "{checked}");
    let elsewhere = region.elsewhere();
    let (code, back) = said(&["restore", text(&file), "--data", text(elsewhere.path())]);
    assert!(code == Some(0) && back.contains("To start: renkei serve") && !back.contains("dba_note"), "{back}");
    let hub = Running::start(&["serve", "--listen", "127.0.0.1:0", "--data", text(&data)]);
    assert!(hub.stop().success());
}

#[tokio::test]
async fn a_trigger_on_a_table_is_a_fault_that_a_check_names() {
    let region = Region::new();
    let trap = "create trigger trap after update on person begin select 1; end";
    arrange(&region.data(), trap).await;
    let (code, checked) = said(&["store", "check", "--data", text(&region.data())]);
    assert!(code == Some(1) && checked.contains("trigger trap on table person"), "{checked}");
}

#[tokio::test]
async fn a_history_that_was_written_into_before_the_backup_is_served_only_by_somebody_who_says_why() {
    let region = Region::new();
    printed(&["audit", "checkpoint", "--data", text(&region.data())]);
    write(&region.data(), "update audit set recorded_at = recorded_at + 1 where seq = 1", None).await;
    let file = region.back_up();
    let rehearsed = said(&["backup", "verify", "--rehearse", text(&file), "--data", text(&region.data())]);
    assert!(rehearsed.0 == Some(1) && rehearsed.1.contains("audit log #1: was changed"), "{}", rehearsed.1);
    let folder = region.elsewhere();
    let at = ["restore", text(&file), "--data", text(folder.path())];
    let (code, told) = said(&at);
    assert!(code == Some(1) && told.contains("audit log #1: was changed"), "{told}");
    let (_, refused) = said(&["sign-in", "--data", text(folder.path())]);
    assert!(refused.contains("is not whole"), "{refused}");
    let (code, told) = said(&[&at[..], &["--despite-faults", " "]].concat());
    assert!(code == Some(1) && told.contains("a reason is needed"), "{told}");
    let (code, told) = said(&[&at[..], &["--despite-faults", "調査のため"]].concat());
    assert!(code == Some(0) && told.contains("audit log #1: was changed"), "{told}");
    let list = ["audit", "list", "--reason", "点検", "--kind", "keeping", "--data", text(folder.path())];
    assert!(said(&list).1.contains("despite faults"), "{}", said(&list).1);
}

/// The chains hold, because what was changed is in none: only whoever goes through all that there is finds it.
#[tokio::test]
async fn a_rehearsal_looks_at_every_row_that_gives_power_and_names_one_that_is_forged() {
    let region = Region::new();
    let rehearse = |file: &Path| said(&["backup", "verify", "--rehearse", text(file), "--data", text(&region.data())]);
    let (code, told) = rehearse(&region.back_up());
    assert!(code == Some(0) && told.contains("every seal hold"), "{told}");
    // The second has no MAC, as all rows of before there were any: none is taken in on its way back.
    for by_hand in ["update person set active = 0", "update person set active = 1, mac = null"] {
        write(&region.data(), by_hand, None).await;
        // Two of one moment would have one name.
        while !run(&["backup", "--data", text(&region.data())]).status.success() {}
        let file = region.backups().pop().expect("it is there");
        let (code, told) = said(&["backup", "verify", text(&file), "--data", text(&region.data())]);
        assert_eq!(code, Some(0), "the file itself is whole: {told}");
        let (code, told) = rehearse(&file);
        assert!(code == Some(1) && told.contains("was not written with the region's key"), "{by_hand}: {told}");
    }
}

/// What is linked anew to the end of what was cut fits: the signed checkpoint alone says what stood there.
#[tokio::test]
async fn a_rehearsal_holds_the_history_against_the_checkpoints_that_were_signed() {
    let region = Region::new();
    printed(&["audit", "checkpoint", "--data", text(&region.data())]);
    write(&region.data(), "delete from audit where seq > 1", None).await;
    write(&region.data(), "update audit_head set seq = 1, chain = (select chain from audit where seq = 1)", None).await;
    let file = region.back_up();
    let (code, told) = said(&["backup", "verify", "--rehearse", text(&file), "--data", text(&region.data())]);
    assert!(code == Some(1) && told.contains("audit log #"), "{told}");
}

/// A hub does not start with a name that does not open: whoever rehearses hears of it before that night.
#[tokio::test]
async fn a_rehearsal_opens_the_names_in_the_directory() {
    let region = Region::new();
    write(&region.data(), "update person set sealed = zeroblob(80)", None).await;
    let file = region.back_up();
    let (code, told) = said(&["backup", "verify", "--rehearse", text(&file), "--data", text(&region.data())]);
    assert!(code == Some(1) && told.contains("a record does not open"), "{told}");
}

#[test]
fn a_database_that_is_away_is_told_by_every_command_and_made_anew_by_none() {
    let region = Region::new();
    let folder = region.elsewhere();
    let data = text(folder.path());
    let commands: [&[&str]; 6] = [
        &["audit", "verify"],
        &["store", "check"],
        &["backup"],
        &["key", "status"],
        &["sign-in"],
        &["serve", "--listen", "127.0.0.1:0"],
    ];
    for command in commands {
        let (code, why) = said(&[command, &["--data", data]].concat());
        assert!(code == Some(1) && why.contains("there is no region in this database"), "{command:?}: {why}");
        assert!(!folder.path().join("renkei.db").exists(), "{command:?}");
    }
}
