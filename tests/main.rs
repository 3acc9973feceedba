//! The one integration binary: every story and check is a module of it, so that it links once.

#![expect(clippy::unwrap_used, reason = "a test may panic where what it expects is missing")]

mod commands;
mod etiquette;
mod fuzz;
mod golden;
mod rest;
mod support;
mod tidy;
mod torture;
