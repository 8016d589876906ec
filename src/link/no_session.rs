//! The stream without the feature `tls`: there is no session.

use super::{Chunk, LinkError};
use crate::net::{Io, Net};
use crate::tls::ClientSession;

impl ClientSession {
    pub(super) fn handshake(&mut self, _: &mut dyn Net) -> Result<Io<bool>, LinkError> {
        match *self {}
    }

    pub(super) fn is_closing(&self) -> bool {
        match *self {}
    }

    pub(super) fn read(&mut self, _: &mut dyn Net, _: &mut [u8]) -> Result<Io<Chunk>, LinkError> {
        match *self {}
    }

    pub(super) fn write(&mut self, _: &mut dyn Net, _: &[u8]) -> Result<Io<usize>, LinkError> {
        match *self {}
    }

    pub(super) fn flush(&mut self, _: &mut dyn Net) -> Result<Io<()>, LinkError> {
        match *self {}
    }

    pub(super) fn send_close_notify(&mut self, _: &mut dyn Net) {
        match *self {}
    }
}
