//! One WebSocket: events in, frames out, bounded.
