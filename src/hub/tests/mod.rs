//! The hub on a real journal whose commits a test lets fail: what holds whatever becomes of a batch.

mod duties;
mod failures;
mod planning;
mod queue;
mod reader;
mod simulation;
mod taken_out;
mod told;
mod waking;
mod world;
