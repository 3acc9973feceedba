//! Figures of running processes out of `/proc`: processor time and resident memory of the server,
//! and how many files the driver itself may open.

use std::{fs, time::Duration};

use anyhow::{Context, ensure};

/// Linux reports processor time in these units to user space on every architecture we run on
/// (proc_pid_stat(5): `sysconf(_SC_CLK_TCK)`, which is 100).
const TICKS_PER_SECOND: u64 = 100;
/// Files the driver needs besides its connections.
const FILES_RESERVED: u64 = 64;

/// What a server's processes used up to one moment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    pub cpu: Duration,
    pub rss_kib: u64,
}

/// The sum over `pids`, for a server is sometimes several processes.
pub fn usage(pids: &[u32]) -> anyhow::Result<Usage> {
    let mut sum = Usage::default();
    for pid in pids {
        let reading = || format!("reading /proc/{pid}: is the server still running?");
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).with_context(reading)?;
        let status = fs::read_to_string(format!("/proc/{pid}/status")).with_context(reading)?;
        let ticks = cpu_ticks(&stat).with_context(|| format!("/proc/{pid}/stat is odd"))?;
        sum.cpu += Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND);
        sum.rss_kib += rss_kib(&status).with_context(|| format!("/proc/{pid}/status is odd"))?;
    }
    Ok(sum)
}

/// Refuses before a run that would end with "too many open files" half way.
pub fn ensure_files_suffice(connections: u32) -> anyhow::Result<()> {
    let limits = fs::read_to_string("/proc/self/limits").context("reading /proc/self/limits")?;
    let needed = u64::from(connections) + FILES_RESERVED;
    let allowed = open_files_max(&limits).context("/proc/self/limits is odd")?;
    ensure!(
        needed <= allowed,
        "{connections} connections need {needed} open files, but only {allowed} are allowed \
         here; try `ulimit -n {needed}`"
    );
    Ok(())
}

/// utime + stime. The command's name, which may hold spaces and brackets, ends at the last bracket.
fn cpu_ticks(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    // Fields 14 and 15; the first after the name is field 3.
    let mut fields = after_name.split_ascii_whitespace().skip(11);
    let (user, system) = (fields.next()?, fields.next()?);
    Some(user.parse::<u64>().ok()? + system.parse::<u64>().ok()?)
}

fn rss_kib(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

fn open_files_max(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_ascii_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        soft => soft.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_past_a_name_with_brackets() {
        let stat = "42 (a) b (c)) S 1 42 42 0 -1 4194560 900 0 0 0 250 150 7 7 20 0 3 0 100 1 2";
        assert_eq!(cpu_ticks(stat), Some(400));
        assert_eq!(cpu_ticks("42 (a) S"), None);
    }

    #[test]
    fn memory_and_limits_are_read() {
        assert_eq!(rss_kib("VmPeak:\t 9 kB\nVmRSS:\t   37000 kB\n"), Some(37_000));
        let limits = "Limit Soft Hard Units\nMax open files   1024   4096   files\n";
        assert_eq!(open_files_max(limits), Some(1_024));
        assert_eq!(open_files_max("Max open files unlimited unlimited files"), Some(u64::MAX));
    }

    #[test]
    fn this_very_process_has_figures() {
        let usage = usage(&[std::process::id()]).expect("we are running");
        assert!(usage.rss_kib > 0);
        assert!(ensure_files_suffice(u32::MAX).is_err());
    }
}
