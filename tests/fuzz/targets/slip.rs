//! One parser of `parsers.rs`, for the fuzzer.

#![no_main]

#[path = "../parsers.rs"]
mod parsers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::check("slip", bytes));
