//! The region's key of a configuration: out of its file, or asked of the command that the configuration names. Every command
//! that opens a region's database takes it from here.
//!
//! Of a command only what it prints is taken. What it says beside that is shown nowhere, since nobody knows whether the key
//! is in it, and neither are its arguments.

use std::io::Read as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use super::Complaint;
use crate::config::{Config, RegionKeyFrom};
use crate::domain::text::Text;
use crate::limits::{KEY_COMMAND_MS_MAX, KEY_COMMAND_POLL_MS, KEY_FILE_BYTES_MAX};
use crate::vault::RegionKey;

/// The key of this configuration.
///
/// # Errors
/// When the file or what the command prints is no key, or the command fails, takes too long or says too much.
pub(super) fn load(config: &Config) -> anyhow::Result<RegionKey> {
    match &config.region_key {
        RegionKeyFrom::File(path) => Ok(RegionKey::load_file(path)?),
        RegionKeyFrom::Command(words) => Ok(ask(words, Duration::from_millis(KEY_COMMAND_MS_MAX))?),
    }
}

/// The key that a command prints.
///
/// # Errors
/// See [`load`].
pub(super) fn ask(words: &[String], within: Duration) -> Result<RegionKey, Complaint> {
    let Some((program, arguments)) = words.split_first() else {
        return Err(Complaint::new(Text::fixed("鍵のコマンドがありません", "no command for the key is given")));
    };
    let failed = |ja: &str, en: &str| {
        Text::new(
            format!("鍵のコマンド {program} {ja}"),
            format!("the command {program}, which is to print the key, {en}"),
        )
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(Complaint::because(failed("を始められません", "cannot be started")))?;
    let printed = match read_within(&mut child, within) {
        Some(printed) => printed.map_err(Complaint::because(failed("の出力を読めません", "cannot be read from")))?,
        None => {
            end(&mut child);
            let within_s = within.as_secs();
            return Err(Complaint::new(failed(
                &format!("が {within_s} 秒以内に終わりません"),
                &format!("does not end within {within_s} seconds"),
            )));
        }
    };
    if printed.len() as u64 > KEY_FILE_BYTES_MAX {
        end(&mut child);
        return Err(Complaint::new(failed(
            &format!("の出力が {KEY_FILE_BYTES_MAX} バイトを超えています"),
            &format!("prints more than {KEY_FILE_BYTES_MAX} bytes"),
        )));
    }
    match end_within(&mut child, within) {
        Some(status) if status.success() => {}
        Some(status) => {
            let said = failed(
                &format!("が失敗しました（{status}）。手で実行して確かめてください"),
                &format!("failed ({status}); run it by hand to see why"),
            );
            return Err(Complaint::new(said));
        }
        None => {
            end(&mut child);
            return Err(Complaint::new(failed("が終わりません", "does not end")));
        }
    }
    RegionKey::from_text(&printed).map_err(|why| {
        let why = why.text();
        Complaint::new(failed(&format!("の出力: {}", why.ja), &format!("prints something else: {}", why.en)))
    })
}

/// All that it prints, and a byte more than it may; `None`: it goes on for too long.
fn read_within(child: &mut Child, within: Duration) -> Option<std::io::Result<Zeroizing<Vec<u8>>>> {
    let output = child.stdout.take()?;
    let (hand_over, read) = mpsc::sync_channel(1);
    // Ends with the process that prints, if not before.
    thread::spawn(move || {
        let mut printed = Zeroizing::new(Vec::with_capacity(KEY_FILE_BYTES_MAX as usize + 1));
        let read = output.take(KEY_FILE_BYTES_MAX + 1).read_to_end(&mut printed);
        // Nobody listens any more when it took too long.
        let _ = hand_over.send(read.map(|_| printed));
    });
    read.recv_timeout(within).ok()
}

fn end_within(child: &mut Child, within: Duration) -> Option<ExitStatus> {
    let poll = Duration::from_millis(KEY_COMMAND_POLL_MS);
    for _ in 0..within.as_millis().div_ceil(poll.as_millis()) {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) => thread::sleep(poll),
            Err(_) => return None,
        }
    }
    None
}

/// It may have ended by itself just now.
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "renkei-region-key-v1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";

    fn shell(script: &str) -> Vec<String> {
        ["/bin/sh", "-c", script].map(str::to_owned).to_vec()
    }

    fn refused(script: &str, within_ms: u64) -> String {
        ask(&shell(script), Duration::from_millis(within_ms)).unwrap_err().to_string()
    }

    #[test]
    fn the_key_is_what_the_command_prints_and_nothing_that_it_says_is_shown() {
        let ample = Duration::from_secs(60);
        let key = ask(&shell(&format!("echo said >&2; echo {KEY}")), ample).unwrap();
        assert_eq!(key.fingerprint(), "ccc4303c1de7208b");
        for (script, expected) in [
            (format!("echo {KEY}; exit 3"), "failed (exit status: 3)"),
            ("echo hello".to_owned(), "it must start with `renkei-region-key-v1:`"),
            (format!("printf %s {KEY} | head -c 50"), "the key is damaged"),
            ("true".to_owned(), "it is not a region key"),
            ("yes".to_owned(), "prints more than 1024 bytes"),
        ] {
            let told = refused(&script, 60_000);
            assert!(told.contains(expected) && told.contains("/bin/sh"), "{script}: {told}");
            assert!(!told.contains("AQEB"), "neither the key nor the arguments: {told}");
        }
        let missing = ask(&["/nowhere/kms".to_owned()], ample).unwrap_err();
        assert!(missing.to_string().contains("/nowhere/kms") && missing.to_string().contains("cannot be started"));
    }

    #[test]
    fn a_command_that_does_not_end_is_given_up() {
        assert!(refused("sleep 600", 50).contains("does not end within"));
        assert!(refused("exec >&-; sleep 600", 50).contains("does not end"));
    }
}
