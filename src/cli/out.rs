//! What commands print for people. The macros of this file stand in for those of the standard library everywhere in this
//! layer: those panic where nobody can be told any more (a full disk, a pipe whose reader went), in the midst of the work.
//!
//! INVARIANT: nothing that cannot be printed stops work that was begun. The exit code tells of it afterwards.

use std::fmt;
use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;
use std::sync::OnceLock;

use super::complaint::of_system;
use super::{EXIT_FAILURE, Terminal};
use crate::domain::text::Text;

/// What shells say of a command whose reader went: 128 and the number of SIGPIPE.
const EXIT_BROKEN_PIPE: u8 = 141;

/// Why standard output takes nothing any more.
static LOST: OnceLock<io::Error> = OnceLock::new();

macro_rules! print {
    ($($told:tt)*) => { $crate::cli::out::print(::std::format_args!($($told)*)) };
}

macro_rules! println {
    ($($told:tt)*) => { $crate::cli::out::print(::std::format_args!("{}\n", ::std::format_args!($($told)*))) };
}

macro_rules! eprintln {
    ($($told:tt)*) => { $crate::cli::out::complain(::std::format_args!($($told)*)) };
}

/// Whether whoever prints line after line may as well stop: a reader who went, as `head` does, has enough.
pub(super) fn is_lost() -> bool {
    LOST.get().is_some()
}

/// Prints, unless something was lost before: half of what a command has to tell would mislead.
pub(super) fn print(told: fmt::Arguments<'_>) {
    if is_lost() {
        return;
    }
    if let Err(error) = write(told) {
        let _ = LOST.set(error);
    }
}

/// The same for whoever goes on without a reader.
///
/// # Errors
/// When standard output takes nothing.
pub(super) fn write(told: fmt::Arguments<'_>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_fmt(told)?;
    out.flush()
}

/// A line on standard error. Where that takes nothing either, there is nobody left to tell.
pub(super) fn complain(told: fmt::Arguments<'_>) {
    let _ = writeln!(io::stderr().lock(), "{told}");
}

/// How a command ends that would have ended with `code`: not well, if what it found reached nobody.
pub(super) fn ended(code: ExitCode, terminal: Terminal) -> ExitCode {
    let Some(error) = LOST.get() else { return code };
    if code != ExitCode::SUCCESS {
        return code;
    }
    if error.kind() == ErrorKind::BrokenPipe {
        return ExitCode::from(EXIT_BROKEN_PIPE);
    }
    let said = of_system(error).unwrap_or_else(|| Text::new(error.to_string(), error.to_string()));
    let told = Text::new(
        format!("結果を標準出力に書けません: {}", said.ja),
        format!("cannot print what was found: {}", said.en),
    );
    complain(format_args!("renkei: {}", terminal.language.pick(&told)));
    ExitCode::from(EXIT_FAILURE)
}
