//! Every option on the command line: what is typed, the exit code, stdout, and a stderr that stays
//! empty.

mod expect_closed;
mod expect_pattern;
mod family;
mod generate;
mod greeting;
mod help;
mod hostname;
mod perfdata;
mod port;
mod send;
mod service;
mod ssl;
mod status;
mod steps;
mod targets;
mod thresholds;
mod timeout;
mod unix_sock;
mod usage;
