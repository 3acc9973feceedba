//! Where the region's key comes from: its file, or a command that prints what the file would hold, so that it can lie in a
//! key management service.

use std::path::{Path, PathBuf};

use super::Place;
use super::read::Reader;
use crate::domain::text::Text;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegionKeyFrom {
    File(PathBuf),
    /// A program and its arguments. No shell is asked.
    Command(Vec<String>),
}

impl RegionKeyFrom {
    /// The file, where it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Command(_) => None,
        }
    }
}

const FILE: &str = "region_key_file";
const COMMAND: &str = "region_key_command";

/// One of both. Where both are given, that from the stronger source; both from one are a mistake.
pub(super) fn region_key(read: &mut Reader<'_>, data_dir: &Path) -> RegionKeyFrom {
    let file = read.path(FILE);
    let places = (read.place(FILE), read.place(COMMAND));
    let command = command(read);
    match places {
        (Some(file_at), Some(command_at)) if strength(&file_at) == strength(&command_at) => {
            let message = Text::fixed(
                "region_key_file と同時には使えません。どちらか一方にしてください",
                "cannot be used together with region_key_file; give one of both",
            );
            read.complain(command_at, COMMAND, message);
        }
        (Some(file_at), Some(command_at)) if strength(&file_at) > strength(&command_at) => {}
        (_, Some(_)) => {
            if let Some(command) = command {
                return RegionKeyFrom::Command(command);
            }
        }
        (_, None) => {}
    }
    RegionKeyFrom::File(file.unwrap_or_else(|| data_dir.join("region.key")))
}

/// The program counts from the folder of the file, like every path, unless it is a bare name that the system looks up.
fn command(read: &mut Reader<'_>) -> Option<Vec<String>> {
    let expected = Text::fixed("プログラムと引数", "a program and its arguments");
    let given = read.list(COMMAND, &expected, |word| (!word.is_empty()).then(|| word.to_owned()))?;
    let place = read.place(COMMAND).unwrap_or(Place::Default);
    let mut words: Vec<String> = given.into_iter().map(|(word, _)| word).collect();
    let Some(program) = words.first_mut() else {
        read.complain(place, COMMAND, Text::fixed("プログラムが必要です", "a program is needed"));
        return None;
    };
    if program.contains('/') {
        *program = read.base(&place).join(&program).to_string_lossy().into_owned();
    }
    Some(words)
}

const fn strength(place: &Place) -> u8 {
    match place {
        Place::Default => 0,
        Place::File { .. } => 1,
        Place::Environment { .. } => 2,
        Place::Flag { .. } => 3,
    }
}
