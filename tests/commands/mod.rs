//! Stories of the commands, told with the real binary as an operator or a newcomer would use it.

mod audit;
mod backup;
mod checkpoint_key;
pub mod client;
mod clients;
mod damaged;
mod demo;
mod devices;
mod ended_beside;
mod export;
mod fresh_region;
mod keys;
mod mistakes;
mod posts;
mod rulebook;
mod secretariat;
mod stop;
mod striking;
mod unread;
