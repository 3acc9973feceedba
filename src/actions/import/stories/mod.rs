//! Stories of imports against a target in memory: one per class of odd row, and the sample data whole.
