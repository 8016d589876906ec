//! A resolver that answers after a while.

use rustix::net::sockopt::set_socket_recv_buffer_size;
use std::collections::VecDeque;
use std::error::Error;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// The time between a question and its answer.
pub const DELAY: Duration = Duration::from_millis(20);

/// Room for questions that wait, in bytes, as far as the system lets it have that.
const BUFFER: usize = 4 << 20;

/// How often it looks for answers that are due.
const TICK: Duration = Duration::from_micros(200);

/// An answer, whom it is for, and when it is due.
struct Due {
    at: Instant,
    client: SocketAddr,
    message: Vec<u8>,
}

/// The name that has this address; the number makes it another one.
pub fn name(number: usize, address: Ipv4Addr) -> String {
    let [.., last] = address.octets();
    format!("n{last}-{number}.test")
}

/// Answers questions at port 53 of 127.0.0.1, once it has said so, until it is killed.
pub fn run() -> Result<(), Box<dyn Error>> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 53))?;
    // A question that is dropped is asked again after five seconds.
    set_socket_recv_buffer_size(&socket, BUFFER)?;
    println!("serving");
    let due = Arc::new(Mutex::new(VecDeque::<Due>::new()));
    let answers = Arc::clone(&due);
    let answering = socket.try_clone()?;
    thread::spawn(move || answer(&answering, &answers));
    let mut buffer = [0; 512];
    loop {
        let (length, client) = socket.recv_from(&mut buffer)?;
        let Some(message) = buffer.get(..length).and_then(reply) else {
            continue;
        };
        let at = Instant::now() + DELAY;
        let mut due = due.lock().unwrap_or_else(PoisonError::into_inner);
        due.push_back(Due {
            at,
            client,
            message,
        });
    }
}

fn answer(socket: &UdpSocket, due: &Mutex<VecDeque<Due>>) -> io::Result<()> {
    loop {
        let next = {
            let mut due = due.lock().unwrap_or_else(PoisonError::into_inner);
            due.pop_front_if(|next| next.at <= Instant::now())
        };
        match next {
            Some(next) => drop(socket.send_to(&next.message, next.client)?),
            None => thread::sleep(TICK),
        }
    }
}

/// RFC 1035, section 4: a header of 12 bytes, then the name in labels up to an empty one, its type
/// and its class. The answer is one address, for the name at byte 12, for a minute.
fn reply(question: &[u8]) -> Option<Vec<u8>> {
    let (header, rest) = question.split_at_checked(12)?;
    let end = rest.iter().position(|byte| *byte == 0)?;
    let asked = rest.get(..end + 5)?;
    let label = str::from_utf8(asked.get(1..)?.split(|byte| *byte == b'-').next()?).ok()?;
    let last: u8 = label.strip_prefix('n')?.parse().ok()?;
    let counts = [0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
    let answer = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, last];
    Some([header.get(..2)?, &counts, asked, &answer].concat())
}
