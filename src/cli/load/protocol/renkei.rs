//! Renkei's own frames for the load driver: `impl Protocol for Renkei`, over `renkei.v1.json` and
//! `renkei.v1.proto`, with the region (patients, members, senders, links, tokens) it posts into.
