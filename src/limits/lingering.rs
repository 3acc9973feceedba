//! Bounds of what is read of a request's body after its answer is known. Part of `limits.rs`.

/// What is read, and thrown away, of a body that nobody asked for before it is answered, so that its connection can go on.
pub const UNREAD_BODY_BYTES_MAX: usize = 65_536;
/// How often it is looked whether more of it is here.
pub const UNREAD_BODY_LOOKS_MAX: usize = 4;
/// What is read of it after the answer, so that a client that only writes first comes to read it. The whole of a file that is
/// a little too large, or of an import.
pub const LINGERING_BODY_BYTES_MAX: usize = 2 * super::IMPORT_FILE_BYTES_MAX;
/// For how long.
pub const LINGERING_BODY_MS: u64 = 30_000;
const _: () = assert!(LINGERING_BODY_BYTES_MAX > 2 * super::ATTACHMENT_BYTES_MAX as usize);
