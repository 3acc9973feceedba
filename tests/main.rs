//! The one integration binary: every story and check is a module of it, so that it links once.

mod rest;
mod support;
mod tidy;
mod torture;
