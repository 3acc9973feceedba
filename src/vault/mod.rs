//! The only user of `ring`: sealing, the hash chain, tokens.
