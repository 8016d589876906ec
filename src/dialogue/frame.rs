//! Messages of binary protocols that agree to TLS, or do not.

/// A message of a binary protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The answer to LDAP's StartTLS, in message 1 (RFC 4511, sections 4.1.1, 4.12 and 4.14).
    Ldap,
    /// The greeting of MySQL, `HandshakeV10`, with CLIENT_SSL among its capabilities.
    MySql,
}

/// The decision on the beginning of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameDecision {
    /// The message is whole, ends behind so many bytes, and agrees.
    Agrees(usize),
    /// It does not agree, whatever follows.
    Refuses,
    /// It depends on the bytes that follow.
    Open,
}

/// Longest message behind its length, in bytes: it is whole within the first 1,024 bytes. Real ones
/// have about a hundred.
const MAX_LEN: usize = 1000;

/// MySQL's capability CLIENT_SSL, in the upper of the first two bytes.
const CLIENT_SSL: u8 = 0x08;

impl Frame {
    /// Decides on `bytes`, all that has been received, or at least its first 1,024 bytes. Decided
    /// once, it stays so, whatever bytes are added.
    pub fn decide(self, bytes: &[u8]) -> FrameDecision {
        let mut reader = Reader(bytes);
        let read = match self {
            Self::Ldap => reader.ldap(),
            Self::MySql => reader.mysql(),
        };
        match read {
            Ok(rest) if rest <= reader.0.len() => {
                FrameDecision::Agrees(bytes.len() - (reader.0.len() - rest))
            }
            Err(Stop::Short) | Ok(_) => FrameDecision::Open,
            Err(Stop::Refused) => FrameDecision::Refuses,
        }
    }
}

/// The rest of a message.
struct Reader<'a>(&'a [u8]);

/// The reason why a message is not read on.
enum Stop {
    /// Its bytes have not come yet.
    Short,
    /// It is not the message that is expected, or does not agree.
    Refused,
}

