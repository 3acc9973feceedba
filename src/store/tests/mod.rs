//! Stories about the store, each told on both engines.
