//! Backups: the whole region in one sealed file, made beside a running hub, kept in several generations, and put back into
//! an empty database of either engine. Called by `renkei backup` and `renkei restore`.
//!
//! What stands in a backup is `store/dump`; how the file is sealed is `sealed_file.rs`; see also decision 015.

mod generations;
mod making;
mod restoring;
mod sealed_file;

pub use generations::{Generation, Keep, Listing, files as generation_files, is_named_truly, list};
pub use making::{BackupError, Made, make};
pub use restoring::{RestoreError, RestoreInto, Restored, restore};
pub use sealed_file::{BadBackup, OpenBy, Whole, needed_key, read_manifest, read_whole};
