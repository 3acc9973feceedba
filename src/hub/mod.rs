//! The running process: sequencer, fan-out, presence.
