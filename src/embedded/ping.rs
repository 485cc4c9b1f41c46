//! Asks the database whether it answers: one `ping` command over MongoDB's wire protocol.
//!
//! Written by hand (message OP_MSG, one document), because it runs on a thread without a runtime and before the store
//! has a driver.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

/// `{ping: 1, $db: "admin"}` in BSON.
const COMMAND: &[u8] = b"\x1e\0\0\0\x10ping\0\x01\0\0\0\x02$db\0\x06\0\0\0admin\0\0";

/// The opcode of OP_MSG.
const OP_MSG: u32 = 2013;

/// The field of a reply that means success: `ok`, a double, 1.0.
const OK: &[u8] = b"\x01ok\0\0\0\0\0\0\0\xf0\x3f";

/// A reply to `ping` has about 200 bytes; a greater length is not a reply.
const LONGEST: u32 = 64 * 1024;

/// Whether the database on this port of the local machine answers a command. `within` limits each step.
pub(super) fn answers(port: u16, within: Duration) -> bool {
    ask(port, within).unwrap_or(false)
}

fn ask(port: u16, within: Duration) -> io::Result<bool> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, within)?;
    stream.set_read_timeout(Some(within))?;
    stream.set_write_timeout(Some(within))?;
    stream.write_all(&message())?;

    let mut header = [0; 16];
    stream.read_exact(&mut header)?;
    let [length, _, in_answer_to, kind] = words(header);
    if (in_answer_to, kind) != (1, OP_MSG) || !(16..=LONGEST).contains(&length) {
        return Ok(false);
    }
    let mut body = Vec::new();
    stream.take(u64::from(length) - 16).read_to_end(&mut body)?;
    Ok(body.windows(OK.len()).any(|window| window == OK))
}

/// Header (length, request id, response to, opcode), flags, section kind 0, document.
fn message() -> Vec<u8> {
    let mut message = Vec::new();
    for word in [16 + 4 + 1 + COMMAND.len() as u32, 1, 0, OP_MSG, 0] {
        message.extend(word.to_le_bytes());
    }
    message.push(0);
    message.extend(COMMAND);
    message
}

fn words(header: [u8; 16]) -> [u32; 4] {
    let mut words = [0; 4];
    for (word, bytes) in words.iter_mut().zip(header.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::thread;

    /// Replies with these bytes on one connection, and returns whether they count as an answer.
    fn answered_with(reply: Vec<u8>) -> bool {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut question = vec![0; message().len()];
            stream.read_exact(&mut question).unwrap();
            assert_eq!(question, message());
            stream.write_all(&reply).unwrap();
        });
        let answers = answers(port, Duration::from_secs(5));
        server.join().unwrap();
        answers
    }

    fn reply(in_answer_to: u32, kind: u32, ok: &[u8]) -> Vec<u8> {
        let length = 16 + 4 + 1 + ok.len() as u32;
        let words = [length, 9, in_answer_to, kind, 0];
        words
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .chain([0])
            .chain(ok.to_vec())
            .collect()
    }

    #[test]
    fn only_a_whole_reply_that_says_ok_counts() {
        assert!(answered_with(reply(1, OP_MSG, OK)));
        for (bytes, why) in [
            (vec![], "closed at once"),
            (reply(2, OP_MSG, OK), "a reply to something else"),
            (reply(1, 1, OK), "another kind of message"),
            (reply(1, OP_MSG, b"\x01ok\0\0\0\0\0\0\0\0\0"), "ok: 0"),
            (b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), "another protocol"),
        ] {
            assert!(!answered_with(bytes), "{why}");
        }
    }

    #[test]
    fn a_port_where_nobody_listens_does_not_answer() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        assert!(!answers(port, Duration::from_secs(5)));
    }
}
