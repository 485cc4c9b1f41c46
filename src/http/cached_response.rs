//! A successful answer as bytes that can be sent again: in several encodings, each with its entity tag.
//!
//! The tags are strong (RFC 9110, 8.8.1): equal tags mean equal bytes, so each encoding has its own. No middleware may
//! encode the bytes again; `Compress` leaves them alone if `Content-Encoding` is set.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use actix_web::http::StatusCode;
use actix_web::http::header::{
    AcceptEncoding, CACHE_CONTROL, CONTENT_TYPE, ContentEncoding, ETAG, Encoding, EntityTag, Header, HeaderValue, VARY,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};

use super::etag;
use super::headers::REQUEST_ID;
use super::media::MediaType;
use super::methods;
use super::permits::Permit;
use crate::api::error::Result;
use crate::api::operation::OperationKind;

/// Smaller bodies, in bytes, are not worth encoding.
const WORTH: usize = 512;
/// Brotli's quality: nearly the smallest size in a fraction of the time.
const QUALITY: u32 = 5;

/// The answer to a successful query.
#[derive(Debug)]
pub struct CachedResponse {
    body: Bytes,
    /// The digits for the tags.
    hash: OnceLock<String>,
    brotli: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
    /// The permit for the bytes, as long as some client has not read them.
    room: Mutex<Weak<Permit>>,
    pub info: OperationInfo,
}

/// What is recorded about an operation, each time that it is answered.
#[derive(Clone, Debug)]
pub struct OperationInfo {
    pub name: Option<String>,
    pub kind: OperationKind,
    /// The estimated cost in points; for a subscription, per event.
    pub cost: u64,
}

/// The encoding of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Brotli,
    Gzip,
}

impl Form {
    const ALL: [Self; 3] = [Self::Plain, Self::Brotli, Self::Gzip];

    /// The best encoding that the client accepts.
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
    pub fn new(body: impl Into<Bytes>, info: OperationInfo) -> Self {
        Self {
            body: body.into(),
            hash: OnceLock::new(),
            brotli: OnceLock::new(),
            gzip: OnceLock::new(),
            room: Mutex::default(),
            info,
        }
    }

    /// The JSON of the answer.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The permit for the bytes: one for all clients that have not read them, as they are in memory once. The first
    /// client acquires it by `take`. Needed also for a cached response: one that is too large for the cache, or
    /// evicted, is only kept by those clients.
    ///
    /// # Errors
    /// Those of `take`.
    pub fn room(&self, take: impl FnOnce() -> Result<Permit>) -> Result<Arc<Permit>> {
        let mut room = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(permit) = room.upgrade() {
            return Ok(permit);
        }
        let permit = Arc::new(take()?);
        *room = Arc::downgrade(&permit);
        Ok(permit)
    }

    /// The digits of the bytes: others have others.
    pub fn digits(&self) -> &str {
        self.hash.get_or_init(|| etag::digits(&self.body))
    }

    /// The entity tag of the bytes as they are.
    pub fn plain_tag(&self) -> EntityTag {
        self.tag(Form::Plain)
    }

    fn tag(&self, form: Form) -> EntityTag {
        EntityTag::new_strong(format!("{}{}", self.digits(), form.suffix()))
    }

    /// The body itself, which is not copied.
    pub fn bytes(&self) -> Bytes {
        self.body.clone()
    }

    fn encoded(&self, form: Form) -> Bytes {
        let encoded = match form {
            Form::Plain => &self.body,
            Form::Brotli => self.brotli.get_or_init(|| brotli(&self.body)),
            Form::Gzip => self.gzip.get_or_init(|| gzip(&self.body)),
        };
        encoded.clone()
    }

    /// The HTTP response to this request. One to a safe request has an entity tag, and is 304 if the client has it already.
    pub fn response(&self, media: MediaType, request_id: &str, http: &HttpRequest) -> HttpResponse {
        let is_safe = methods::is_safe(http.method());
        let form = Form::of(http, self.body.len());
        let held = is_safe && etag::is_any_held(http, || Form::ALL.map(|form| self.tag(form)));
        let status = if held { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        let mut response = HttpResponse::build(status);
        response.insert_header((&REQUEST_ID, request_id));
        if is_safe {
            response
                .insert_header((ETAG, self.tag(form)))
                // Browsers may store it, but must revalidate it. Shared caches must not: answers depend on the viewer.
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
        response.body(self.encoded(form))
    }
}

fn brotli(body: &[u8]) -> Bytes {
    const WINDOW: u32 = 22;
    let mut encoder = brotli::CompressorWriter::new(Vec::new(), body.len(), QUALITY, WINDOW);
    // Writing to memory cannot fail.
    let _ = encoder.write_all(body);
    encoder.into_inner().into()
}

fn gzip(body: &[u8]) -> Bytes {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let written = encoder.write_all(body).and_then(|()| encoder.finish());
    written.unwrap_or_default().into()
}
