//! Items for the program, its tests, benchmarks and fuzz targets. No part of the public interface.

pub use crate::run::run;

#[cfg(feature = "list")]
pub mod batch {
    pub use crate::batch::event_loop::{EventLoop, StopReason, UnfinishedRun};
    pub use crate::batch::queue_gauge::QueueGauge;
    pub use crate::batch::run_io::RunIo;
}

pub mod cli {
    pub use crate::cli::flags::{FLAGS, Flag, Scope};
    pub use crate::cli::{
        Command, Defaults, InvalidCommand, escape_for_message, escape_lossy, parse, parse_argv,
    };
}

pub mod engine {
    pub use crate::engine::admission::Admission;
    pub use crate::engine::platform::{Platform, PollEvent, Stream};
    pub use crate::engine::{Engine, Limits, LookupLimits};
}

pub mod escape {
    pub use crate::escape::{as_text, unescape};
}

#[cfg(feature = "list")]
pub mod list {
    pub use crate::list::{LONGEST_LINE, Line, Lines, ParsedLine, Words, parse_line};
}

pub mod memory {
    pub use crate::memory::Budget;
}

pub mod net {
    pub use crate::net::{Attempt, Endpoint, LookupError, Net};
}

pub mod probe {
    pub use crate::probe::Probe;
}

pub mod record {
    pub use crate::record::{Checked, Event, Job, Label, Record, UsageError};
}

pub mod report {
    pub use crate::report::{
        Format, Judged, OutputOptions, RunEnd, judge_record, render, renderer,
    };
}

pub mod resolve {
    pub use crate::resolve::{LookupRequest, LookupResult};
}

pub mod signals {
    pub use crate::signals::Signals;
}

pub mod state {
    pub use crate::state::Scratch;
}

#[cfg(feature = "tls")]
pub mod tls {
    pub use crate::tls::dates::{ValidityError, validity, validity_error};
    pub use crate::tls::name::{decode_string, display_name};
    pub use crate::tls::store::TrustStore;
    pub use crate::tls::trust_error::TrustError;
    pub use crate::tls::verify::ServerVerifier;
}
