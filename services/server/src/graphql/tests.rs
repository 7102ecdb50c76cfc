//! Questions asked of CARE-GET.
