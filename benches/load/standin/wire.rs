//! MongoDB's wire protocol as far as drivers need it here: the command in a message, its fingerprint, and replies.
//!
//! OP_MSG in both directions, and OP_QUERY with OP_REPLY for the greeting, which drivers may still send so.

use std::hash::{DefaultHasher, Hasher};

use mongodb::bson::{RawDocument, RawDocumentBuf};

const OP_REPLY: i32 = 1;
const OP_QUERY: i32 = 2004;
const OP_MSG: i32 = 2013;

const CHECKSUM: u32 = 1;
const MORE_TO_COME: u32 = 1 << 1;

/// What differs from one sending of a command to the next and changes nothing in its answer.
const PASSING: [&[u8]; 4] = [b"lsid", b"$clusterTime", b"txnNumber", b"maxTimeMS"];

/// The length of the first message in a buffer that holds all of it.
pub fn whole(buffer: &[u8]) -> Option<usize> {
    let length = int_at(buffer, 0)? as usize;
    (buffer.len() >= length).then_some(length)
}

fn int_at(bytes: &[u8], at: usize) -> Option<i32> {
    let four = bytes.get(at..at + 4)?;
    Some(i32::from_le_bytes(four.try_into().ok()?))
}

fn after_text(bytes: &[u8], at: usize) -> Option<usize> {
    Some(at + bytes.get(at..)?.iter().position(|byte| *byte == 0)? + 1)
}

/// A message with a command.
pub struct Request<'a> {
    /// Its number, which the reply names.
    pub id: i32,
    /// The command.
    pub command: &'a RawDocument,
    /// The documents that go with it: what is written.
    rest: &'a [u8],
    /// Whether it came as OP_QUERY.
    is_query: bool,
    /// Whether its sender waits for a reply.
    pub waits: bool,
}

impl<'a> Request<'a> {
    /// Reads a whole message.
    pub fn read(message: &'a [u8]) -> Option<Self> {
        let id = int_at(message, 4)?;
        match int_at(message, 12)? {
            OP_MSG => {
                let flags = int_at(message, 16)?.cast_unsigned();
                let end = message.len() - if flags & CHECKSUM == 0 { 0 } else { 4 };
                // Drivers send the command first; what follows are sequences of documents.
                let length = int_at(message, 21)? as usize;
                Some(Self {
                    id,
                    command: RawDocument::from_bytes(message.get(21..21 + length)?).ok()?,
                    rest: message.get(21 + length..end)?,
                    is_query: false,
                    waits: flags & MORE_TO_COME == 0,
                })
            }
            OP_QUERY => {
                let at = after_text(message, 20)? + 8;
                let length = int_at(message, at)? as usize;
                Some(Self {
                    id,
                    command: RawDocument::from_bytes(message.get(at..at + length)?).ok()?,
                    rest: &[],
                    is_query: true,
                    waits: true,
                })
            }
            _ => None,
        }
    }

    /// The command's name.
    pub fn name(&self) -> &'a str {
        let first = self.command.iter().next();
        first.and_then(Result::ok).map_or("", |(name, _)| name.as_str())
    }

    /// A number for what is asked: the same whenever the same is asked again.
    pub fn fingerprint(&self) -> Option<u64> {
        let bytes = self.command.as_bytes();
        let mut hasher = DefaultHasher::new();
        let mut at = 4;
        while at + 1 < bytes.len() {
            let value = after_text(bytes, at + 1)?;
            let end = value + length_of(bytes[at], bytes.get(value..)?)?;
            if !PASSING.contains(&bytes.get(at + 1..value - 1)?) {
                hasher.write(bytes.get(at..end)?);
            }
            at = end;
        }
        hasher.write(self.rest);
        Some(hasher.finish())
    }

    /// Appends a reply to this request.
    pub fn reply(&self, document: &RawDocumentBuf, output: &mut Vec<u8>) {
        let start = output.len();
        let op = if self.is_query { OP_REPLY } else { OP_MSG };
        for number in [0, 0, self.id, op] {
            output.extend(i32::to_le_bytes(number));
        }
        if self.is_query {
            // Flags, the cursor (none), where the reply begins, how many documents it has.
            output.extend([8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
        } else {
            // Flags, and the kind of the one section.
            output.extend([0; 5]);
        }
        output.extend(document.as_bytes());
        let length = i32::try_from(output.len() - start).unwrap_or(i32::MAX);
        output[start..start + 4].copy_from_slice(&length.to_le_bytes());
    }

    /// Appends a whole message that once answered the same request.
    pub fn replay(&self, message: &[u8], output: &mut Vec<u8>) {
        let start = output.len();
        output.extend(message);
        output[start + 8..start + 12].copy_from_slice(&self.id.to_le_bytes());
    }
}

/// The document in a reply.
pub fn document_of(reply: &[u8]) -> Option<&RawDocument> {
    let length = int_at(reply, 21)? as usize;
    RawDocument::from_bytes(reply.get(21..21 + length)?).ok()
}

/// How many bytes a value of this type takes (bsonspec.org, version 1.1).
fn length_of(kind: u8, value: &[u8]) -> Option<usize> {
    let told = || int_at(value, 0).map(|length| length as usize);
    Some(match kind {
        0x01 | 0x09 | 0x11 | 0x12 => 8,
        0x02 | 0x0D | 0x0E => 4 + told()?,
        0x03 | 0x04 | 0x0F => told()?,
        0x05 => 5 + told()?,
        0x07 => 12,
        0x08 => 1,
        0x0B => after_text(value, after_text(value, 0)?)?,
        0x0C => 16 + told()?,
        0x10 => 4,
        0x13 => 16,
        _ => 0,
    })
}
