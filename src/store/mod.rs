//! All SQL: journal, projections, directory, audit.
