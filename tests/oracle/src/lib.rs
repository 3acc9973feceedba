//! The hub's rulebook read a second time and asked beside the hub: the same files, by another reader, as policies of
//! [Cedar](https://www.cedarpolicy.com), over random events. Run by `./test`; no part of the hub.
//!
//! Read `words` and `rules` (the files), `cedar` (a rule as policies), `opinion` (what follows from them), `hub` (what
//! the hub says), `event` (what is asked) and `mistakes` (what must be noticed). Who owes and by when is no matter of
//! conditions and is left out.

#![cfg(test)]

mod cedar;
mod event;
mod hub;
mod mistakes;
mod opinion;
mod rules;
mod tests;
mod words;
