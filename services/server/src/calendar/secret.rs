//! The secret part of a feed's address: the id of the event that opened the feed, and what only
//! who has the key of `--data` can make of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_domain::ids::{EventId, ProjectKey};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::keys::FeedKey;

/// Tells what is made for a feed from whatever else is ever made with the key.
const DOMAIN: &[u8] = b"cairn calendar feed, version 1";

const ID_BYTES: usize = 16;
const MAC_BYTES: usize = 32;
/// Letters of a secret.
pub const SECRET_LENGTH: usize = (ID_BYTES + MAC_BYTES) / 3 * 4;

/// The path of a feed on this server.
pub fn path(key: &FeedKey, project: &ProjectKey, feed: EventId) -> String {
    let mac = mac(key, project, feed).finalize().into_bytes();
    let mut secret = [0; ID_BYTES + MAC_BYTES];
    secret[..ID_BYTES].copy_from_slice(feed.as_bytes());
    secret[ID_BYTES..].copy_from_slice(&mac);
    format!("/v1/projects/{project}/calendar/{}.ics", URL_SAFE_NO_PAD.encode(secret))
}

/// The feed that a secret was made for. It is compared in constant time, before anything is looked
/// up: how long the answer takes says nothing of which feeds there are.
pub(super) fn read(key: &FeedKey, project: &ProjectKey, secret: &str) -> Option<EventId> {
    if secret.len() != SECRET_LENGTH {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(secret).ok()?;
    let (id, stated) = bytes.split_at_checked(ID_BYTES)?;
    let feed = EventId::from_slice(id).ok()?;
    mac(key, project, feed).verify_slice(stated).ok().map(|()| feed)
}

/// A project's key has no zero in it, so no two feeds are written alike.
fn mac(key: &FeedKey, project: &ProjectKey, feed: EventId) -> Hmac<Sha256> {
    let mut mac = key.mac();
    for part in [DOMAIN, b"\0", project.as_str().as_bytes(), b"\0", feed.as_bytes()] {
        mac.update(part);
    }
    mac
}
