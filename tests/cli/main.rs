//! Every option on the command line: what is typed, the exit code, stdout, and a stderr that stays empty.

#[path = "../support/mod.rs"]
mod support;

mod closing;
mod expect;
mod family;
mod greeting;
mod help;
mod hostname;
mod limits;
mod list;
mod perfdata;
mod port;
mod send;
mod service;
mod spelling;
mod status;
mod thresholds;
mod tls;
mod unix_sock;
mod usage;
