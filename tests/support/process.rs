//! The real binary as a child process: its output line by line, and its end by request. A child that a
//! test leaves running is killed with it.

use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A line that does not come within this will not come.
const LINE_S_MAX: u64 = 60;

/// Runs a command of the binary to its end.
pub fn run(arguments: &[&str]) -> Output {
    binary(arguments).output().expect("the binary runs")
}

/// The same where standard output is something else.
pub fn run_into(out: impl Into<Stdio>, arguments: &[&str]) -> Output {
    binary(arguments).stdout(out).stderr(Stdio::piped()).output().expect("the binary runs")
}

/// What a command that must succeed prints.
#[track_caller]
pub fn printed(arguments: &[&str]) -> String {
    let output = run(arguments);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{arguments:?}: {}\n{out}\n{err}", output.status);
    out.into_owned()
}

/// Nothing of the developer's own settings reaches the child.
fn binary(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_renkei"));
    let foreign = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("RENKEI_"));
    for (name, _) in foreign {
        command.env_remove(name);
    }
    command.args(arguments).current_dir(std::env::temp_dir()).stdin(Stdio::null());
    command
}

/// A command that is killed on its way.
pub struct Killable {
    child: Child,
}

impl Killable {
    pub fn start(arguments: &[&str]) -> Self {
        let child = binary(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Self { child: child.expect("the binary starts") }
    }

    /// SIGKILL as soon as this holds. `false`: it came to its end before.
    pub fn kill_when(&mut self, holds: impl Fn() -> bool) -> bool {
        while self.child.try_wait().expect("it is ours").is_none() {
            if holds() {
                self.child.kill().expect("it runs");
                return !self.child.wait().expect("it ends").success();
            }
        }
        false
    }
}

impl Drop for Killable {
    fn drop(&mut self) {
        // Fails where the child ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command that serves until it is stopped.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
    /// What `ready` named.
    pub url: String,
}

impl Running {
    /// Starts a command and waits for its `ready`.
    pub fn start(arguments: &[&str]) -> Self {
        Self::spawn(binary(arguments).stdout(Stdio::piped()))
    }

    /// The same, with its log going there.
    pub fn start_logging_to(log: impl Into<Stdio>, arguments: &[&str]) -> Self {
        Self::spawn(binary(arguments).stdout(Stdio::piped()).stderr(log))
    }

    /// Starts a command whose standard output is this, and waits for what it says of that in its log.
    pub fn start_unheard(out: impl Into<Stdio>, logged: &str, arguments: &[&str]) -> Self {
        let mut child = binary(arguments).stdout(out).stderr(Stdio::piped()).spawn().expect("the binary starts");
        let lines = Self::lines_of(child.stderr.take().expect("piped above"));
        let running = Self { child, lines, url: String::new() };
        running.line_with(logged);
        running
    }

    fn lines_of(out: impl Read + Send + 'static) -> Receiver<String> {
        let (read, lines) = channel();
        std::thread::spawn(move || {
            // Ends with the child; a test that no longer listens lets it write on.
            BufReader::new(out).lines().map_while(Result::ok).for_each(|line| drop(read.send(line)));
        });
        lines
    }

    fn spawn(command: &mut Command) -> Self {
        let mut child = command.spawn().expect("the binary starts");
        let lines = Self::lines_of(child.stdout.take().expect("piped above"));
        let mut running = Self { child, lines, url: String::new() };
        let ready = running.line_with("ready ");
        ready.strip_prefix("ready ").expect("the line begins so").trim_end_matches('/').clone_into(&mut running.url);
        running
    }

    /// The next line that holds this text.
    #[track_caller]
    pub fn line_with(&self, text: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(LINE_S_MAX));
            let line = line.unwrap_or_else(|error| panic!("no line with {text:?}: {error}"));
            if line.contains(text) {
                return line;
            }
        }
    }

    /// `host:port` of the hub.
    pub fn authority(&self) -> &str {
        self.url.split_once("://").expect("a URL").1
    }

    /// SIGTERM, and the end it comes to.
    pub fn stop(mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
        assert!(told.success());
        self.child.wait().expect("it ends")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails where the child ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path of this test is text")
}
