//! The log on standard error: for people or as one JSON object per line. Called once, by the
//! commands that run for long. A line that cannot be written (a full disk, a reader that went) is lost, and nothing else.

use std::ffi::OsStr;
use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat, LogLevel};

/// Starts the log of the process.
///
/// # Errors
/// When it was started before.
pub fn start_logging(log: Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(directives(log.level))?;
    let no_color = std::env::var_os("NO_COLOR");
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // It would say on standard error that standard error takes nothing, and fall over there with the task that logged.
        .log_internal_errors(false)
        .with_writer(std::io::stderr)
        .with_ansi(is_coloured(std::io::stderr().is_terminal(), no_color.as_deref()));
    let started = match log.format {
        LogFormat::Text => subscriber.try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!(error))
}

/// Colours are for somebody who looks: not for files, and not where they are not wanted (no-color.org).
fn is_coloured(is_terminal: bool, no_color: Option<&OsStr>) -> bool {
    is_terminal && no_color.is_none_or(OsStr::is_empty)
}

/// The libraries speak only of what is wrong: at their debug level they print what they carry, and
/// that is patients' data.
fn directives(level: LogLevel) -> String {
    match level {
        LogLevel::Error => "error".to_owned(),
        // What a client says wrongly while it greets, rustls warns of: anybody could fill the log with it.
        _ => format!("warn,rustls=error,renkei={}", level.code()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_for_a_terminal_whose_owner_wants_them() {
        for (is_terminal, no_color, coloured) in
            [(true, None, true), (true, Some(""), true), (true, Some("1"), false), (false, None, false)]
        {
            assert_eq!(is_coloured(is_terminal, no_color.map(OsStr::new)), coloured, "{is_terminal} {no_color:?}");
        }
    }

    #[test]
    fn no_level_makes_the_libraries_talk() {
        for level in [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace] {
            let filter = EnvFilter::try_new(directives(level)).unwrap().to_string();
            let is_quiet =
                |part: &str| ["error", "warn", "rustls=error"].contains(&part) || part.starts_with("renkei=");
            assert!(filter.split(',').all(is_quiet), "{filter}");
        }
    }
}
