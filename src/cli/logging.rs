//! The log on standard error: for people or as one JSON object per line. Called once, by the
//! commands that run for long.

use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat, LogLevel};

/// Starts the log of the process.
///
/// # Errors
/// When it was started before.
pub fn start_logging(log: Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(directives(log.level))?;
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Text => subscriber.try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!(error))
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
    fn no_level_makes_the_libraries_talk() {
        for level in [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace] {
            let filter = EnvFilter::try_new(directives(level)).unwrap().to_string();
            let is_quiet =
                |part: &str| ["error", "warn", "rustls=error"].contains(&part) || part.starts_with("renkei=");
            assert!(filter.split(',').all(is_quiet), "{filter}");
        }
    }
}
