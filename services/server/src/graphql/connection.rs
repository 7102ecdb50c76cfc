//! Relay connections with `totalCount`, over lists that are in memory.

use async_graphql::connection::{Connection, Edge};
use async_graphql::{OutputType, Result, SimpleObject};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::values::refusal;

/// Items of a page, at most: about as much as a person scrolls through.
pub const PAGE_ITEMS_MAX: usize = 200;
/// Items of a page where the caller does not say.
pub const PAGE_ITEMS: usize = 50;

/// What a connection says beside its items.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct Total {
    /// How many items there are in all pages.
    pub total_count: usize,
}

/// A page of items, their total, and whether there are more.
pub type Page<T> = Connection<String, T, Total>;

/// How many items are wanted.
pub fn page_length(first: Option<i32>) -> Result<usize> {
    match first.map(usize::try_from) {
        None => Ok(PAGE_ITEMS),
        Some(Ok(first)) if first <= PAGE_ITEMS_MAX => Ok(first),
        Some(Ok(_) | Err(_)) => {
            Err(refusal("PAGE_TOO_LONG", format!("`first` is from 0 to {PAGE_ITEMS_MAX}.")))
        }
    }
}

/// The cursor of an item that is told from all others by `key`.
pub fn cursor(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

/// What an opaque cursor stands for.
pub fn key(cursor: &str) -> Result<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(|| {
        refusal("CURSOR_INVALID", "`after` is the `endCursor` of another page. Ask from the start.")
    })
}

/// One page of a list in its order. `name` tells each item from all others; a page goes on after
/// the item whose name the cursor has, also when items came or went before it.
pub fn page<S, T: OutputType>(
    items: Vec<S>,
    first: Option<i32>,
    after: Option<String>,
    name: impl Fn(&S) -> String,
    show: impl Fn(S) -> T,
) -> Result<Page<T>> {
    let length = page_length(first)?;
    let total_count = items.len();
    let start = match after {
        None => 0,
        Some(cursor) => {
            let key = key(&cursor)?;
            let place = items.iter().position(|item| name(item) == key).ok_or_else(|| {
                refusal(
                    "CURSOR_INVALID",
                    "What `after` names is not in this list. Ask from the start.",
                )
            })?;
            place + 1
        }
    };
    let has_next = start + length < total_count;
    let mut page = Connection::with_additional_fields(start > 0, has_next, Total { total_count });
    let wanted = items.into_iter().skip(start).take(length);
    page.edges.extend(wanted.map(|item| Edge::new(cursor(&name(&item)), show(item))));
    Ok(page)
}
