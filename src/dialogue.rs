//! The steps of a check: a dialogue on one connection.

mod frame;
mod template;

use crate::expect::Pattern;
pub use frame::{Frame, FrameDecision};
use std::time::Duration;
pub use template::{Part, Template, TemplateError, Values};

/// One step of a check. Steps are taken in order, on one connection and under one deadline.
#[derive(Debug)]
pub enum Step {
    /// Hands a text to the kernel.
    Send(Template),
    /// Pauses, and moves the deadline back by as much.
    Delay(Duration),
    /// Reads until the condition is decided on the reply: all that has come since the last `Send` or
    /// `StartTls`, or else since the start.
    Expect(Expectation),
    /// TLS on the connection as it is.
    StartTls,
}

/// The kind of a step: the state that takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StepKind {
    Send,
    Delay(Duration),
    Expect,
    StartTls,
}

/// What is expected of a reply.
#[derive(Debug)]
pub struct Expectation {
    /// The condition.
    pub condition: Condition,
    /// What the reply answers, where it belongs to the negotiation of TLS by a protocol's own means:
    /// a command, or the empty text for the greeting.
    pub negotiates: Option<&'static str>,
}

/// The condition that a reply meets.
#[derive(Debug)]
pub enum Condition {
    /// The reply matches a pattern.
    Pattern(Pattern),
    /// The reply begins with these bytes.
    Bytes(Vec<u8>),
    /// The reply is a message of a binary protocol that agrees to TLS.
    Frame(Frame),
}

/// The text that a named group last matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captured {
    /// The name of the group.
    pub name: Box<str>,
    /// The bytes of the reply; `None` where the match went without the group.
    pub text: Option<Box<[u8]>>,
}

impl Step {
    /// Returns the kind of the step.
    pub(crate) fn kind(&self) -> StepKind {
        match self {
            Self::Send(_) => StepKind::Send,
            Self::Delay(pause) => StepKind::Delay(*pause),
            Self::Expect(_) => StepKind::Expect,
            Self::StartTls => StepKind::StartTls,
        }
    }

    /// Returns the pattern that the step expects, if it expects one.
    pub fn pattern(&self) -> Option<&Pattern> {
        match self {
            Self::Expect(Expectation {
                condition: Condition::Pattern(pattern),
                ..
            }) => Some(pattern),
            _ => None,
        }
    }

    /// As [`pattern`](Self::pattern), to set its memory.
    pub(crate) fn pattern_mut(&mut self) -> Option<&mut Pattern> {
        match self {
            Self::Expect(Expectation {
                condition: Condition::Pattern(pattern),
                ..
            }) => Some(pattern),
            _ => None,
        }
    }

    /// Returns the memory it uses, in bytes, without its pattern.
    pub(crate) fn memory_usage(&self) -> usize {
        let text = match self {
            Self::Send(template) => template.memory_usage(),
            Self::Expect(Expectation {
                condition: Condition::Bytes(bytes),
                ..
            }) => bytes.len(),
            _ => 0,
        };
        size_of::<Self>() + text
    }
}

impl Condition {
    /// Returns true if an undecided reply is the beginning of one that meets the condition.
    pub(crate) fn is_anchored(&self) -> bool {
        match self {
            Self::Pattern(pattern) => pattern.is_anchored(),
            Self::Bytes(_) | Self::Frame(_) => true,
        }
    }

    /// Returns the cost of one byte of a reply, in visited states.
    pub(crate) fn states(&self) -> usize {
        match self {
            Self::Pattern(pattern) => pattern.states(),
            Self::Bytes(_) | Self::Frame(_) => 1,
        }
    }
}
