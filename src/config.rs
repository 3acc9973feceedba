//! The configuration: file, environment and flags, checked before anything starts.
