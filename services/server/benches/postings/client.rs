//! A client that costs as little as can be: requests made beforehand, of an answer only the
//! status and the length are read.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use futures::future::try_join_all;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::measured::{Stopwatch, Window};

/// The largest answer that is expected here, with its head.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// A posting or a batch as it goes over the wire.
#[derive(Clone)]
pub(crate) struct Request {
    bytes: Vec<u8>,
    /// Where the ids stand, which are others each time.
    ids_at: Vec<usize>,
}

impl Request {
    /// `body` is an event, or an array of them, with ids of zeros.
    pub(crate) fn new(project: &str, host: SocketAddr, token: &str, body: &Value) -> Self {
        let kind = if body.is_array() { "cloudevents-batch" } else { "cloudevents" };
        let body = body.to_string();
        let head = format!(
            "POST /v1/projects/{project}/events HTTP/1.1\r\nhost: {host}\r\n\
             authorization: Bearer {token}\r\ncontent-type: application/{kind}+json\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        );
        let request = [head, body].concat();
        let nil = Uuid::nil().to_string();
        let ids_at = request.match_indices(&nil).map(|(at, _)| at).collect();
        Self { ids_at, bytes: request.into_bytes() }
    }

    fn renew_ids(&mut self) {
        for &at in &self.ids_at {
            let id = &mut self.bytes[at..at + uuid::fmt::Hyphenated::LENGTH];
            Uuid::new_v4().hyphenated().encode_lower(id);
        }
    }
}

struct Connection {
    stream: TcpStream,
    request: Request,
    received: Box<[u8]>,
}

impl Connection {
    async fn open(address: SocketAddr, request: &Request) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let received = vec![0; ANSWER_BYTES_MAX].into_boxed_slice();
        Ok(Self { stream, request: request.clone(), received })
    }

    /// Posts, and gives the length of the answer's body.
    async fn ask(&mut self) -> anyhow::Result<usize> {
        self.request.renew_ids();
        self.stream.write_all(&self.request.bytes).await?;
        let mut filled = 0;
        loop {
            let more = self.stream.read(&mut self.received[filled..]).await?;
            ensure!(more > 0, "the server ended the connection, or its answer is too long");
            filled += more;
            if let Some(body_bytes) = parse(&self.received[..filled])? {
                return Ok(body_bytes);
            }
        }
    }

    async fn ask_until(&mut self, window: Window) -> anyhow::Result<Vec<Duration>> {
        let mut stopwatch = Stopwatch::new(window);
        loop {
            self.ask().await?;
            if !stopwatch.lap() {
                return Ok(stopwatch.into_latencies());
            }
        }
    }
}

/// The length of the answer's body, once it is whole. Anything but a 201 is an error.
fn parse(received: &[u8]) -> anyhow::Result<Option<usize>> {
    const END_OF_HEAD: &[u8] = b"\r\n\r\n";
    let Some(head) = received.windows(END_OF_HEAD.len()).position(|bytes| bytes == END_OF_HEAD)
    else {
        return Ok(None);
    };
    let body = &received[head + END_OF_HEAD.len()..];
    let head = &received[..head];
    if !head.starts_with(b"HTTP/1.1 201 ") {
        bail!("{}\n{}", String::from_utf8_lossy(head), String::from_utf8_lossy(body));
    }
    let body_bytes = content_length(head).context("an answer does not state its length")?;
    ensure!(body.len() <= body_bytes, "an answer is longer than it states");
    Ok((body.len() == body_bytes).then_some(body_bytes))
}

fn content_length(head: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let fits = |line: &&[u8]| line.get(..NAME.len()).is_some_and(|n| n.eq_ignore_ascii_case(NAME));
    let line = head.split(|byte| *byte == b'\n').find(fits)?;
    std::str::from_utf8(&line[NAME.len()..]).ok()?.trim().parse().ok()
}

/// Posts once, and gives the length of the answer's body.
pub(crate) async fn ask_once(address: SocketAddr, request: &Request) -> anyhow::Result<usize> {
    Connection::open(address, request).await?.ask().await
}

/// Posts over so many connections at once, on each one posting after the other.
pub(crate) async fn load(
    address: SocketAddr,
    request: &Request,
    connections: usize,
    window: Window,
) -> anyhow::Result<Vec<Duration>> {
    let opened = (0..connections).map(|_| Connection::open(address, request));
    let tasks = try_join_all(opened)
        .await?
        .into_iter()
        .map(|mut connection| tokio::spawn(async move { connection.ask_until(window).await }));
    let mut latencies = Vec::new();
    for answered in try_join_all(tasks).await? {
        latencies.extend(answered?);
    }
    Ok(latencies)
}
