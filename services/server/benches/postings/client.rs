//! A client that costs as little as can be: requests made beforehand, of an answer only the
//! status and the length are read.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use futures::future::try_join_all;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::Measured;
use crate::process::Server;

/// The largest answer that is expected here, with its head.
const ANSWER_BYTES_MAX: usize = 16 * 1024;

/// A posting as it goes over the wire.
#[derive(Clone)]
pub(crate) struct Request {
    bytes: Vec<u8>,
    /// Where the id stands, which is another one each time.
    id_at: usize,
    pub(crate) body_bytes: usize,
}

impl Request {
    pub(crate) fn new(
        project: &str,
        host: SocketAddr,
        token: &str,
        body: &Value,
    ) -> anyhow::Result<Self> {
        let body = body.to_string();
        let head = format!(
            "POST /v1/projects/{project}/events HTTP/1.1\r\nhost: {host}\r\n\
             authorization: Bearer {token}\r\ncontent-type: application/cloudevents+json\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        );
        let id_at = body.find(&Uuid::nil().to_string()).context("the body has no id to fill")?;
        let (id_at, body_bytes) = (head.len() + id_at, body.len());
        Ok(Self { bytes: [head, body].concat().into_bytes(), id_at, body_bytes })
    }

    fn renew_id(&mut self) {
        let id = &mut self.bytes[self.id_at..self.id_at + uuid::fmt::Hyphenated::LENGTH];
        Uuid::new_v4().hyphenated().encode_lower(id);
    }
}

/// An answer, as far as it is looked at.
#[derive(Clone, Copy)]
pub(crate) struct Answer {
    pub(crate) body_bytes: usize,
}

struct Connection {
    stream: TcpStream,
    request: Request,
    received: Box<[u8; ANSWER_BYTES_MAX]>,
}

impl Connection {
    async fn open(address: SocketAddr, request: &Request) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, request: request.clone(), received: Box::new([0; ANSWER_BYTES_MAX]) })
    }

    async fn ask(&mut self) -> anyhow::Result<Answer> {
        self.request.renew_id();
        self.stream.write_all(&self.request.bytes).await?;
        let mut filled = 0;
        loop {
            let more = self.stream.read(&mut self.received[filled..]).await?;
            ensure!(more > 0, "the server ended the connection");
            filled += more;
            if let Some(answer) = parse(&self.received[..filled])? {
                return Ok(answer);
            }
        }
    }

    async fn ask_until(&mut self, deadline: Instant) -> anyhow::Result<Vec<Duration>> {
        let mut latencies = Vec::new();
        let mut begun = Instant::now();
        while begun < deadline {
            self.ask().await?;
            let answered = Instant::now();
            latencies.push(answered - begun);
            begun = answered;
        }
        Ok(latencies)
    }
}

/// The answer, once it is whole. Anything but a 201 is an error.
fn parse(received: &[u8]) -> anyhow::Result<Option<Answer>> {
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
    Ok((body.len() == body_bytes).then_some(Answer { body_bytes }))
}

fn content_length(head: &[u8]) -> Option<usize> {
    const NAME: &[u8] = b"content-length:";
    let fits = |line: &&[u8]| line.get(..NAME.len()).is_some_and(|n| n.eq_ignore_ascii_case(NAME));
    let line = head.split(|byte| *byte == b'\n').find(fits)?;
    std::str::from_utf8(&line[NAME.len()..]).ok()?.trim().parse().ok()
}

pub(crate) async fn ask_once(address: SocketAddr, request: &Request) -> anyhow::Result<Answer> {
    Connection::open(address, request).await?.ask().await
}

/// Posts over so many connections at once, on each one posting after the other.
pub(crate) async fn load(
    server: &Server,
    request: &Request,
    connections: usize,
    duration: Duration,
) -> anyhow::Result<Measured> {
    let opened = (0..connections).map(|_| Connection::open(server.address, request));
    let opened = try_join_all(opened).await?;
    let before = server.processor_time();
    let begun = Instant::now();
    let deadline = begun + duration;
    let tasks = opened
        .into_iter()
        .map(|mut connection| tokio::spawn(async move { connection.ask_until(deadline).await }));
    let mut latencies = Vec::new();
    for answered in try_join_all(tasks).await? {
        latencies.extend(answered?);
    }
    let elapsed = begun.elapsed();
    let spent = server.processor_time().zip(before).map(|(after, before)| after - before);
    Ok(Measured::new(elapsed, latencies, spent))
}