impl Reader<'_> {
    /// Reads as far as the result code, and returns the number of bytes behind it.
    fn ldap(&mut self) -> Result<usize, Stop> {
        self.exact(&[0x30])?;
        let message = self.ber_length()?;
        let start = self.0.len();
        self.exact(&[0x02, 0x01, 0x01])?;
        // An ExtendedResponse.
        self.exact(&[0x78])?;
        let response = self.ber_length()?;
        let head = start - self.0.len();
        // `success`, as a result code.
        self.exact(&[0x0a, 0x01, 0x00])?;
        // Behind the response there may be controls.
        match response >= 3 && head + response <= message {
            true => Ok(message - head - 3),
            false => Err(Stop::Refused),
        }
    }

    /// Reads as far as the capabilities, and returns the number of bytes behind them.
    fn mysql(&mut self) -> Result<usize, Stop> {
        let [low, middle, high] = [self.byte()?, self.byte()?, self.byte()?];
        let payload = usize::from(low) | usize::from(middle) << 8 | usize::from(high) << 16;
        if payload > MAX_LEN {
            return Err(Stop::Refused);
        }
        // The number of the packet, and the version of the protocol; an error begins with 0xFF.
        self.exact(&[0x00])?;
        let start = self.0.len();
        self.exact(&[0x0a])?;
        let mut left = payload.checked_sub(1).ok_or(Stop::Refused)?;
        loop {
            left = left.checked_sub(1).ok_or(Stop::Refused)?;
            if self.byte()? == 0 {
                break;
            }
        }
        // The connection's number, half of the authentication data and a filler.
        left.checked_sub(13 + 2).ok_or(Stop::Refused)?;
        for _ in 0..13 + 1 {
            self.byte()?;
        }
        if self.byte()? & CLIENT_SSL == 0 {
            return Err(Stop::Refused);
        }
        Ok(payload - (start - self.0.len()))
    }

    fn byte(&mut self) -> Result<u8, Stop> {
        let (&byte, rest) = self.0.split_first().ok_or(Stop::Short)?;
        self.0 = rest;
        Ok(byte)
    }

    fn exact(&mut self, expected: &[u8]) -> Result<(), Stop> {
        for &expected in expected {
            if self.byte()? != expected {
                return Err(Stop::Refused);
            }
        }
        Ok(())
    }

    /// Reads a definite length of BER (X.690, section 8.1.3) in at most five bytes.
    fn ber_length(&mut self) -> Result<usize, Stop> {
        let first = self.byte()?;
        let length = match first {
            0..=0x7f => usize::from(first),
            0x81..=0x84 => {
                let mut length = 0;
                for _ in 0..first & 0x7f {
                    length = length << 8 | usize::from(self.byte()?);
                }
                length
            }
            _ => return Err(Stop::Refused),
        };
        match length <= MAX_LEN {
            true => Ok(length),
            false => Err(Stop::Refused),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of servers, with a name in it or without.
    const AGREED: [&[u8]; 4] = [
        b"0\x0c\x02\x01\x01\x78\x07\x0a\x01\0\x04\0\x04\0",
        b"0\x84\0\0\0\x10\x02\x01\x01\x78\x84\0\0\0\x07\x0a\x01\0\x04\0\x04\0",
        b"0\x0f\x02\x01\x01\x78\x0a\x0a\x01\0\x04\0\x04\0\x8a\x01x",
        // With controls behind it.
        b"0\x0e\x02\x01\x01\x78\x07\x0a\x01\0\x04\0\x04\0\xa0\0",
    ];

    fn greeting(capabilities: [u8; 2]) -> Vec<u8> {
        let payload = [
            &b"\x0a11.8.2-MariaDB\0\x03\0\0\0abcdefgh\0"[..],
            &capabilities,
            b"\x2d\x02\0\xff\x81\x15\0\0\0\0\0\0\x1d\0\0\0abcdefghijkl\0mysql_native_password\0",
        ]
        .concat();
        let length = u8::try_from(payload.len()).expect("a short greeting");
        [&[length, 0, 0, 0], &payload[..]].concat()
    }

    #[track_caller]
    fn assert_agrees(frame: Frame, message: &[u8]) {
        for length in 0..message.len() {
            assert_eq!(frame.decide(&message[..length]), FrameDecision::Open);
        }
        let whole = FrameDecision::Agrees(message.len());
        assert_eq!(frame.decide(message), whole);
        assert_eq!(frame.decide(&[message, b"more"].concat()), whole);
    }

    #[test]
    fn a_message_that_agrees_is_read_to_its_end() {
        for message in AGREED {
            assert_agrees(Frame::Ldap, message);
        }
        assert_agrees(Frame::MySql, &greeting([0xfe, 0xff]));
        assert_agrees(Frame::MySql, &greeting([0x00, 0x08]));
    }

    #[test]
    fn a_message_that_does_not_agree_is_refused() {
        let ldap: [&[u8]; 9] = [
            // unavailable, protocolError, a result that is no ENUMERATED.
            b"0\x0c\x02\x01\x01\x78\x07\x0a\x01\x34\x04\0\x04\0",
            b"0\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\0\x04\0",
            b"0\x0c\x02\x01\x01\x78\x07\x02\x01\0\x04\0\x04\0",
            // A notice of disconnection, the answer to a bind, lengths that do not fit.
            b"0\x0c\x02\x01\0\x78\x07\x0a\x01\0\x04\0\x04\0",
            b"0\x0c\x02\x01\x01\x61\x07\x0a\x01\0\x04\0\x04\0",
            b"0\x0b\x02\x01\x01\x78\x07\x0a\x01\0\x04\0\x04\0",
            b"0\x07\x02\x01\x01\x78\x02\x0a\x01\0",
            b"0\x80\x02\x01\x01\x78",
            b"0\x84\xff\xff\xff\xff",
        ];
        let mysql: [&[u8]; 6] = [
            &greeting([0xff, 0xf7]),
            b"\x17\0\0\0\xff\x10\x04Too many connections",
            b"\x17\0\0\x01\x0a",
            b"\xff\xff\xff\0\x0a",
            b"\0\0\0\0\x0a",
            // The payload ends before the capabilities.
            b"\x08\0\0\0\x0a1.2\0abcdefghijklmno\xff\xff",
        ];
        let ldap = ldap.map(|message| (Frame::Ldap, message));
        let mysql = mysql.map(|message| (Frame::MySql, message));
        for (frame, message) in ldap.into_iter().chain(mysql) {
            let decision = frame.decide(message);
            assert_eq!(decision, FrameDecision::Refuses, "{message:x?}");
        }
    }
}
