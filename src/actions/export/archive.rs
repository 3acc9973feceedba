//! The container of a record that is taken out in one download: a ZIP, which every system opens, made piece by piece in
//! memory. Nothing of it is written to a disk.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::domain::time::Timestamp;

/// An archive under way.
pub(super) struct Archive {
    zip: ZipWriter<StreamWriter<Made>>,
    made: Made,
    options: SimpleFileOptions,
}

/// What was made and not taken yet.
#[derive(Clone, Default)]
struct Made(Arc<Mutex<Vec<u8>>>);

impl Write for Made {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Archive {
    /// An empty one, whose files are dated `at`.
    pub(super) fn begin(at: Timestamp) -> Self {
        let made = Made::default();
        // A file whose length is not known before must be deflated: some programs read no other such.
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        let options = options.last_modified_time(date_of(at).unwrap_or_default()).unix_permissions(0o600);
        Self { zip: ZipWriter::new_stream(made.clone()), made, options }
    }

    /// Begins a file; what is written from now on stands in it.
    pub(super) fn begin_file(&mut self, name: &str) -> io::Result<()> {
        self.zip.start_file(name, self.options).map_err(io::Error::other)
    }

    pub(super) fn write(&mut self, content: &[u8]) -> io::Result<()> {
        self.zip.write_all(content)
    }

    /// What was made since the last time.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut *self.made.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends it; the last piece.
    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        let Self { zip, made, .. } = self;
        zip.finish().map_err(io::Error::other)?;
        Ok(std::mem::take(&mut *made.0.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// In Japan's time, which an archive does not say.
fn date_of(at: Timestamp) -> Option<DateTime> {
    let at = at.to_jiff()?.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(9)));
    let part = |number: i8| u8::try_from(number).ok();
    let (year, month, day) = (u16::try_from(at.year()).ok()?, part(at.month())?, part(at.day())?);
    DateTime::from_date_and_time(year, month, day, part(at.hour())?, part(at.minute())?, part(at.second())?).ok()
}
