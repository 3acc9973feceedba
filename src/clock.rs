//! Time and ids as arguments: the only place that reads the wall clock or draws a random id.
