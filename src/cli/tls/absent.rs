//! The TLS configuration of a check without the feature `tls`: there is none. The options of TLS were
//! refused when they were read.

use super::flag::OptionId;
use super::option_value::OptionValue;
use super::raw_options::RawOptions;
use crate::feature::Feature;
use crate::preset::Preset;
use crate::tls::Tls;

/// Returns `None`.
///
/// # Errors
/// The preset is under TLS.
pub(super) fn build_tls(
    raw: &RawOptions,
    preset: Option<&Preset>,
    _: bool,
) -> Result<Option<Tls>, String> {
    let is_tls = preset.is_some_and(|preset| preset.tls) && !raw.has(OptionId::ExpectClosed);
    match raw.get(OptionId::Service).filter(|_| is_tls) {
        Some(service) => service.require(Feature::Tls).map(|()| None),
        None => Ok(None),
    }
}

/// Builds nothing.
///
/// # Errors
/// There is no TLS.
pub(super) fn build_plugin_tls<Id: Copy>(
    _: Option<&OptionValue<Id>>,
    _: Option<&OptionValue<Id>>,
    _: bool,
) -> Result<Tls, String> {
    Err(Feature::Tls.describe_missing())
}
