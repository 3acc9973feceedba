//! Every bound of the hub with its unit, in one place.
