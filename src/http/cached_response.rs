//! An answer as bytes: ready to be sent again, in the encodings that clients take, with a tag for each.
//!
//! The tags are strong (RFC 9110, 8.8.1): the same tag means the same bytes, so each encoding has one of its own. Nothing
//! behind this may encode the bytes again; with `Content-Encoding` set, `Compress` leaves them alone.

use std::io::Write;
use std::sync::OnceLock;

use actix_web::http::header::{
    AcceptEncoding, CACHE_CONTROL, CONTENT_TYPE, ContentEncoding, ETAG, Encoding, EntityTag, Header, HeaderValue, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};

use super::etag;
use super::headers::REQUEST_ID;
use super::media::MediaType;
use crate::api::operation::OperationKind;
use crate::domain::hash::sha256;

/// How many hexadecimal digits of a hash are in a tag: 128 bits tell all contents apart.
const DIGITS: usize = 32;
/// Below this many bytes encoding costs more than it saves.
const WORTH: usize = 512;
/// Nearly as small as brotli gets, in a fraction of the time.
const QUALITY: u32 = 5;

/// An answer to a query that worked.
#[derive(Debug)]
pub struct CachedResponse {
    body: Bytes,
    /// The digits of its hash.
    hash: OnceLock<String>,
    brotli: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
    /// The operation that it answers.
    pub info: OperationInfo,
}

/// What is recorded of an operation whenever it is answered.
#[derive(Clone, Debug)]
pub struct OperationInfo {
    /// Its name in the document.
    pub name: Option<String>,
    pub kind: OperationKind,
    /// Its estimated cost in points; of a subscription, that of each event.
    pub cost: u64,
}

/// How a body is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Brotli,
    Gzip,
}

impl Form {
    const ALL: [Self; 3] = [Self::Plain, Self::Brotli, Self::Gzip];

    /// The best that the client takes.
    fn of(http: &HttpRequest, bytes: usize) -> Self {
        if bytes < WORTH {
            return Self::Plain;
        }
        let Ok(accepted) = AcceptEncoding::parse(http) else {
            return Self::Plain;
        };
        let offered = [Encoding::brotli(), Encoding::gzip(), Encoding::identity()];
        match accepted.negotiate(offered.iter()) {
            Some(encoding) if encoding == Encoding::brotli() => Self::Brotli,
            Some(encoding) if encoding == Encoding::gzip() => Self::Gzip,
            _ => Self::Plain,
        }
    }

    const fn suffix(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Brotli => "-br",
            Self::Gzip => "-gzip",
        }
    }
}

impl CachedResponse {
    /// An answer with this body.
    pub fn new(body: Vec<u8>, info: OperationInfo) -> Self {
        Self {
            body: body.into(),
            hash: OnceLock::new(),
            brotli: OnceLock::new(),
            gzip: OnceLock::new(),
            info,
        }
    }

    /// Its body: the JSON of the answer.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    fn tag(&self, form: Form) -> EntityTag {
        let hash = self.hash.get_or_init(|| {
            let mut hash = sha256(&self.body);
            hash.truncate(DIGITS);
            hash
        });
        EntityTag::new_strong(format!("{hash}{}", form.suffix()))
    }

    fn bytes(&self, form: Form) -> Bytes {
        let encoded = match form {
            Form::Plain => &self.body,
            Form::Brotli => self.brotli.get_or_init(|| brotli(&self.body)),
            Form::Gzip => self.gzip.get_or_init(|| gzip(&self.body)),
        };
        encoded.clone()
    }

    /// As a response to this request. What was read by GET has a tag, and whoever has it already is told so by 304.
    pub fn response(&self, media: MediaType, request_id: &str, http: &HttpRequest) -> HttpResponse {
        let by_get = http.method() == Method::GET;
        let form = Form::of(http, self.body.len());
        let held = by_get && Form::ALL.into_iter().any(|form| etag::is_held(http, &self.tag(form)));
        let status = if held { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        let mut response = HttpResponse::build(status);
        response.insert_header((REQUEST_ID, request_id));
        if by_get {
            response
                .insert_header((ETAG, self.tag(form)))
                // A browser may keep it for its reader, and asks each time whether it still holds. No other cache may
                // keep it: others may be answered otherwise.
                .insert_header((CACHE_CONTROL, "private, no-cache"))
                .insert_header((VARY, "Accept, Accept-Encoding, Authorization"));
        } else {
            response
                .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
                .insert_header((VARY, HeaderValue::from_static("Accept, Accept-Encoding")));
        }
        if held {
            return response.finish();
        }
        response.insert_header((CONTENT_TYPE, HeaderValue::from_static(media.content_type())));
        response.insert_header(match form {
            Form::Plain => ContentEncoding::Identity,
            Form::Brotli => ContentEncoding::Brotli,
            Form::Gzip => ContentEncoding::Gzip,
        });
        response.body(self.bytes(form))
    }
}

fn brotli(body: &[u8]) -> Bytes {
    const WINDOW: u32 = 22;
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), body.len(), QUALITY, WINDOW);
    // A list in memory takes whatever is written to it.
    let _ = encoder.write_all(body);
    encoder.into_inner().into()
}

fn gzip(body: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let written = encoder.write_all(body).and_then(|()| encoder.finish());
    written.unwrap_or_default().into()
}
