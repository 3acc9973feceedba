//! Frames and domain: the only (de)serialisation for outsiders.
