//! The one integration binary: every story and check is a module of it, so that it links once.

mod commands;
mod rest;
mod support;
mod tidy;
