//! The region's agreed rules as data: parse, check, compile, decide, explain. Pure.
