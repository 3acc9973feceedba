//! Nobody reads what is logged or printed: the disk under it is full, or whoever listened is gone. Work goes on.

use std::fs::File;
use std::process::Stdio;

use crate::support::process::{Running, printed, run_into, text};
use crate::support::scratch;

/// Takes nothing, as a full disk does.
fn full() -> File {
    File::options().write(true).open("/dev/full").expect("Linux has one")
}

/// A pipe whose reader is gone.
fn unread() -> Stdio {
    let (reader, writer) = std::io::pipe().expect("there are pipes");
    drop(reader);
    writer.into()
}

#[test]
fn a_hub_whose_log_takes_nothing_serves_and_ends_in_order() {
    let folder = scratch::folder("unread");
    printed(&["init", "--dir", text(folder.path())]);
    let data = folder.path().join("data");
    let serve = ["serve", "--listen", "127.0.0.1:0", "--log-level", "info", "--data", text(&data)];
    for log in [full().into(), unread()] {
        // What it says while it stops goes the same way.
        assert!(Running::start_logging_to(log, &serve).stop().success());
    }
    for out in [full().into(), unread()] {
        let hub = Running::start_unheard(out, "nobody reads that the hub is ready", &serve);
        assert!(hub.stop().success());
    }
}

#[test]
fn a_command_whose_output_is_lost_does_its_work_and_says_so_by_its_exit_code() {
    for (out, code, told) in [(full().into(), 1, "No space left"), (unread(), 141, "")] {
        let folder = scratch::folder("unread");
        let lost = run_into(out, &["--language", "en", "init", "--dir", text(folder.path())]);
        let said = String::from_utf8_lossy(&lost.stderr);
        assert_eq!(lost.status.code(), Some(code), "{said}");
        assert!(said.contains(told) && !said.contains("panicked") && said.lines().count() <= 1, "{said}");
        // All of it was done: there is a region with somebody in it.
        let data = folder.path().join("data");
        assert_eq!(printed(&["sign-in", "--data", text(&data)]).lines().count(), 1);
    }
}
